import type { GitObject } from "./git-object-reader.ts";

export const FOLDER_MODE = "40000";

export interface TreeEntry {
  readonly mode: string;
  readonly oid: string;
}

export interface TreeChange {
  readonly path: string;
  /** As `git diff-tree --name-status` writes it; `T`: a file has become a link, or the like. */
  readonly letter: "A" | "D" | "M" | "T";
  /** Of its new content; null: it has gone. */
  readonly oid: string | null;
}

/** The entries of a tree object by name, whose bytes are its characters. */
export function entriesOf(bytes: Buffer): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0, at);
    const [mode = "", ...words] = bytes.subarray(at, end).toString("latin1").split(" ");
    at = end + 21;
    entries.set(words.join(" "), { mode, oid: bytes.subarray(end + 1, at).toString("hex") });
  }
  return entries;
}

/** The files in which two trees differ, by path. Null: an empty tree. Renames are a file that has gone and a new one. */
export function changesBetween(
  read: (oid: string) => GitObject | null,
  from: string | null,
  to: string | null,
): readonly TreeChange[] {
  const inside = (oid: string | null) => {
    const tree = oid === null ? null : read(oid);
    if (oid !== null && tree?.type !== "tree") throw new Error(`unknown tree ${oid}`);
    return tree === null ? new Map<string, TreeEntry>() : entriesOf(tree.bytes);
  };
  const compare = (before: string | null, after: string | null, under: string): TreeChange[] => {
    const [old, now] = [inside(before), inside(after)];
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) => {
      const [one, other] = [old.get(name), now.get(name)];
      if (one?.oid === other?.oid && one?.mode === other?.mode) return [];
      const path = under + name;
      const [oneFolder, otherFolder] = [folderOf(one), folderOf(other)];
      const deeper =
        oneFolder === null && otherFolder === null
          ? []
          : compare(oneFolder, otherFolder, `${path}/`);
      const letter = letterOf(fileOf(one), fileOf(other));
      const oid = fileOf(other)?.oid ?? null;
      return letter === null ? deeper : [{ path, letter, oid }, ...deeper];
    });
  };
  return compare(from, to, "")
    .toSorted((one, other) => (one.path < other.path ? -1 : 1))
    .map((change) => ({ ...change, path: Buffer.from(change.path, "latin1").toString() }));
}

function folderOf(entry: TreeEntry | undefined): string | null {
  return entry?.mode === FOLDER_MODE ? entry.oid : null;
}

function fileOf(entry: TreeEntry | undefined): TreeEntry | null {
  return entry === undefined || entry.mode === FOLDER_MODE ? null : entry;
}

function letterOf(one: TreeEntry | null, other: TreeEntry | null): TreeChange["letter"] | null {
  if (one === null) return other === null ? null : "A";
  if (other === null) return "D";
  // 100644 and 100755 are both files.
  return one.mode.slice(0, 3) === other.mode.slice(0, 3) ? "M" : "T";
}
