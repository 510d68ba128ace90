import ignore from "ignore";
import { quoted } from "../kernel/quoted.ts";
import { legible, shortened } from "../kernel/shortened.ts";
import { decodeText } from "../spec/decode-text.ts";
import { gitFailure } from "./git-failure.ts";

/** The name of the files that say which specs are not read, in the syntax of `.gitignore`. */
export const IGNORE_NAME = ".roomignore";

/** What all such files of a source may hold together; more is refused, never read in part. */
export const IGNORE_LIMITS = {
  files: 200,
  /** Of one file. */
  bytes: 65_536,
  patterns: 1_000,
  /** Of one pattern. */
  characters: 500,
  /** Patterns times specs: each is held against each, in a folder on the agent's main thread. */
  comparisons: 5_000_000,
} as const;

/** A `.roomignore` that was read. */
export interface IgnoreFile {
  /** From the repository's root. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Which of the specs below a folder `.roomignore` files ignore. */
export interface RoomIgnore {
  /** How many there are. */
  readonly patterns: number;
  /** Why a path (from the repository's root) is ignored: file, line and pattern; null: it is not. */
  whyIgnored(path: string): string | null;
}

const NONE: RoomIgnore = { patterns: 0, whyIgnored: () => null };

/**
 * The rules of all `.roomignore` files at or below `folder` (`.`: the root), with the precedence that git gives `.gitignore`: a
 * file deeper down counts more, and in one file a later line. Throws `IgnoreFileInvalid` for a file that cannot be used.
 */
export function readIgnoreFiles(files: readonly IgnoreFile[], folder: string): RoomIgnore {
  if (files.length === 0) return NONE;
  refuseMore("files", files.length);
  const base = folder === "." ? "" : `${folder}/`;
  // Files of one folder never share a line of folders with those next to it: order matters from the top down alone.
  const ordered = [...files].sort((a, b) => depthOf(a) - depthOf(b));
  const lines = ordered.flatMap((file) => linesOf(file));
  refuseMore("patterns", lines.length);
  const rules = ignore({ ignorecase: false, allowRelativePaths: true });
  for (const [at, line] of lines.entries()) {
    const prefix = line.file.slice(base.length, -IGNORE_NAME.length);
    addRule(rules, { pattern: belowFolder(line.pattern, prefix), mark: String(at) }, line);
  }
  return {
    patterns: lines.length,
    whyIgnored: (path) => {
      const { rule, ignored } = rules.test(path.slice(base.length));
      if (!ignored) return null;
      const line = lines[Number(rule?.mark)];
      return line === undefined ? IGNORE_NAME : textOf(line);
    },
  };
}

/** Refuses what has the name and cannot be read. `what`: such as "is a symbolic link". */
export function ignoreFileInvalid(path: string, what: string): Error {
  const advice = "Correct or remove it. Rooms stay as they are meanwhile.";
  return gitFailure("IgnoreFileInvalid", `${legible(path)} ${what}. ${advice}`);
}

interface Line {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly pattern: string;
}

function depthOf({ path }: IgnoreFile): number {
  return path.split("/").length;
}

function linesOf({ path, bytes }: IgnoreFile): readonly Line[] {
  if (bytes.length > IGNORE_LIMITS.bytes)
    throw ignoreFileInvalid(
      path,
      `has ${bytes.length} bytes; at most ${IGNORE_LIMITS.bytes} are read`,
    );
  const decoded = decodeText(bytes, IGNORE_LIMITS.bytes);
  if (decoded.kind === "refused")
    throw ignoreFileInvalid(path, `is not a text file: see line ${decoded.mark.line}`);
  return decoded.text.split(/\r?\n/).flatMap((pattern, at): Line[] => {
    if (pattern.trim() === "" || pattern.startsWith("#")) return [];
    if (pattern.length <= IGNORE_LIMITS.characters) return [{ file: path, line: at + 1, pattern }];
    const most = `at most ${IGNORE_LIMITS.characters} are read`;
    throw ignoreFileInvalid(path, `has ${pattern.length} characters in line ${at + 1}; ${most}`);
  });
}

function refuseMore(what: "files" | "patterns", count: number): void {
  const most = IGNORE_LIMITS[what];
  if (count <= most) return;
  const how = what === "files" ? `There are ${count}` : `There are ${count} patterns in`;
  const message = `${how} ${IGNORE_NAME} files; at most ${most} ${what} are read. Merge or remove some. Rooms stay as they are meanwhile.`;
  throw gitFailure("IgnoreFileInvalid", message);
}

/** Refuses patterns that would take too long together, before any of them is used. */
export function refuseSlow({ patterns }: RoomIgnore, specs: number): void {
  const { comparisons } = IGNORE_LIMITS;
  if (patterns * specs <= comparisons) return;
  const most = Math.floor(comparisons / specs);
  const message = `There are ${patterns} patterns in ${IGNORE_NAME} files; for ${specs} specs at most ${most} are read. Merge or remove some. Rooms stay as they are meanwhile.`;
  throw gitFailure("IgnoreFileInvalid", message);
}

/** The pattern as the file at the top would have it. */
function belowFolder(pattern: string, prefix: string): string {
  if (prefix === "") return pattern;
  const isNegative = pattern.startsWith("!");
  const body = (isNegative ? pattern.slice(1) : pattern).replace(/^\\([#!])/, "$1");
  const isAnchored = /\/(?!\s*$)/.test(body);
  const rest = isAnchored ? body.replace(/^\//, "") : `**/${body}`;
  return `${isNegative ? "!" : ""}/${prefix.replace(/[\\*?[\]]/g, "\\$&")}${rest}`;
}

function addRule(
  rules: ReturnType<typeof ignore>,
  rule: { readonly pattern: string; readonly mark: string },
  line: Line,
): void {
  try {
    rules.add(rule);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw ignoreFileInvalid(line.file, `has a pattern in line ${line.line} that cannot be used`);
  }
}

function textOf({ file, line, pattern }: Line): string {
  return `${legible(file)} line ${line} (${quoted(shortened(pattern, 80))})`;
}
