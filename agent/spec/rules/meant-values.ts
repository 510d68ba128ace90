import { quoted } from "../finding.ts";
import type { Finding } from "../finding.ts";
import type { TextAt } from "../outline.ts";
import { COMMANDERS, MISSING_DEPENDENCY, VISIBILITIES } from "../schema.ts";
import { isBlank } from "../text.ts";
import type { Rule } from "./rule.ts";

/** Words of lower-case letters and digits, joined by dots. */
const CAPABILITY = /^[a-z][a-z0-9]*(\.[a-z0-9]+)*$/;

/** Values that are sent as they are although their effect is not defined: warnings. */
export const meantValues: Rule = (outline) => [
  ...outline.entities.flatMap((entity) => [
    ...unmeant(entity.visibility, VISIBILITIES, { fallback: "team", foldCase: true }),
    ...unmeant(entity.allowCommandsFrom, COMMANDERS, { fallback: "any" }),
    ...entity.capabilities
      .filter(({ text }) => !isBlank(text) && !CAPABILITY.test(text))
      .map(oddCapability),
  ]),
  ...outline.artifacts.flatMap(({ tags }) =>
    tags.filter(({ text }) => text.includes(",")).map(commaTag),
  ),
  ...outline.resources.flatMap((resource) =>
    unmeant(resource.onMissingDependency, MISSING_DEPENDENCY, { fallback: "skip" }),
  ),
  ...unmeant(outline.dmVisibilityDefault, VISIBILITIES, { fallback: "team" }),
];

function unmeant(
  at: TextAt | null,
  values: readonly string[],
  { fallback, foldCase = false }: { fallback: string; foldCase?: boolean },
): Finding[] {
  if (at === null) return [];
  if (isBlank(at.text)) {
    return [{ path: at.path, message: `is blank: ${fallback} is used, better write it` }];
  }
  const text = foldCase ? at.text.toLowerCase() : at.text;
  if (values.includes(text)) return [];
  return [
    {
      path: at.path,
      message: `${quoted(at.text)} is none of ${values.join(", ")}: it is sent as it is`,
    },
  ];
}

function oddCapability({ path, text }: TextAt): Finding {
  return {
    path,
    message: `${quoted(text)} is refused by some RoomServers: write lower-case words joined by dots`,
  };
}

function commaTag({ path, text }: TextAt): Finding {
  return {
    path,
    message: `${quoted(text)} holds a comma, which a RoomServer reads as two tags: write two tags`,
  };
}
