import type { CommitWalkRequest } from "./git-commit-walk.ts";

/** Commits that are remembered of the way to a head; most of them near it. */
const MOST = 64;

/** The newest commits behind `head` in the clone, itself first, and the parents that are named where it begins. */
export function trailOf(
  head: string,
  graph: Pick<CommitWalkRequest, "parentsOf" | "isShallow">,
): readonly string[] {
  const found = new Set<string>([head]);
  const open = [head];
  for (let at = 0; at < open.length && found.size < MOST; at += 1) {
    const oid = open[at] ?? head;
    const parents = graph.parentsOf(oid);
    for (const parent of parents) {
      if (found.has(parent) || found.size >= MOST) continue;
      found.add(parent);
      if (!graph.isShallow(oid)) open.push(parent);
    }
  }
  return [...found];
}

/**
 * The trail of a head that was built on the one whose trail is `before`. Where there are too many, every other one of the
 * older half goes, but never the oldest: old ones are only needed to recognise a history.
 */
export function longerTrail(
  newest: readonly string[],
  before: readonly string[],
): readonly string[] {
  let trail = [...new Set([...newest, ...before])];
  while (trail.length > MOST) {
    const half = MOST / 2;
    const last = trail.length - 1;
    trail = trail.filter((_, at) => at < half || at === last || (last - at) % 2 === 0);
  }
  return trail;
}
