import { limitExceeded } from "../git-failure.ts";

export interface CommitWalkRequest {
  readonly head: string;
  /** Null: nothing was read before. */
  readonly previous: string | null;
  /** Commits known to lie behind `previous`, whatever the clone has of them. */
  readonly trail: readonly string[];
  /** More commits than this between the two are refused. */
  readonly limit: number;
  /** Whether the clone has a commit. */
  readonly has: (oid: string) => boolean;
  /** The parents that a commit names. Throws when the clone does not have the commit. */
  readonly parentsOf: (oid: string) => readonly string[];
  /** Whether the clone was never given the parents of a commit. Between two such boundaries nothing may be missing. */
  readonly isShallow: (oid: string) => boolean;
}

export interface CommitWalk {
  /**
   * `ancestor`: head is an ancestor of the previous head, or that cannot be ruled out. `rewritten`: the two share a commit, and
   * neither is an ancestor of the other. `unrelated`: no commit was found that they share.
   */
  readonly history: "first" | "descends" | "ancestor" | "rewritten" | "unrelated";
  /**
   * The commits that are new with `head`, parents before children. At a first read the head alone; empty where they are not
   * known to be all: of a rewritten history that goes over the limit or over what the clone was given, of an ancestor, of an
   * unrelated one.
   */
  readonly oids: readonly string[];
  /** Of `unrelated`: how many commits of head's history were looked at, and whether that was all of it. */
  readonly seen?: { readonly commits: number; readonly whole: boolean };
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
  if (request.trail.includes(head)) return { history: "ancestor", oids: [] };
  if (!request.has(previous)) return withoutPrevious(request, previous);
  const line = straightLine(request, previous);
  if (line !== null) {
    if (line.length > limit) throw tooMany(limit);
    return { history: "descends", oids: line };
  }
  const old = reachable(previous, request, () => false);
  if (!old.whole) throw tooMany(limit);
  if (old.found.has(head)) return { history: "ancestor", oids: [] };
  let met = false;
  const fresh = reachable(head, request, (oid) => {
    met ||= oid === previous;
    return old.found.has(oid);
  });
  if (met) {
    if (!fresh.whole || fresh.found.size > limit) throw tooMany(limit);
    return { history: "descends", oids: parentsFirst(head, fresh.found) };
  }
  const behind = new Set([...namedBy(old), ...request.trail]);
  const walk = apart(fresh, (oid) => behind.has(oid));
  // A root may lie behind where the old line was cut off.
  const isClosed = !old.isCut || [...fresh.found.values()].every((parents) => parents.length > 0);
  const isKnown = fresh.whole && !fresh.isCut && isClosed && fresh.found.size <= limit;
  return walk.history === "rewritten" && isKnown
    ? { ...walk, oids: parentsFirst(head, fresh.found) }
    : walk;
}

/** The commits of `marks` that `head` is, or is built on as far as the clone shows. */
export function builtOn(
  marks: readonly string[],
  request: Omit<CommitWalkRequest, "previous" | "trail">,
): readonly string[] {
  if (marks.length === 0) return [];
  const names = namedBy(reachable(request.head, request, () => false));
  return marks.filter((mark) => names.has(mark));
}

/** The clone was replaced and the way back to `previous` was not found: what is known of it is its trail alone. */
function withoutPrevious(request: CommitWalkRequest, previous: string): CommitWalk {
  const fresh = reachable(request.head, request, () => false);
  // It is built on `previous`, and the commits between are not here.
  if (namedBy(fresh).has(previous)) return { history: "rewritten", oids: [] };
  const walk = apart(fresh, (oid) => request.trail.includes(oid));
  return walk.history === "rewritten" ? { history: "ancestor", oids: [] } : walk;
}

function apart(fresh: Reached, isBehind: (oid: string) => boolean): CommitWalk {
  const isShared = [...namedBy(fresh)].some((oid) => isBehind(oid));
  if (isShared) return { history: "rewritten", oids: [] };
  const seen = { commits: fresh.found.size, whole: fresh.whole && !fresh.isCut };
  return { history: "unrelated", oids: [], seen };
}

/** The usual case: every commit has one parent and the line ends at `previous`. Null otherwise. */
function straightLine(request: CommitWalkRequest, previous: string): string[] | null {
  const line: string[] = [];
  let oid = request.head;
  while (oid !== previous) {
    const parents = request.isShallow(oid) ? [] : request.parentsOf(oid);
    const only = parents[0];
    if (only === undefined || parents.length !== 1) return null;
    line.push(oid);
    refuseLongWalk(line.length, request.limit);
    oid = only;
  }
  return line.reverse();
}

interface Reached {
  /** Each commit with the parents it names. */
  readonly found: ReadonlyMap<string, readonly string[]>;
  /** False: the walk was given up, there are more. */
  readonly whole: boolean;
  /** True: it ended where the clone begins. */
  readonly isCut: boolean;
}

/** Every commit reachable from `start` in the clone, except those `isOutside` names and their ancestors. */
function reachable(
  start: string,
  request: Pick<CommitWalkRequest, "limit" | "parentsOf" | "isShallow">,
  isOutside: (oid: string) => boolean,
): Reached {
  const found = new Map<string, readonly string[]>();
  const open = isOutside(start) ? [] : [start];
  let isCut = false;
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    if (found.has(oid)) continue;
    if (found.size >= request.limit * WALK_FACTOR) return { found, whole: false, isCut };
    const parents = request.parentsOf(oid);
    found.set(oid, parents);
    if (request.isShallow(oid)) {
      isCut = true;
      continue;
    }
    for (const parent of parents) {
      if (!isOutside(parent) && !found.has(parent)) open.push(parent);
    }
  }
  return { found, whole: true, isCut };
}

/** Commits that were reached or are named as a parent of one: a parent behind a boundary is known by its id alone. */
function namedBy({ found }: Reached): ReadonlySet<string> {
  return new Set([...found].flatMap(([oid, parents]) => [oid, ...parents]));
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
