import { gitFailure } from "../../git-failure.ts";

export interface TreeEntry {
  /** As git reads it, whatever is written: `100644`, `100755`, `120000`, `160000` or `40000`; what is not octal stays. */
  readonly mode: string;
  /** The name as text; a name that is not UTF-8 has U+FFFD in it and is not `safe`. */
  readonly name: string;
  readonly oid: string;
  /**
   * False for names no honest tool makes: control characters, `.`, `..`, `.git`, `/`, over 255 bytes, not UTF-8, or there
   * twice (of those the first is kept).
   */
  readonly safe: boolean;
}

/** How many entries a tree has, without making any of them. Throws `CorruptPack` when it is malformed. */
export function countTreeEntries(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; count += 1) at = afterEntry(bytes, at);
  return count;
}

function afterEntry(bytes: Buffer, at: number): number {
  const end = bytes.indexOf(0, at);
  if (end === -1 || end + 21 > bytes.length) {
    throw gitFailure("CorruptPack", "A tree in the clone is malformed.");
  }
  return end + 21;
}

export function parseTree(bytes: Buffer): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  const places = new Map<string, number>();
  let at = 0;
  while (at < bytes.length) {
    const next = afterEntry(bytes, at);
    const end = next - 21;
    const space = bytes.indexOf(0x20, at);
    if (space === -1 || end < space) {
      throw gitFailure("CorruptPack", "A tree in the clone is malformed.");
    }
    const name = bytes.subarray(space + 1, end);
    const entry = {
      mode: canonicalMode(bytes.toString("latin1", at, space)),
      name: name.toString("utf8"),
      oid: bytes.toString("hex", end + 1, next),
      safe: isSafeName(name),
    };
    at = next;
    const place = places.get(entry.name);
    const twin = place === undefined ? undefined : entries[place];
    if (place !== undefined && twin !== undefined) entries[place] = { ...twin, safe: false };
    else places.set(entry.name, entries.push(entry) - 1);
  }
  return entries;
}

/**
 * Old tools wrote other permissions and leading zeros. As in git the kind decides, and of the permissions the owner's executable
 * bit; an entry that is not a file, link or folder is a submodule.
 */
function canonicalMode(text: string): string {
  if (!/^[0-7]+$/.test(text)) return text;
  // Kind and permissions are the last 16 bits.
  const mode = Number.parseInt(text.slice(-6), 8) & 0o177777;
  switch (mode & 0o170000) {
    case 0o100000:
      return (mode & 0o100) === 0 ? "100644" : "100755";
    case 0o120000:
      return "120000";
    case 0o040000:
      return "40000";
    default:
      return "160000";
  }
}

function isSafeName(bytes: Buffer): boolean {
  const name = bytes.toString("utf8");
  return (
    bytes.length > 0 &&
    bytes.length <= 255 &&
    !name.includes("\ufffd") &&
    // eslint-disable-next-line no-control-regex
    !/[\u0000-\u001f\u007f/\\]/.test(name) &&
    !/^(?:\.|\.\.|\.git)$/i.test(name)
  );
}
