import { createHash } from "node:crypto";
import { parseSpec } from "../../agent/spec/parse-spec.ts";
import type { ParsedSpec, RoomSpec } from "../../agent/spec/room-spec.ts";
import type {
  CommitRange,
  CommitRecord,
  PollResult,
  SeedFile,
  SpecFile,
  SpecSource,
  SyncRequest,
  SyncResult,
} from "../../agent/source/spec-source.ts";

type Tree = ReadonlyMap<string, string>;

interface Commit {
  readonly oid: string;
  readonly parent: string | null;
  readonly message: string;
  readonly tree: Tree;
}

const SPEC = /\.room\.(ya?ml|json)$/;

/** A repository in memory: texts by path, one commit after the other. Tells what a git source would. */
export class FakeSpecSource implements SpecSource {
  readonly name: string;
  /** The heads that were settled, oldest first. */
  readonly settled: string[] = [];
  /** How often a sync began. */
  syncs = 0;
  /** Called before each file is told: a place to look, wait or throw. */
  beforeFile: (path: string) => Promise<void> | void = () => undefined;
  readonly #commits = new Map<string, Commit>();
  readonly #blobs = new Map<string, string>();
  #head: string | null = null;

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
    this.#commits.set(oid, { oid, parent, message, tree });
    for (const text of tree.values()) this.#blobs.set(sha1(text), text);
    this.#head = oid;
    return oid;
  }

  /** Moves the head to another commit, as a forced push does; the next commit is made on top of it. */
  force(oid: string): void {
    this.#head = this.#commit(oid).oid;
  }

  poll(): Promise<PollResult> {
    return Promise.resolve({ kind: "head", head: this.head });
  }

  async sync(request: SyncRequest, _signal: AbortSignal): Promise<SyncResult> {
    this.syncs += 1;
    const { head, previous } = request;
    const { tree } = this.#commit(head);
    const before: Tree = previous === null ? new Map() : this.#commit(previous).tree;
    await request.onCommits(this.#range(previous, head));
    for (const path of [...tree.keys()].filter((name) => SPEC.test(name)).sort()) {
      if (this.#inputs(tree, path) === this.#inputs(before, path)) continue;
      await this.beforeFile(path);
      await request.onFiles([this.#file(tree, path)]);
    }
    const paths = [...tree].filter(([path]) => SPEC.test(path));
    return { kind: "ready", head, paths: paths.map(([path, text]) => ({ path, oid: sha1(text) })) };
  }

  async readSpecs(oids: readonly string[]): Promise<ReadonlyMap<string, RoomSpec | null>> {
    return new Map(oids.map((oid) => [oid, specOf(parse(this.#blobs.get(oid) ?? "", "x"))]));
  }

  async readSeeds(head: string, paths: readonly string[]): Promise<readonly SeedFile[]> {
    return paths.map((path) => seedFile(this.#commit(head).tree, path));
  }

  async settle(head: string): Promise<void> {
    this.settled.push(head);
  }

  async close(): Promise<void> {}

  #commit(oid: string): Commit {
    const commit = this.#commits.get(oid);
    if (commit === undefined) throw new Error(`no commit ${oid}`);
    return commit;
  }

  #range(previous: string | null, head: string): CommitRange {
    if (previous === null) {
      return { history: "first", commits: [this.#record(head, this.#commit(head).tree)] };
    }
    const between = this.#between(previous, head);
    return between === null
      ? { history: "rewritten", commits: [] }
      : { history: "descends", commits: between };
  }

  /** Null: the one is not built on the other. */
  #between(previous: string, head: string): readonly CommitRecord[] | null {
    const commits: CommitRecord[] = [];
    for (let at = head; at !== previous;) {
      const { parent } = this.#commit(at);
      if (parent === null) return null;
      commits.unshift(this.#record(at, this.#commit(parent).tree));
      at = parent;
    }
    return commits;
  }

  #record(oid: string, before: Tree): CommitRecord {
    const { tree, message, parent } = this.#commit(oid);
    const paths = new Set([...tree.keys(), ...before.keys()].filter((path) => SPEC.test(path)));
    const touched = [...paths].filter(
      (path) => this.#inputs(tree, path) !== this.#inputs(before, path),
    );
    const idOf = (from: Tree, path: string) => {
      const text = from.get(path);
      return text === undefined ? null : sha1(text);
    };
    return {
      oid,
      parents: parent === null ? [] : [parent],
      message,
      author: "Ada <ada@example.org>",
      committedAtMs: Date.UTC(2026, 0, 1),
      touches: touched.map((path) => ({
        path,
        before: idOf(before, path),
        after: idOf(tree, path),
      })),
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
    const seeds = seedPaths(parsed).map((seed) => seedFile(tree, seed));
    return { path, oid: sha1(text), text: Buffer.from(text), parsed, seeds };
  }
}

function parse(text: string, path: string): ParsedSpec {
  const roomIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{2,127}$/;
  return parseSpec(Buffer.from(text), { path, maxBytes: 1_048_576, roomIdPattern });
}

function specOf(parsed: ParsedSpec): RoomSpec | null {
  return parsed.kind === "valid" ? parsed.spec : null;
}

function seedPaths(parsed: ParsedSpec): readonly string[] {
  const artifacts = specOf(parsed)?.spec.artifacts ?? [];
  return artifacts.flatMap(({ seedFrom }) => (seedFrom === null ? [] : [seedFrom]));
}

function seedFile(tree: Tree, path: string): SeedFile {
  const text = tree.get(path);
  if (text === undefined) {
    return { path, kind: "unusable", reason: "SeedMissing", message: `${path} is not there` };
  }
  const bytes = Buffer.from(text);
  return { path, kind: "present", oid: sha1(text), size: bytes.length, bytes };
}

function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
