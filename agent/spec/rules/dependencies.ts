import { quoted } from "../finding.ts";
import type { Finding } from "../finding.ts";
import type { Outline, TextAt } from "../outline.ts";
import { findCycles } from "./find-cycles.ts";
import type { Rule } from "./rule.ts";

interface Dependent {
  readonly name: TextAt | null;
  readonly dependsOn: readonly TextAt[];
}

/**
 * Artifacts depend on entities and artifacts, resources also on resources. Each name must mean exactly one thing, and no
 * chain of dependencies may come back to where it began.
 */
export const dependencies: Rule = (outline) => {
  const entities = namesOf(outline.entities);
  const artifacts = namesOf(outline.artifacts);
  const resources = namesOf(outline.resources);
  const forArtifacts = { "an entity": entities, "an artifact": artifacts };
  return [
    ...outline.artifacts.flatMap((each) => unclear(each, forArtifacts)),
    ...outline.resources.flatMap((each) =>
      unclear(each, { ...forArtifacts, "a resource": resources }),
    ),
    ...cycles(outline),
  ];
};

function namesOf(list: readonly { name: TextAt | null }[]): ReadonlySet<string> {
  return new Set(list.flatMap(({ name }) => (name === null ? [] : [name.text])));
}

function unclear(
  dependent: Dependent,
  candidates: Readonly<Record<string, ReadonlySet<string>>>,
): Finding[] {
  return dependent.dependsOn.flatMap(({ path, text }) => {
    const meanings = Object.keys(candidates).filter((kind) => candidates[kind]?.has(text));
    if (meanings.length === 1) return [];
    const message =
      meanings.length === 0
        ? `${quoted(text)} is unknown here: name ${Object.keys(candidates).join(" or ")} of this spec`
        : `${quoted(text)} is the name of ${meanings.join(" and ")}: rename one of them`;
    return [{ path, message }];
  });
}

function cycles({ artifacts, resources }: Outline): Finding[] {
  return [artifacts, resources].flatMap((list) => {
    const graph = new Map<string, readonly TextAt[]>();
    for (const { name, dependsOn } of list) {
      if (name !== null && !graph.has(name.text)) graph.set(name.text, dependsOn);
    }
    return findCycles(new Map([...graph].map(([name, edges]) => [name, edges.map(textOf)]))).map(
      (cycle): Finding => ({
        path: graph.get(cycle[0] ?? "")?.find(({ text }) => text === (cycle[1] ?? cycle[0]))
          ?.path ?? ["spec"],
        message: `depends on itself: ${[...cycle, cycle[0] ?? ""].map(shortened).join(" → ")}; take one of these out`,
      }),
    );
  });
}

function textOf({ text }: TextAt): string {
  return text;
}

function shortened(name: string): string {
  return quoted(name).slice(1, -1);
}
