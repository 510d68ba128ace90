import type { CommitRange, CommitRecord } from "../../../agent/source/spec-source.ts";
import type { RoomSpec } from "../../../agent/spec/room-spec.ts";

/** A commit as a story tells it: what it leaves at each path (`null`: gone, `"broken"`: no usable spec). */
export interface CommitStory {
  readonly message?: string;
  readonly files?: Readonly<Record<string, RoomSpec | null | "broken">>;
  /** Paths of specs whose seed it changes. */
  readonly seedsOf?: readonly string[];
  /** It changes no file of the repository; without files it changes one that is no spec. */
  readonly empty?: true;
  readonly merge?: boolean;
  /** On a branch that begins where the line is, or at `start`; the next merge brings it in. */
  readonly side?: true | "start";
}

export interface Told {
  readonly range: CommitRange;
  readonly specs: ReadonlyMap<string, RoomSpec | null>;
}

/** Tells commits `c1`, `c2`, … on top of the files in `start`. */
export function aCommitRange(
  start: Readonly<Record<string, RoomSpec>>,
  stories: readonly CommitStory[],
  history: CommitRange["history"] = "descends",
): Told {
  const specs = new Map<string, RoomSpec | null>();
  const put = (spec: RoomSpec | null): string => {
    const oid = `blob${specs.size + 1}`;
    specs.set(oid, spec);
    return oid;
  };
  const begin = new Map(Object.entries(start).map(([path, spec]) => [path, put(spec)]));
  const main = { tree: new Map(begin), head: "c0" };
  let side: typeof main | null = null;
  const commits = stories.map((story, index): CommitRecord => {
    if (story.side !== undefined)
      side ??=
        story.side === "start"
          ? { tree: new Map(begin), head: "c0" }
          : { ...main, tree: new Map(main.tree) };
    const on = story.side !== undefined && side !== null ? side : main;
    const { tree } = on;
    const parents = story.merge === true ? [on.head, side?.head ?? "side"] : [on.head];
    on.head = `c${index + 1}`;
    if (story.merge === true) side = null;
    const changed = Object.entries(story.files ?? {}).map(([path, spec]) => {
      const before = tree.get(path) ?? null;
      const after = spec === null ? null : put(spec === "broken" ? null : spec);
      if (after === null) tree.delete(path);
      else tree.set(path, after);
      return { path, before, after };
    });
    const reseeded = (story.seedsOf ?? []).map((path) => {
      const oid = tree.get(path) ?? null;
      return { path, before: oid, after: oid };
    });
    return {
      oid: `c${index + 1}`,
      parents,
      message: story.message ?? "Change things\n",
      author: "Ada <ada@example.org>",
      committer: "Ada <ada@example.org>",
      committedAtMs: index,
      touches: [...changed, ...reseeded],
      ...(story.empty === true ? { changesNoFile: true } : {}),
    };
  });
  return { range: { history, commits }, specs };
}
