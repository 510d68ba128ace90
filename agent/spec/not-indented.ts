import type { Finding } from "./finding.ts";
import { MEMBERS_OF } from "./schema.ts";

/** Members of the root that are mappings. */
type Section = keyof typeof MEMBERS_OF;

/**
 * Findings about a RoomSpec, where a section has nothing in it and its members stand at the root: one mistake, which is to be indented.
 */
export function sectionsIndented<F extends Finding>(
  findings: readonly F[],
  root: unknown,
): readonly (F | Finding)[] {
  if (typeof root !== "object" || root === null || Array.isArray(root)) return findings;
  const strays = findings.flatMap(({ path: [name], path, atKey }) =>
    path.length === 1 && atKey === true && typeof name === "string" ? [name] : [],
  );
  const sections = (["metadata", "spec"] as const).flatMap((section) => {
    const names = strays.filter((name) => MEMBERS_OF[section].includes(name));
    const isEmpty = Object.hasOwn(root, section) && Reflect.get(root, section) === null;
    return isEmpty && names.length > 0 ? [{ section, names }] : [];
  });
  if (sections.length === 0) return findings;
  const explained = new Set(sections.flatMap(({ section, names }) => [section, ...names]));
  return [
    ...sections.map(toFinding),
    ...findings.filter(({ path: [name], path }) => path.length !== 1 || !explained.has(`${name}`)),
  ];
}

function toFinding({
  section,
  names,
}: {
  readonly section: Section;
  readonly names: readonly string[];
}): Finding {
  const listed = names.map((name) => `\`${name}\``).join(", ");
  const message = `has nothing in it: indent ${listed.replace(/, ([^,]*)$/, " and $1")} below it`;
  return { path: [section], message, atKey: true };
}
