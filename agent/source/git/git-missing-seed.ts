import { legible, listed } from "../../kernel/shortened.ts";
import { isFolder, isRegularFile } from "./objects/git-trees.ts";
import type { GitTrees } from "./objects/git-trees.ts";
import type { TreeEntry } from "./objects/git-object-parse.ts";

export interface WhyMissing {
  /** True: a part of the path is not a folder. */
  readonly isOdd: boolean;
  /** What happened and what to do next. */
  readonly message: string;
}

/** Why a path leads to nothing in a tree: a link or a submodule on the way, or another spelling of the same name. */
export function whyMissing(trees: GitTrees, rootTree: string, path: string): WhyMissing {
  let tree = rootTree;
  const segments = path.split("/");
  for (const [position, segment] of segments.entries()) {
    const at = segments.slice(0, position + 1).join("/");
    const entries = trees.entries(tree);
    const entry = entries.find(({ name, safe }) => safe && name === segment);
    if (entry === undefined) return { isOdd: false, message: nothingThere(path, segment, entries) };
    if (!isFolder(entry)) return noFolder(path, at, entry);
    tree = entry.oid;
  }
  return { isOdd: false, message: `There is no file ${legible(path)} in the repository: add it.` };
}

function noFolder(path: string, at: string, entry: TreeEntry): WhyMissing {
  if (isRegularFile(entry)) {
    const message = `There is no file ${legible(path)} in the repository: ${legible(at)} is a file, not a folder.`;
    return { isOdd: false, message };
  }
  const what =
    entry.mode === "160000"
      ? "a submodule, whose files are in another repository: copy the file into this one"
      : "a symbolic link, which is not followed: name the file by the path it has in the repository";
  return { isOdd: true, message: `${legible(path)} cannot be read: ${legible(at)} is ${what}.` };
}

function nothingThere(path: string, segment: string, entries: readonly TreeEntry[]): string {
  const missing = `There is no file ${legible(path)} in the repository`;
  const named = (isAlike: (name: string) => boolean) =>
    entries.filter(({ name, safe }) => safe && isAlike(name)).map(({ name }) => name);
  const [form] = named((name) => name.normalize("NFC") === segment.normalize("NFC"));
  if (form !== undefined) {
    return (
      `${missing}: ${escaped(form)} is there, which is the same name in another Unicode form ` +
      `(${formOf(form)}, and ${formOf(segment)} in the spec). Rename the file, or copy its name into the spec.`
    );
  }
  const folded = (name: string) => name.normalize("NFC").toLowerCase();
  const alike = named((name) => folded(name) === folded(segment));
  if (alike.length === 0) return `${missing}: add it, or correct the path.`;
  return `${missing}, but ${listed(alike, { max: 3 })} is there: case counts.`;
}

/** Both forms look the same, so all that is not ASCII is written out. */
function escaped(name: string): string {
  const text = name.replace(/[^\x20-\x7e]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return `"${legible(text)}"`;
}

function formOf(name: string): string {
  if (name === name.normalize("NFC")) return "NFC";
  return name === name.normalize("NFD") ? "NFD" : "a mixed form";
}
