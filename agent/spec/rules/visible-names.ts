import { isUnsafe } from "../../kernel/quoted.ts";
import { quoted } from "../finding.ts";
import type { Finding } from "../finding.ts";
import type { TextAt } from "../outline.ts";
import type { Rule } from "./rule.ts";

/** Names with characters that are not seen, or change how others are seen: warnings, since two names may look the same. */
export const visibleNames: Rule = ({ entities, artifacts, resources }) =>
  [
    ...entities.flatMap(({ name, ownerUserId, capabilities }) => [
      name,
      ownerUserId === "not text" ? null : ownerUserId,
      ...capabilities,
    ]),
    ...artifacts.flatMap(({ name, tags, dependsOn }) => [name, ...tags, ...dependsOn]),
    ...resources.flatMap(({ name, dependsOn }) => [name, ...dependsOn]),
  ].flatMap((at) => (at === null ? [] : oddName(at)));

function oddName({ path, text }: TextAt): readonly Finding[] {
  if (isUnsafe(text)) {
    const message = `${quoted(text)} holds a character that is not seen, or that changes how others are seen: retype it`;
    return [{ path, message }];
  }
  if (text === text.trim() || text.trim() === "") return [];
  return [{ path, message: `${quoted(text)} begins or ends with a blank: is that meant?` }];
}
