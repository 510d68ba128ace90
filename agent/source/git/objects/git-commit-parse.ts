import { TextDecoder } from "node:util";
import { shortened } from "../../../kernel/shortened.ts";
import { gitFailure } from "../../git-failure.ts";

export interface GitCommit {
  readonly tree: string;
  /** Each once; of an absurd number the first. */
  readonly parents: readonly string[];
  /** Name and address, at most 256 characters and what says that there are more; `committer` too. */
  readonly author: string;
  readonly committer: string;
  readonly committedAtMs: number;
  readonly message: string;
}

/** Of a longer message the subject and as much of the end are kept: what looks like a trailer there is reported. */
const MAX_MESSAGE_BYTES = 65_536;
const MAX_SUBJECT = 200;
const MAX_PERSON = 256;
/** Bytes of a header line that are read at its begin and at its end, where the time stands. */
const LINE_BEGIN = 2048;
const LINE_END = 64;
const MAX_PARENTS = 1000;
/** Lines of a header that are read; no honest commit comes near. */
const MAX_LINES = 10_000;

const TIME = / -?\d+ [+-]\d+$/;

/** A commit as git reads it. What a header line is made of costs no more than what is kept of it. */
export function parseCommit(bytes: Buffer): GitCommit {
  const blank = bytes.indexOf("\n\n");
  const header = readHeader(blank === -1 ? bytes : bytes.subarray(0, blank));
  const message = blank === -1 ? Buffer.alloc(0) : bytes.subarray(blank + 2);
  const { tree, parents, encoding } = header;
  if (![tree, ...parents].every((oid) => /^[0-9a-f]{40}$/.test(oid))) {
    throw gitFailure("CorruptPack", "A commit in the clone is malformed.");
  }
  const committer = decoded(header.committer, encoding);
  const person = (text: string) => shortened(text.replace(TIME, ""), MAX_PERSON);
  return {
    tree,
    parents: [...parents],
    author: person(decoded(header.author, encoding)),
    committer: person(committer),
    committedAtMs: Number(/ (-?\d{1,12}) [+-]\d+$/.exec(committer)?.[1] ?? 0) * 1000,
    message: messageText(message, encoding),
  };
}

interface Header {
  readonly tree: string;
  readonly parents: ReadonlySet<string>;
  readonly author: Buffer;
  readonly committer: Buffer;
  readonly encoding: string | null;
}

function readHeader(bytes: Buffer): Header {
  const parents = new Set<string>();
  const lines = new Map<string, Buffer>();
  for (let at = 0, count = 0; at < bytes.length && count < MAX_LINES; count += 1) {
    const newline = bytes.indexOf(0x0a, at);
    const end = newline === -1 ? bytes.length : newline;
    const line = bytes.subarray(at, end);
    const space = line.indexOf(0x20);
    const key = space === -1 ? "" : line.toString("latin1", 0, Math.min(space, 40));
    const value = line.subarray(space === -1 ? line.length : space + 1);
    if (key === "parent" && parents.size < MAX_PARENTS)
      parents.add(value.toString("latin1", 0, 41));
    // A signature may hold lines that look like the ones above it; the encoding stands before it.
    if (key === "gpgsig" || key === "mergetag") break;
    if (["tree", "author", "committer", "encoding"].includes(key)) lines.set(key, ends(value));
    at = end + 1;
  }
  return {
    tree: lines.get("tree")?.toString("latin1") ?? "",
    parents,
    author: lines.get("author") ?? Buffer.alloc(0),
    committer: lines.get("committer") ?? Buffer.alloc(0),
    encoding: lines.get("encoding")?.toString("latin1") ?? null,
  };
}

/** A line without its middle where it is too long to be read. */
function ends(line: Buffer): Buffer {
  if (line.length <= LINE_BEGIN + LINE_END) return line;
  return Buffer.concat([line.subarray(0, LINE_BEGIN), line.subarray(-LINE_END)]);
}

/** Encodings in which a byte is not a character of its own where it is ASCII: their text could be read in two ways. */
const NOT_ASCII = /^(?:utf-?16|utf-?32|ucs|utf-?7|iso-2022|hz|replacement|x-user-defined)/i;
const LATIN1 = /^(?:iso[-_]?8859[-_]1|latin-?1|l1)$/i;

/** Text as `git log` shows it. Of an encoding that is not known nothing is lost: bytes that are no UTF-8 stay letters. */
function decoded(bytes: Buffer, encoding: string | null): string {
  if (encoding === null || /^utf-?8$/i.test(encoding)) return bytes.toString("utf8");
  if (LATIN1.test(encoding)) return bytes.toString("latin1");
  const known = NOT_ASCII.test(encoding) ? null : decoderOf(encoding);
  if (known !== null) return known.decode(bytes);
  const text = bytes.toString("utf8");
  return text.includes("\ufffd") ? bytes.toString("latin1") : text;
}

function decoderOf(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label);
  } catch {
    // Not a label it knows; there is no other way to ask.
    return null;
  }
}

/** What a longer message is cut to has more bytes than a message may have, so that nothing in it counts. */
function messageText(bytes: Buffer, encoding: string | null): string {
  if (bytes.length <= MAX_MESSAGE_BYTES) return decoded(bytes, encoding);
  const subject =
    decoded(bytes.subarray(0, 4096), encoding).split("\n")[0]?.slice(0, MAX_SUBJECT) ?? "";
  return `${subject}\n\n${decoded(bytes.subarray(-MAX_MESSAGE_BYTES), encoding)}`;
}
