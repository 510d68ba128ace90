import { expect } from "chai";
import * as fc from "fast-check";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { walkCommits } from "../../../agent/source/git-commit-walk.ts";

type Graph = Readonly<Record<string, readonly string[]>>;

interface Given {
  readonly graph: Graph;
  readonly head: string;
  readonly previous: string | null;
  readonly limit?: number;
}

function walk({ graph, head, previous, limit = 10_000 }: Given) {
  let reads = 0;
  const result = walkCommits({
    head,
    previous,
    limit,
    has: (oid) => oid in graph,
    parentsOf: (oid) => {
      reads += 1;
      const parents = graph[oid];
      if (parents === undefined) throw new OperatorError("CorruptPack", `${oid} is missing`);
      return parents;
    },
  });
  return { ...result, reads };
}

const LINE: Graph = { a: [], b: ["a"], c: ["b"], d: ["c"] };
const DIAMOND: Graph = { base: [], left: ["base"], right: ["base"], merge: ["left", "right"] };

describe("walkCommits", () => {
  const cases: { name: string; given: Given; history: string; oids: string[] }[] = [
    {
      name: "tells the head alone at the first read",
      given: { graph: LINE, head: "d", previous: null },
      history: "first",
      oids: ["d"],
    },
    {
      name: "tells nothing when the head is the previous one",
      given: { graph: LINE, head: "d", previous: "d" },
      history: "descends",
      oids: [],
    },
    {
      name: "tells a line oldest first",
      given: { graph: LINE, head: "d", previous: "a" },
      history: "descends",
      oids: ["b", "c", "d"],
    },
    {
      name: "tells a merge behind both its parents",
      given: { graph: DIAMOND, head: "merge", previous: "base" },
      history: "descends",
      oids: ["left", "right", "merge"],
    },
    {
      name: "tells the merged side alone when the other side was the previous head",
      given: { graph: DIAMOND, head: "merge", previous: "left" },
      history: "descends",
      oids: ["right", "merge"],
    },
    {
      name: "does not tell ancestors of the previous head that a merge reaches around it",
      given: {
        graph: { ...LINE, side: ["b"], merge: ["d", "side"] },
        head: "merge",
        previous: "d",
      },
      history: "descends",
      oids: ["side", "merge"],
    },
    {
      name: "descends through the second parent, too",
      given: { graph: { ...LINE, other: [], merge: ["other", "d"] }, head: "merge", previous: "d" },
      history: "descends",
      oids: ["other", "merge"],
    },
    {
      name: "claims nothing of a branch that went back",
      given: { graph: LINE, head: "b", previous: "d" },
      history: "rewritten",
      oids: [],
    },
    {
      name: "claims nothing of a branch that forked before the previous head",
      given: { graph: { ...LINE, fork: ["b"] }, head: "fork", previous: "d" },
      history: "rewritten",
      oids: [],
    },
    {
      name: "claims nothing when the previous head is not in the clone",
      given: { graph: LINE, head: "d", previous: "gone" },
      history: "rewritten",
      oids: [],
    },
    {
      name: "takes as many commits as the limit",
      given: { graph: LINE, head: "d", previous: "a", limit: 3 },
      history: "descends",
      oids: ["b", "c", "d"],
    },
  ];
  for (const { name, given, history, oids } of cases) {
    it(name, () => {
      expect(walk(given)).to.deep.include({ history, oids });
    });
  }

  for (const graph of [LINE, { ...LINE, x: ["a"], d: ["c", "x"] }]) {
    it(`refuses one commit more than the limit (${Object.keys(graph).length} commits)`, () => {
      expect(() => walk({ graph, head: "d", previous: "a", limit: 2 }))
        .to.throw(OperatorError, "limit Commits: 2")
        .with.property("code", "LimitExceeded");
    });
  }

  it("fails when a commit between the two is missing", () => {
    expect(() => walk({ graph: { a: [], c: ["b"] }, head: "c", previous: "a" })).to.throw(
      "b is missing",
    );
  });

  it("reads each commit a bounded number of times however often merges cross", () => {
    const graph: Record<string, string[]> = { root: [] };
    let [left, right] = ["root", "root"];
    for (let level = 0; level < 60; level += 1) {
      graph[`l${level}`] = [left, right];
      graph[`r${level}`] = [right, left];
      [left, right] = [`l${level}`, `r${level}`];
    }
    const { oids, reads } = walk({ graph, head: left, previous: "root" });
    expect(oids).to.have.length(119);
    expect(reads).to.be.below(400);
  });

  it("equals the difference of the two ancestries, parents first, for any graph", () => {
    const shape = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 2, maxLength: 14 });
    fc.assert(
      fc.property(shape, fc.nat(), (links, pick) => {
        const graph = Object.fromEntries(
          links.map((parents, index) => [
            `c${index}`,
            index === 0 ? [] : [...new Set(parents.map((parent) => `c${parent % index}`))],
          ]),
        );
        const head = `c${links.length - 1}`;
        const previous = `c${pick % links.length}`;
        const ancestors = (start: string): Set<string> =>
          new Set([start, ...(graph[start] ?? []).flatMap((parent) => [...ancestors(parent)])]);
        const old = ancestors(previous);
        const all = ancestors(head);
        const { history, oids } = walk({ graph, head, previous });
        if (!all.has(previous)) {
          expect(history).to.equal("rewritten");
          expect(oids).to.deep.equal([]);
          return;
        }
        expect(history).to.equal("descends");
        expect([...oids].sort()).to.deep.equal([...all].filter((oid) => !old.has(oid)).sort());
        for (const [place, oid] of oids.entries()) {
          for (const parent of graph[oid] ?? []) {
            expect(oids.indexOf(parent), `${parent} before ${oid}`).to.be.below(place);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
