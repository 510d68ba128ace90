import { OperatorError } from "../../agent/kernel/errors.ts";
import { toSeedRef } from "../../agent/intake/intake-rows.ts";
import { NO_LINE } from "../../agent/source/known-line.ts";
import { toKnownSeed } from "../../agent/source/spec-source.ts";
import type {
  CommitRange,
  CommitRecord,
  HeadDoubt,
  PollOptions,
  PollResult,
  ReadSpecs,
  SeedFile,
  SpecFile,
  SpecSource,
  SyncRequest,
  SyncResult,
} from "../../agent/source/spec-source.ts";
import { parse, seedFile, seedPaths, sha1, specOf, specPaths, type Tree } from "./fake-tree.ts";

interface Commit {
  readonly oid: string;
  readonly parent: string | null;
  /** The commit that it merges; that one lies on `parent`, too. */
  readonly merged: string | null;
  readonly message: string;
  readonly tree: Tree;
}

/** A repository in memory: texts by path, one commit after the other. Keeps to the contract of a git source. */
export class FakeSpecSource implements SpecSource {
  readonly name: string;
  /** The heads that were settled, oldest first. */
  readonly settled: string[] = [];
  /** How often a sync began. */
  syncs = 0;
  /** How often it was asked over a new connection. */
  freshPolls = 0;
  /** Called before each file is told: a place to look, wait or throw. */
  beforeFile: (path: string) => Promise<void> | void = () => undefined;
  readonly #commits = new Map<string, Commit>();
  readonly #blobs = new Map<string, string>();
  #head: string | null = null;
  #closed = false;

  constructor(name = "specs") {
    this.name = name;
  }

  get head(): string {
    if (this.#head === null) throw new Error("commit something first");
    return this.#head;
  }

  /** Changes files (null takes one away) on top of the head. */
  commit(files: Readonly<Record<string, string | null>>, message = "Change specs\n"): string {
    const parent = this.#head;
    const tree = new Map(parent === null ? [] : this.#commit(parent).tree);
    for (const [path, text] of Object.entries(files)) {
      if (text === null) tree.delete(path);
      else tree.set(path, text);
    }
    const oid = sha1(JSON.stringify([parent, message, [...tree]]));
    this.#commits.set(oid, { oid, parent, merged: null, message, tree });
    for (const text of tree.values()) this.#blobs.set(sha1(text), text);
    this.#head = oid;
    return oid;
  }

  /** Makes a head that shares no commit with what was there: another repository at the same address. */
  begin(files: Readonly<Record<string, string>>, message = "Begin\n"): string {
    this.#head = null;
    return this.commit(files, message);
  }

  /** The same on a branch of its own, which a merge that says nothing brings in. Returns the branch's commit. */
  merge(files: Readonly<Record<string, string | null>>, message: string): string {
    const parent = this.#head;
    const side = this.commit(files, message);
    const { tree } = this.#commit(side);
    const oid = sha1(`merge ${side}`);
    this.#commits.set(oid, { oid, parent, merged: side, message: "Merge it\n", tree });
    this.#head = oid;
    return side;
  }

  /** Moves the head to another commit, as a forced push does; the next commit is made on top of it. */
  force(oid: string): void {
    this.#head = this.#commit(oid).oid;
  }

  /** The commits from the root to `oid`. */
  history(oid = this.head): readonly string[] {
    const { parent } = this.#commit(oid);
    return [...(parent === null ? [] : this.history(parent)), oid];
  }

  /** Whether the branch that ends with `head` has a commit, be it by a merge. */
  isOn(head: string, oid: string): boolean {
    return this.history(head).some((one) => one === oid || this.#commit(one).merged === oid);
  }

  /** The text of a file in a commit; undefined where there is none. */
  text(oid: string, path: string): string | undefined {
    return this.#commit(oid).tree.get(path);
  }

  /** The message of a commit. */
  message(oid: string): string {
    return this.#commit(oid).message;
  }

  async poll(signal: AbortSignal, { fresh = false }: PollOptions = {}): Promise<PollResult> {
    signal.throwIfAborted();
    this.freshPolls += fresh ? 1 : 0;
    return { kind: "head", head: this.head };
  }

  async sync(request: SyncRequest, signal: AbortSignal): Promise<SyncResult> {
    signal.throwIfAborted();
    if (this.#closed) return { kind: "failed", reason: "WorkerFailed", message: "closed" };
    this.syncs += 1;
    const { head } = request;
    const { tree } = this.#commit(head);
    const doubt = this.#doubtOf(request);
    if (doubt !== null) return { kind: "doubted", head, doubt };
    await request.onCommits(this.#range(request));
    const known = new Map(
      request.known.map(({ path, oid, seeds }) => [path, JSON.stringify([oid, seeds])]),
    );
    const told = new Set<string>();
    for (const path of specPaths(tree)) {
      const file = this.#file(tree, path);
      const seeds = file.seeds.map(toKnownSeed);
      if (known.get(path) === JSON.stringify([file.oid, seeds])) continue;
      await this.beforeFile(path);
      for (const { path: seedPath } of file.seeds) {
        const seed = seedFile(tree, seedPath);
        if (seed.kind !== "present" || told.has(seed.oid)) continue;
        await request.onSeed({ oid: seed.oid, bytes: seed.bytes });
        told.add(seed.oid);
      }
      await request.onFiles([file]);
    }
    const paths = specPaths(tree).map((path) => ({ path, oid: sha1(tree.get(path) ?? "") }));
    const trail = [...this.history(head)].reverse().slice(0, 64);
    return { kind: "ready", head, paths, trail };
  }

  async readSpecs(oids: readonly string[], signal: AbortSignal): Promise<ReadSpecs> {
    signal.throwIfAborted();
    const spec = (oid: string) => specOf(parse(this.#blobs.get(oid) ?? "", "x"));
    return { specs: new Map(oids.map((oid) => [oid, spec(oid)])), unread: null };
  }

  async readSeeds(head: string, paths: readonly string[]): Promise<readonly SeedFile[]> {
    const tree = this.#commits.get(head)?.tree;
    if (tree === undefined) throw new OperatorError("SourceUnavailable", `no commit ${head}`);
    return paths.map((path) => seedFile(tree, path));
  }

  async settle(head: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.settled.push(head);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** The same repository, read by another agent. */
  reopen(): void {
    this.#closed = false;
  }

  #doubtOf({ head, previous, line = NO_LINE }: SyncRequest): HeadDoubt | null {
    const history = this.history(head);
    if (previous === null || history.includes(previous)) return null;
    const before = this.history(previous);
    const isOlder = [previous, ...line.left].some((oid) => this.history(oid).includes(head));
    if (isOlder && !line.believesAncestor) return { kind: "ancestor" };
    const isReturn = line.left.some((oid) => history.includes(oid));
    if (isReturn || isOlder || before[0] === history[0]) return null;
    const isAccepted = line.accepted !== null && history.includes(line.accepted);
    return isAccepted ? null : { kind: "unrelated", commits: history.length, whole: true };
  }

  #range(request: SyncRequest): CommitRange {
    const { head, previous, line = NO_LINE } = request;
    if (previous === null) return { history: "first", commits: [this.#record(head)] };
    const history = this.history(head);
    const isHalf = line.left.includes(previous);
    const own = history.includes(previous) ? line.left : this.history(previous);
    const left = line.left.filter((oid) => history.includes(oid) && !own.includes(oid));
    const returnedTo = isHalf && history.includes(previous) ? [previous] : left;
    const returned = returnedTo.length === 0 ? {} : { returnedTo };
    const before = this.history(previous);
    const [base] = history.filter((oid) => before.includes(oid)).slice(-1);
    if (base === undefined || (base === head && head !== previous))
      return { ...this.#headAlone(request), ...returned };
    const oids = history.slice(history.indexOf(base) + 1).flatMap((oid) => {
      const { merged } = this.#commit(oid);
      return merged === null ? [oid] : [merged, oid];
    });
    const commits = oids.map((oid) => this.#record(oid));
    return { history: base === previous ? "descends" : "rewritten", commits, ...returned };
  }

  #headAlone({ head, known }: SyncRequest): CommitRange {
    const { tree } = this.#commit(head);
    const isKnown = new Set(
      known.map(({ path, oid, seeds }) => JSON.stringify([path, oid, seeds])),
    );
    const touches = specPaths(tree).flatMap((path) => {
      const { oid, seeds } = this.#file(tree, path);
      const is = JSON.stringify([path, oid, seeds.map(toKnownSeed)]);
      return isKnown.has(is) ? [] : [{ path, before: null, after: oid }];
    });
    const { changesNoFile: _, ...record } = this.#record(head);
    const commits = [{ ...record, touches }];
    return { history: "rewritten", headOnly: true, commits };
  }

  #commit(oid: string): Commit {
    const commit = this.#commits.get(oid);
    if (commit === undefined) throw new Error(`no commit ${oid}`);
    return commit;
  }

  #record(oid: string): CommitRecord {
    const { tree, message, parent, merged } = this.#commit(oid);
    const before: Tree = parent === null ? new Map() : this.#commit(parent).tree;
    const paths = new Set([...specPaths(tree), ...specPaths(before)]);
    const touched = [...paths]
      .sort()
      .filter((path) => this.#inputs(tree, path) !== this.#inputs(before, path));
    const isSame =
      before.size === tree.size && [...tree].every(([path, text]) => before.get(path) === text);
    const idOf = (from: Tree, path: string) => {
      const text = from.get(path);
      return text === undefined ? null : sha1(text);
    };
    return {
      oid,
      parents: [parent, merged].filter((each) => each !== null),
      message,
      author: "Ada <ada@example.org>",
      committer: "Ada <ada@example.org>",
      committedAtMs: Date.UTC(2026, 0, 1),
      touches: touched.map((path) => ({
        path,
        before: idOf(before, path),
        after: idOf(tree, path),
      })),
      ...(isSame ? { changesNoFile: true } : {}),
    };
  }

  #inputs(tree: Tree, path: string): string {
    const text = tree.get(path);
    if (text === undefined) return "absent";
    return JSON.stringify([
      text,
      ...seedPaths(parse(text, path)).map((seed) => tree.get(seed) ?? null),
    ]);
  }

  #file(tree: Tree, path: string): SpecFile {
    const text = tree.get(path) ?? "";
    const parsed = parse(text, path);
    const seeds = seedPaths(parsed).map((seed) => toSeedRef(seedFile(tree, seed)));
    return { path, oid: sha1(text), text: Buffer.from(text), parsed, seeds };
  }
}
