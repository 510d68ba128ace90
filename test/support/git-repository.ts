import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileContent } from "./file-content.ts";
import { GitFailed, GitHost } from "./git-host.ts";
import { GitHistory } from "./git-history.ts";
import { isLight, looseObject, writeCommit } from "./git-loose-commit.ts";
import type { GitObject } from "./git-object-reader.ts";
import { deleteLooseRef, refIn, refsIn, writeRef } from "./git-refs.ts";

export interface CommitOptions {
  readonly message?: string;
  /** Default `main`. */
  readonly branch?: string;
  /** Parents by id. Default: the branch's head, or none. */
  readonly parents?: readonly string[];
  /** Seconds since 1970. Default: one second after the commit made before. */
  readonly atSeconds?: number;
  /** Name and address of author and committer. Default: Ada. */
  readonly author?: string;
  readonly committer?: string;
  /** True: start from an empty tree instead of the first parent's. */
  readonly fresh?: boolean;
}

const ADA = "Ada <ada@example.org>";
const FIRST_COMMIT_SECONDS = 1_767_225_600;

/** Folders (null) and files of an empty repository, by the format of its ids. */
const EMPTY = new Map<string, readonly (readonly [path: string, bytes: Buffer | null])[]>();

/** Git tidies up after a push or a fetch of its own, which are two processes more. */
const NEVER_TIDY = "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[receive]\n\tautogc = false\n";

const FILTERS = "[uploadpack]\n\tallowFilter = true\n";

const WHOLE_ID = /^[0-9a-f]{40}$/;

/** Commits stay in the pack they came in: to take it apart is one more process. */
const KEEP_PACK = ["-c", "fastimport.unpackLimit=0"];

/**
 * A bare repository without a working tree. Large commits are made by the git CLI through `fast-import`, small ones as the same
 * objects without a process.
 */
export class GitRepository {
  readonly root: string;
  readonly folder: string;
  /** Its commits, without a process for each question. Of a repository of SHA-1. */
  readonly history = new GitHistory((oid) => this.object(oid));
  readonly #environment: Record<string, string>;
  #format: "sha1" | "sha256" = "sha1";
  #seconds = FIRST_COMMIT_SECONDS;

  private constructor(root: string, name: string) {
    this.root = root;
    this.folder = join(root, name);
    this.#environment = {
      PATH: process.env["PATH"] ?? "",
      HOME: root,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "Ada",
      GIT_AUTHOR_EMAIL: "ada@example.org",
      GIT_COMMITTER_NAME: "Ada",
      GIT_COMMITTER_EMAIL: "ada@example.org",
    };
  }

  /** Makes `<root>/<name>`, empty, with `main` as its HEAD. Without `root` a temporary folder is made. */
  static create(
    options: {
      root?: string;
      name?: string;
      sha256?: boolean;
      /** Whether its server leaves out what a filter names, as forges do and git itself does not unless told. Default: false. */
      filter?: boolean;
    } = {},
  ): GitRepository {
    const root = options.root ?? mkdtempSync(join(tmpdir(), "room-operator-git-"));
    mkdirSync(root, { recursive: true });
    const repository = new GitRepository(root, options.name ?? "specs.git");
    repository.#format = options.sha256 === true ? "sha256" : "sha1";
    repository.#init();
    if (options.filter === true) appendFileSync(join(repository.folder, "config"), FILTERS);
    return repository;
  }

  /** As git makes an empty repository; it is asked once for each format. */
  #init(): void {
    const known = EMPTY.get(this.#format);
    if (known !== undefined) {
      for (const [path, bytes] of known) {
        if (bytes === null) mkdirSync(join(this.folder, path), { recursive: true });
        else writeFileSync(join(this.folder, path), bytes);
      }
      return;
    }
    const options = ["--quiet", "--bare", "--initial-branch=main", "--template="];
    this.git("init", ...options, `--object-format=${this.#format}`, this.folder);
    appendFileSync(join(this.folder, "config"), NEVER_TIDY);
    const entries = readdirSync(this.folder, { recursive: true, encoding: "utf8" }).sort();
    const bytesOf = (path: string) => (statSync(path).isDirectory() ? null : readFileSync(path));
    EMPTY.set(this.#format, [
      ["", null],
      ...entries.map((path) => [path, bytesOf(join(this.folder, path))] as const),
    ]);
  }

  /** Runs git in the repository and returns what it printed, trimmed. */
  git(...args: readonly string[]): string {
    return this.gitWithInput("", ...args);
  }

  gitWithInput(input: string | Buffer, ...args: readonly string[]): string {
    const inside = args[0] === "init" ? [] : ["--git-dir", this.folder];
    const output = GitHost.get().run([...inside, ...args], { env: this.#environment, input });
    return output.toString().trim();
  }

  /** Commits `files` on top of the branch (or of `parents`) and moves the branch there. Returns the commit's id. */
  commit(files: Readonly<Record<string, FileContent>>, options: CommitOptions = {}): string {
    const branch = `refs/heads/${options.branch ?? "main"}`;
    const head = this.head(options.branch);
    const parents = options.parents ?? (head === null ? [] : [head]);
    this.#seconds = options.atSeconds ?? this.#seconds + 1;
    const message = Buffer.from(options.message ?? "Change specs");
    const by = (person = ADA) => `${person} ${this.#seconds} +0000`;
    const [author, committer] = [by(options.author), by(options.committer)];
    if (this.#format === "sha1" && isLight(files)) {
      const base = options.fresh === true ? null : (parents[0] ?? null);
      const objects = { folder: this.folder, read: (name: string) => this.object(name) };
      const oid = writeCommit(objects, { files, base, parents, author, committer, message });
      writeRef(this.folder, branch, oid);
      return oid;
    }
    const parts: Buffer[] = [];
    const line = (text: string) => parts.push(Buffer.from(`${text}\n`));
    if (head !== null) line(`reset ${branch}`);
    line(`commit ${branch}`);
    line(`author ${author}`);
    line(`committer ${committer}`);
    line(`data ${message.length}`);
    parts.push(message, Buffer.from("\n"));
    const [first, ...others] = parents;
    if (first !== undefined) line(`from ${first}`);
    for (const parent of others) line(`merge ${parent}`);
    if (options.fresh === true) line("deleteall");
    for (const [path, content] of Object.entries(files)) writeFile(parts, path, content);
    this.gitWithInput(Buffer.concat(parts), ...KEEP_PACK, "fast-import", "--quiet", "--force");
    const made = this.head(options.branch);
    if (made === null) throw new Error(`no commit was made on ${branch}`);
    return made;
  }

  /**
   * Commits that nobody sees yet, one on top of the other: they lie on the branch `line`, which begins at `main`. All of them
   * are made by one process. Oldest first.
   */
  commitLine(
    count: number,
    filesOf: (at: number) => Readonly<Record<string, string>>,
    messageOf = (at: number) => `Change ${at}`,
  ): readonly string[] {
    const parts: Buffer[] = [];
    const line = (text: string) => parts.push(Buffer.from(`${text}\n`));
    line("reset refs/heads/line");
    line(`from ${this.head() ?? ""}`);
    for (let at = 0; at < count; at += 1) {
      this.#seconds += 1;
      const message = messageOf(at);
      line("commit refs/heads/line");
      line(`committer Ada <ada@example.org> ${this.#seconds} +0000`);
      line(`data ${message.length}\n${message}`);
      for (const [path, content] of Object.entries(filesOf(at))) writeFile(parts, path, content);
    }
    this.gitWithInput(Buffer.concat(parts), "fast-import", "--quiet");
    return this.git("rev-list", "--reverse", "refs/heads/main..refs/heads/line").split("\n");
  }

  /** The branch's commit, or null when there is no such branch. */
  head(branch = "main"): string | null {
    return this.ref(`refs/heads/${branch}`);
  }

  /** What a ref has by its whole name, or null when there is no such ref. */
  ref(name: string): string | null {
    return refIn(this.folder, name);
  }

  /** All refs under a name such as `refs/heads`, sorted. */
  refs(under?: string): ReadonlyMap<string, string> {
    return refsIn(this.folder, under);
  }

  /** Points a ref, by its whole name, at a commit. */
  point(name: string, oid: string): void {
    if (WHOLE_ID.test(oid) && looseObject(this.folder, oid)?.type === "commit") {
      writeRef(this.folder, name, oid);
    } else this.git("update-ref", name, oid);
  }

  /** Deletes a ref by its whole name. */
  unpoint(name: string): void {
    if (!deleteLooseRef(this.folder, name)) this.git("update-ref", "-d", name);
  }

  /** Whether an object of this id is in the repository. */
  has(oid: string): boolean {
    return this.object(oid) !== null;
  }

  /** The text of a file, named `<commit>:<path>`; null when there is none. */
  text(file: string): string | null {
    const object = this.object(file);
    return object?.type === "blob" ? object.bytes.toString() : null;
  }

  /** An object by its id, or by a name such as `<commit>:<path>`; null when there is none. */
  object(name: string): GitObject | null {
    const loose = WHOLE_ID.test(name) ? looseObject(this.folder, name) : null;
    return loose ?? GitHost.get().read(this.folder, name, this.#environment);
  }

  /** The id of what a name such as `main^{commit}` stands for; null: nothing. */
  named(name: string): string | null {
    try {
      return this.git("rev-parse", "--verify", "--quiet", name);
    } catch (error) {
      if (error instanceof GitFailed) return null;
      throw error;
    }
  }

  /** The files of a commit that hold a text, as `<commit>:<path>`. */
  filesNaming(text: string, commit: string): readonly string[] {
    try {
      return this.git("grep", "-l", "-F", "-e", text, commit, "--", "*.room.*").split("\n");
    } catch (error) {
      // Its way to say that there is none.
      if (error instanceof GitFailed && error.status === 1) return [];
      throw error;
    }
  }

  /** Points the branch somewhere else, as a forced push does. */
  forceBranch(oid: string, branch = "main"): void {
    this.point(`refs/heads/${branch}`, oid);
  }

  /** Makes a tag, or moves it. `note` makes it an annotated one. */
  tag(name: string, target = "refs/heads/main", note?: string): void {
    const annotated = note === undefined ? [] : ["--annotate", "--message", note];
    this.git("tag", "--force", ...annotated, name, target);
  }

  deleteTag(name: string): void {
    this.git("tag", "--delete", name);
  }

  deleteBranch(branch = "main"): void {
    this.unpoint(`refs/heads/${branch}`);
  }

  /** The id of what lies at a path of a commit. */
  oidOf(commit: string, path: string): string {
    return this.git("rev-parse", `${commit}:${path}`);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function writeFile(parts: Buffer[], path: string, content: FileContent): void {
  const quoted = JSON.stringify(path);
  if (content === null) {
    parts.push(Buffer.from(`D ${quoted}\n`));
    return;
  }
  if (typeof content === "object" && "mode" in content && content.mode === "160000") {
    parts.push(Buffer.from(`M 160000 ${content.oid} ${quoted}\n`));
    return;
  }
  const plain = typeof content === "string" || Buffer.isBuffer(content);
  const bytes = Buffer.from(plain ? content : content.content);
  parts.push(Buffer.from(`M ${plain ? "100644" : content.mode} inline ${quoted}\n`));
  parts.push(Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from("\n"));
}
