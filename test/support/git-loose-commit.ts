import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import type { FileContent } from "./file-content.ts";
import type { GitObject } from "./git-object-reader.ts";
import { entriesOf, FOLDER_MODE } from "./git-trees.ts";
import type { TreeEntry as Entry } from "./git-trees.ts";

/** By name, whose bytes are its characters. A folder that nobody looked into is an entry. */
type Folder = Map<string, Entry | Folder>;

export interface CommitGiven {
  readonly files: Readonly<Record<string, FileContent>>;
  /** The commit whose files it begins with; null: none. */
  readonly base: string | null;
  readonly parents: readonly string[];
  /** With name, address and time, as they are in a commit. */
  readonly author: string;
  readonly committer: string;
  readonly message: Buffer;
}

/** Where objects are and come from. */
export interface LooseObjects {
  readonly folder: string;
  readonly read: (name: string) => GitObject | null;
}

const MOST_LIGHT_FILES = 50;
const MOST_LIGHT_CHARACTERS = 200_000;

/** Whether a commit of these files takes less time here than a process takes. */
export function isLight(files: CommitGiven["files"]): boolean {
  const contents = Object.values(files);
  const characters = contents.reduce((sum, content) => sum + textOf(content).length, 0);
  return contents.length <= MOST_LIGHT_FILES && characters <= MOST_LIGHT_CHARACTERS;
}

/** Writes the commit that `git fast-import` makes of the same, as loose objects and without a process. Returns its id. */
export function writeCommit(objects: LooseObjects, given: CommitGiven): string {
  const root = given.base === null ? new Map() : folderAt(objects, treeNameOf(objects, given.base));
  for (const [path, content] of Object.entries(given.files)) {
    change(objects, root, { names: namesOf(path), entry: entryOf(objects, content) });
  }
  const head = [
    `tree ${writeFolder(objects, root)}`,
    ...given.parents.map((parent) => `parent ${parent}`),
    `author ${given.author}`,
    `committer ${given.committer}`,
  ];
  const text = Buffer.from(`${head.join("\n")}\n\n`);
  return writeObject(objects, "commit", Buffer.concat([text, given.message]));
}

/** A commit in a file of its own names its tree. */
function treeNameOf({ folder }: LooseObjects, base: string): string {
  const commit = looseObject(folder, base)?.bytes.toString("latin1", 0, 45) ?? "";
  return /^tree ([0-9a-f]{40})$/.exec(commit)?.[1] ?? `${base}^{tree}`;
}

function namesOf(path: string): readonly string[] {
  const names = Buffer.from(path).toString("latin1").split("/");
  if (names.some((name) => ["", ".", "..", ".git"].includes(name))) {
    throw new Error(`no path of a commit: ${JSON.stringify(path)}`);
  }
  return names;
}

/** Null takes the path away. */
function entryOf(objects: LooseObjects, content: FileContent): Entry | null {
  if (content === null) return null;
  const isPlain = typeof content === "string" || Buffer.isBuffer(content);
  if (!isPlain && content.mode === "160000") return content;
  const mode = isPlain ? "100644" : content.mode;
  return { mode, oid: writeObject(objects, "blob", Buffer.from(textOf(content))) };
}

function textOf(content: FileContent): string | Buffer {
  if (content === null) return "";
  if (typeof content === "string" || Buffer.isBuffer(content)) return content;
  return content.mode === "160000" ? "" : content.content;
}

function change(
  objects: LooseObjects,
  folder: Folder,
  { names, entry }: { readonly names: readonly string[]; readonly entry: Entry | null },
): void {
  const [name = "", ...rest] = names;
  if (rest.length === 0) {
    if (entry === null) folder.delete(name);
    else folder.set(name, entry);
    return;
  }
  const inner = inside(objects, folder.get(name));
  if (inner === null && entry === null) return;
  const next = inner ?? new Map();
  folder.set(name, next);
  change(objects, next, { names: rest, entry });
}

/** Null for a file, and for nothing. */
function inside(objects: LooseObjects, found: Entry | Folder | undefined): Folder | null {
  if (found instanceof Map) return found;
  return found?.mode === FOLDER_MODE ? folderAt(objects, found.oid) : null;
}

function folderAt({ folder, read }: LooseObjects, name: string): Folder {
  const tree = read(name);
  if (tree?.type !== "tree") throw new Error(`${folder} has no tree ${name}`);
  return entriesOf(tree.bytes);
}

/** A folder in it that has become empty is left out. */
function writeFolder(objects: LooseObjects, folder: Folder): string {
  const entries = [...folder].flatMap(([name, found]) => {
    if (!(found instanceof Map)) return [{ name, ...found }];
    if (isEmpty(found)) return [];
    return [{ name, mode: FOLDER_MODE, oid: writeFolder(objects, found) }];
  });
  const orderOf = ({ name, mode }: Entry & { readonly name: string }) =>
    Buffer.from(mode === FOLDER_MODE ? `${name}/` : name, "latin1");
  entries.sort((one, other) => Buffer.compare(orderOf(one), orderOf(other)));
  const parts = entries.flatMap(({ name, mode, oid }) => [
    Buffer.from(`${mode} ${name}\0`, "latin1"),
    Buffer.from(oid, "hex"),
  ]);
  return writeObject(objects, "tree", Buffer.concat(parts));
}

function isEmpty(folder: Folder): boolean {
  return [...folder.values()].every((found) => found instanceof Map && isEmpty(found));
}

/** Writes an object as a file, where it is missing. Returns its id. */
export function writeObject(
  { folder }: Pick<LooseObjects, "folder">,
  type: string,
  bytes: Buffer,
): string {
  const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
  const oid = createHash("sha1").update(whole).digest("hex");
  const file = join(folder, "objects", oid.slice(0, 2), oid.slice(2));
  if (existsSync(file)) return oid;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, deflateSync(whole, { level: 1 }));
  renameSync(`${file}.new`, file);
  return oid;
}

/** An object that is a file of its own; null: it is packed, or missing. */
export function looseObject(folder: string, oid: string): GitObject | null {
  let whole: Buffer;
  try {
    whole = inflateSync(readFileSync(join(folder, "objects", oid.slice(0, 2), oid.slice(2))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const end = whole.indexOf(0);
  const [type = ""] = whole.toString("latin1", 0, end).split(" ");
  return { type, bytes: whole.subarray(end + 1) };
}
