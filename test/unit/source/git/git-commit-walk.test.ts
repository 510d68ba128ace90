import { expect } from "chai";
import * as fc from "fast-check";
import { OperatorError } from "../../../../agent/kernel/errors.ts";
import { walkCommits } from "../../../../agent/source/git/git-commit-walk.ts";

type Graph = Readonly<Record<string, readonly string[]>>;

interface Given {
  readonly graph: Graph;
  readonly head: string;
  readonly previous: string | null;
  readonly limit?: number;
  readonly trail?: readonly string[];
  /** Commits whose parents the clone was not given. */
  readonly shallow?: readonly string[];
}

function walk(given: Given) {
  const { graph, head, previous, limit = 10_000, trail = [], shallow = [] } = given;
  let reads = 0;
  const result = walkCommits({
    head,
    previous,
    trail,
    limit,
    isShallow: (oid) => shallow.includes(oid),
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
      history: "ancestor",
      oids: [],
    },
    {
      name: "finds what is new on a branch that forked before the previous head",
      given: { graph: { ...LINE, fork: ["b"], tip: ["fork"] }, head: "tip", previous: "d" },
      history: "rewritten",
      oids: ["fork", "tip"],
    },
    {
      name: "claims nothing of a fork of more commits than the limit",
      given: {
        graph: { ...LINE, fork: ["b"], tip: ["fork"] },
        head: "tip",
        previous: "d",
        limit: 1,
      },
      history: "rewritten",
      oids: [],
    },
    {
      name: "claims nothing when the previous head is not in the clone",
      given: { graph: LINE, head: "d", previous: "gone" },
      history: "unrelated",
      oids: [],
    },
    {
      name: "cannot rule out an ancestor when the clone lacks the previous head and its trail is met",
      given: { graph: LINE, head: "d", previous: "gone", trail: ["gone", "b"] },
      history: "ancestor",
      oids: [],
    },
    {
      name: "knows an ancestor by the trail alone",
      given: { graph: { b: ["a"] }, head: "b", previous: "d", trail: ["d", "b"], shallow: ["b"] },
      history: "ancestor",
      oids: [],
    },
    {
      name: "claims nothing when the commits behind the previous head begin where the clone does",
      given: { graph: { d: ["c"], e: ["d"] }, head: "e", previous: "c", shallow: ["d"] },
      history: "rewritten",
      oids: [],
    },
    {
      name: "knows a common commit by its id alone, where both sides only name it",
      given: {
        graph: { old: ["base"], fork: ["base"] },
        head: "fork",
        previous: "old",
        shallow: ["old", "fork"],
      },
      history: "rewritten",
      oids: [],
    },
    {
      name: "knows a common commit by the trail, and not which commits are new",
      given: {
        graph: { old: ["x"], fork: ["base"], base: [] },
        head: "fork",
        previous: "old",
        shallow: ["old"],
        trail: ["old", "x", "base"],
      },
      history: "rewritten",
      oids: [],
    },
    {
      name: "finds no common commit with a stranger",
      given: { graph: { ...LINE, s: [], t: ["s"] }, head: "t", previous: "d" },
      history: "unrelated",
      oids: [],
    },
    {
      name: "is not misled by a stranger that merges nothing of ours",
      given: { graph: { ...LINE, s: [], t: [], m: ["s", "t"] }, head: "m", previous: "d" },
      history: "unrelated",
      oids: [],
    },
    {
      name: "descends from a merge of a stranger's history and ours",
      given: { graph: { ...LINE, s: [], m: ["s", "d"] }, head: "m", previous: "d" },
      history: "descends",
      oids: ["s", "m"],
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

  it("says how far a stranger's history was compared", () => {
    const graph = { d: [], s: [], t: ["s"], u: ["t"] };
    const whole = walk({ graph, head: "u", previous: "d" });
    expect(whole.seen).to.deep.equal({ commits: 3, whole: true });
    const cut = walk({ graph, head: "u", previous: "d", shallow: ["t"] });
    expect(cut.seen).to.deep.equal({ commits: 2, whole: false });
    const long: Record<string, string[]> = { d: [], s0: [] };
    for (let at = 1; at <= 50; at += 1) long[`s${at}`] = [`s${at - 1}`, "s0"];
    const given = { graph: long, head: "s50", previous: "d", limit: 2 };
    expect(walk(given).seen).to.deep.equal({ commits: 40, whole: false });
  });

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
          const isShared = [...all].some((oid) => old.has(oid));
          const apart = isShared ? "rewritten" : "unrelated";
          expect(history).to.equal(old.has(head) ? "ancestor" : apart);
          if (history !== "rewritten") {
            expect(oids).to.deep.equal([]);
            return;
          }
        } else expect(history).to.equal("descends");
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
