import { limitExceeded } from "./git-failure.ts";

export interface CommitWalkRequest {
  readonly head: string;
  /** Null: nothing was read before. */
  readonly previous: string | null;
  /** More commits than this between the two are refused. */
  readonly limit: number;
  /** Whether the clone has a commit. */
  readonly has: (oid: string) => boolean;
  /**
   * The parents of a commit; none for a root and for a commit at the boundary of a shallow clone. Throws when the clone does
   * not have the commit: between two boundaries nothing may be missing.
   */
  readonly parentsOf: (oid: string) => readonly string[];
}

export interface CommitWalk {
  readonly history: "first" | "descends" | "rewritten";
  /** Parents before children. At a first read the head alone, empty when rewritten. */
  readonly oids: readonly string[];
}

/** A walk may meet so many times the limit before it gives up: it passes commits that do not count as new, too. */
const WALK_FACTOR = 20;

/**
 * The commits reachable from `head` and not from `previous`, exactly, whatever their dates say. Each commit is visited once.
 * The ancestors of `previous` are only walked when a merge or a root shows that they may matter.
 */
export function walkCommits(request: CommitWalkRequest): CommitWalk {
  const { head, previous, limit } = request;
  if (previous === null) return { history: "first", oids: [head] };
  if (previous === head) return { history: "descends", oids: [] };
  if (!request.has(previous)) return { history: "rewritten", oids: [] };
  const line = straightLine(request, previous);
  if (line !== null) {
    if (line.length > limit) throw tooMany(limit);
    return { history: "descends", oids: line };
  }
  const old = reachable(previous, request, () => false);
  let met = false;
  const fresh = reachable(head, request, (oid) => {
    met ||= oid === previous;
    return old.has(oid);
  });
  if (!met) return { history: "rewritten", oids: [] };
  if (fresh.size > limit) throw tooMany(limit);
  return { history: "descends", oids: parentsFirst(head, fresh) };
}

/** The usual case: every commit has one parent and the line ends at `previous`. Null otherwise. */
function straightLine(request: CommitWalkRequest, previous: string): string[] | null {
  const line: string[] = [];
  let oid = request.head;
  while (oid !== previous) {
    const parents = request.parentsOf(oid);
    const only = parents[0];
    if (only === undefined || parents.length !== 1) return null;
    line.push(oid);
    refuseLongWalk(line.length, request.limit);
    oid = only;
  }
  return line.reverse();
}

/** Every commit reachable from `start`, with its parents, except those `isOutside` names and what lies behind them. */
function reachable(
  start: string,
  request: CommitWalkRequest,
  isOutside: (oid: string) => boolean,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const open = isOutside(start) ? [] : [start];
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    if (found.has(oid)) continue;
    const parents = request.parentsOf(oid);
    found.set(oid, parents);
    refuseLongWalk(found.size, request.limit);
    for (const parent of parents) {
      if (!isOutside(parent) && !found.has(parent)) open.push(parent);
    }
  }
  return found;
}

/** The commits of `graph`, each behind its parents; among parents the first comes first. */
function parentsFirst(head: string, graph: ReadonlyMap<string, readonly string[]>): string[] {
  const ordered: string[] = [];
  const entered = new Set<string>();
  const stack: { readonly oid: string; readonly done: boolean }[] = [{ oid: head, done: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top.done) {
      ordered.push(top.oid);
      continue;
    }
    if (entered.has(top.oid)) continue;
    entered.add(top.oid);
    stack.push({ oid: top.oid, done: true });
    for (const parent of [...(graph.get(top.oid) ?? [])].reverse()) {
      if (graph.has(parent) && !entered.has(parent)) stack.push({ oid: parent, done: false });
    }
  }
  return ordered;
}

function refuseLongWalk(visited: number, limit: number): void {
  if (visited > limit * WALK_FACTOR) throw tooMany(limit);
}

function tooMany(limit: number): Error {
  return limitExceeded("Commits", limit, "There are too many new commits since the last sync");
}
