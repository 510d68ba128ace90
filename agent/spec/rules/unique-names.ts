import { quoted, toPathText } from "../finding.ts";
import type { Finding } from "../finding.ts";
import type { TextAt } from "../outline.ts";
import type { Rule } from "./rule.ts";

/** Ids of entities, names of artifacts and names of resources are unique, each in its own list. Case counts. */
export const uniqueNames: Rule = (outline) => [
  ...repeated("entity id", outline.entities),
  ...repeated("artifact name", outline.artifacts),
  ...repeated("resource name", outline.resources),
];

function repeated(what: string, list: readonly { name: TextAt | null }[]): Finding[] {
  const first = new Map<string, TextAt>();
  const findings: Finding[] = [];
  for (const { name } of list) {
    if (name === null) continue;
    const earlier = first.get(name.text);
    if (earlier === undefined) first.set(name.text, name);
    else {
      findings.push({
        path: name.path,
        message: `the ${what} ${quoted(name.text)} is already at ${toPathText(earlier.path)}: rename or remove one`,
      });
    }
  }
  return findings;
}
