import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { aPack, type PackedObject } from "./a-pack.ts";
import { looseObject } from "./git-loose-commit.ts";
import type { GitObject } from "./git-object-reader.ts";
import { refCountIn, refsIn } from "./git-refs.ts";
import { entriesOf, FOLDER_MODE } from "./git-trees.ts";

/** A repository in which more was read for one answer is left to git, which is quicker then. */
const MOST_OBJECTS = 1000;
/** Of a packet of a pack: what git itself sends at most. */
const MOST_PACKET_BYTES = 65_515;

const REFS_ASKED = [/^command=ls-refs$/, /^object-format=sha1$/, /^0001$/, /^peel$/] as const;
const FETCH_ASKED = [
  /^command=fetch$/,
  /^object-format=sha1$/,
  /^0001$/,
  /^no-progress$/,
  /^ofs-delta$/,
] as const;
const PREFIX = /^ref-prefix (refs\/(?:heads|tags)\/.*)$/;
const SECTION_END = "0001";
const ANSWER_END = "0000";

/** What this does not answer: git does. */
class LeftToGit extends Error {}

/**
 * Answers protocol 2 for the bare repository in `folder` as `git upload-pack` does, without its two processes, where what is asked
 * and what the repository holds are plain: refs of commits, and a fetch of one commit, all in loose objects. The pack has no
 * deltas. Null: git has to be asked.
 */
export function lightAnswer(folder: string, question: Buffer): Buffer | null {
  try {
    const lines = linesOf(question.toString("latin1"));
    if (!isPlain(folder)) return null;
    const repository = new LooseRepository(folder);
    const refs = restAfter(lines, REFS_ASKED);
    if (refs !== null) return answerRefs(repository, refs);
    const fetch = restAfter(lines, FETCH_ASKED);
    return fetch === null ? null : answerFetch(repository, fetch);
  } catch (error) {
    if (error instanceof LeftToGit) return null;
    throw error;
  }
}

/** No setting hides refs, and no other commits stand in for those that are there. */
function isPlain(folder: string): boolean {
  const settings = textOf(join(folder, "config"));
  const others = ["shallow", "refs/replace", "info/grafts", "objects/info/alternates"];
  return (
    settings !== null &&
    !/hiderefs|\[include|uploadpack\]/i.test(settings) &&
    existsSync(join(folder, "refs")) &&
    textOf(join(folder, "HEAD"))?.startsWith("ref: refs/") === true &&
    others.every((path) => !existsSync(join(folder, path)))
  );
}

function answerRefs(repository: LooseRepository, asked: readonly string[]): Buffer {
  const prefixes = asked.map((line) => PREFIX.exec(line)?.[1] ?? leave());
  if (prefixes.length === 0) leave();
  const all = refsIn(repository.folder);
  // A ref that names another one.
  if (all.size !== refCountIn(repository.folder, "refs")) leave();
  const refs = [...all].filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix)));
  const lines = refs.map(([name, oid]) => {
    if (!/^[\w/-]+(?:\.\w+)*$/.test(name)) leave();
    repository.read(oid, "commit");
    return packet(`${oid} ${name}\n`);
  });
  return Buffer.from([...lines, ANSWER_END].join(""));
}

interface FetchAsked {
  readonly want: string;
  readonly haves: readonly string[];
  /** Commits whose parents the client has not. */
  readonly shallows: ReadonlySet<string>;
  readonly isOneDeep: boolean;
}

function answerFetch(repository: LooseRepository, asked: readonly string[]): Buffer {
  const { want, haves, shallows, isOneDeep } = fetchIn(asked);
  const objects = isOneDeep
    ? missing(repository, [want], new Set())
    : missing(repository, ...commitsBetween(repository, { want, haves, shallows }));
  const isShallow = isOneDeep || shallows.size > 0;
  const shallow = isOneDeep ? packet(`shallow ${want}`) : "";
  const head = isShallow ? `${packet("shallow-info\n")}${shallow}${SECTION_END}` : "";
  const parts: Buffer[] = [Buffer.from(`${head}${packet("packfile\n")}`)];
  const pack = aPack(objects);
  for (let at = 0; at < pack.length; at += MOST_PACKET_BYTES) {
    const piece = pack.subarray(at, at + MOST_PACKET_BYTES);
    parts.push(Buffer.from(`${lengthOf(piece.length + 1)}\u0001`), piece);
  }
  return Buffer.concat([...parts, Buffer.from(ANSWER_END)]);
}

function fetchIn(asked: readonly string[]): FetchAsked {
  const wants: string[] = [];
  const haves: string[] = [];
  const shallows = new Set<string>();
  let isOneDeep = false;
  for (const line of asked.slice(0, -1)) {
    const [, word, oid = ""] = /^(want|have|shallow) ([0-9a-f]{40})$/.exec(line) ?? [];
    if (word === "want") wants.push(oid);
    else if (word === "have") haves.push(oid);
    else if (word === "shallow") shallows.add(oid);
    else if (line === "deepen 1") isOneDeep = true;
    else leave();
  }
  const [want] = wants;
  if (want === undefined || wants.length > 1 || asked.at(-1) !== "done") return leave();
  if (isOneDeep && haves.length + shallows.size > 0) leave();
  return { want, haves, shallows, isOneDeep };
}

/** The commits to send, and the trees that the client has. */
function commitsBetween(
  repository: LooseRepository,
  { want, haves, shallows }: Omit<FetchAsked, "isOneDeep">,
): [commits: readonly string[], had: ReadonlySet<string>] {
  const parentsOf = (oid: string) => (shallows.has(oid) ? [] : repository.commit(oid).parents);
  const known = haves.filter((oid) => repository.has(oid));
  const had = reach(known, parentsOf);
  const commits = [...reach([want], (oid) => (had.has(oid) ? [] : parentsOf(oid)))];
  // As git does: what was had is left out by the commits where both lines meet.
  const edges = commits.filter((oid) => had.has(oid));
  const trees = edges.map((oid) => repository.commit(oid).tree);
  return [commits.filter((oid) => !had.has(oid)), insideOf(repository, trees)];
}

/** Commits, and of their trees what is not `had`; each once. */
function missing(
  repository: LooseRepository,
  commits: readonly string[],
  had: ReadonlySet<string>,
): readonly PackedObject[] {
  const trees = commits.map((oid) => repository.commit(oid).tree);
  return [...commits, ...insideOf(repository, trees, had)].map((oid) => {
    const { type, bytes } = repository.any(oid);
    return { type: type as "commit" | "tree" | "blob", data: bytes };
  });
}

/** Trees with all that lies in them, apart from what is `had`. */
function insideOf(
  repository: LooseRepository,
  trees: readonly string[],
  had: ReadonlySet<string> = new Set(),
): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (oid: string, mode: string) => {
    if (mode === "160000" || found.has(oid) || had.has(oid)) return;
    found.add(oid);
    if (mode !== FOLDER_MODE) return;
    for (const entry of entriesOf(repository.read(oid, "tree")).values())
      add(entry.oid, entry.mode);
  };
  for (const oid of trees) add(oid, FOLDER_MODE);
  return found;
}

function reach(
  from: readonly string[],
  parentsOf: (oid: string) => readonly string[],
): Set<string> {
  const found = new Set(from);
  // What is added on the way is visited too.
  for (const oid of found) for (const parent of parentsOf(oid)) found.add(parent);
  return found;
}

/** The loose objects of a repository, each read and compared with its id once. */
class LooseRepository {
  readonly folder: string;
  readonly #objects = new Map<string, GitObject>();

  constructor(folder: string) {
    this.folder = folder;
  }

  has(oid: string): boolean {
    return this.#find(oid) !== null;
  }

  any(oid: string): GitObject {
    return this.#find(oid) ?? leave();
  }

  read(oid: string, type: string): Buffer {
    const object = this.any(oid);
    return object.type === type ? object.bytes : leave();
  }

  commit(oid: string): { readonly tree: string; readonly parents: readonly string[] } {
    const [head = ""] = this.read(oid, "commit").toString("latin1").split("\nauthor ");
    const [tree = "", ...parents] = head.split("\n").map((line) => line.replace(/^\w+ /, ""));
    return { tree, parents };
  }

  #find(oid: string): GitObject | null {
    const known = this.#objects.get(oid);
    if (known !== undefined) return known;
    const object = looseObject(this.folder, oid);
    if (object === null) return null;
    const { type, bytes } = object;
    const hash = createHash("sha1").update(`${type} ${bytes.length}\0`).update(bytes);
    if (hash.digest("hex") !== oid || this.#objects.size >= MOST_OBJECTS) leave();
    this.#objects.set(oid, object);
    return object;
  }
}

function leave(): never {
  throw new LeftToGit();
}

/** The lines of a request in their order, without its end. `0001` stands between its two parts. */
function linesOf(question: string): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < question.length;) {
    const head = question.slice(at, at + 4);
    const length = Number.parseInt(head, 16);
    if (head === ANSWER_END && at + 4 === question.length) return lines;
    if (head === SECTION_END) lines.push(head);
    else if (!(length > 4)) leave();
    else lines.push(question.slice(at + 4, at + length).replace(/\n$/, ""));
    at += Math.max(length, 4);
  }
  return leave();
}

/** What follows after lines of these forms; null where others are there. */
function restAfter(lines: readonly string[], forms: readonly RegExp[]): readonly string[] | null {
  const isSame = forms.every((form, at) => form.test(lines[at] ?? ""));
  return isSame ? lines.slice(forms.length) : null;
}

function packet(text: string): string {
  return lengthOf(text.length) + text;
}

function lengthOf(bytes: number): string {
  return (bytes + 4).toString(16).padStart(4, "0");
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
