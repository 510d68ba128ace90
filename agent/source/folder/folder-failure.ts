import { fileProblem } from "../../kernel/file-problem.ts";
import { OperatorError } from "../../kernel/errors.ts";
import { legible, listed } from "../../kernel/shortened.ts";
import { gitFailure } from "../git-failure.ts";

/** Codes of system errors that say that nothing is at a path. */
const ABSENT: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR"]);
/** The process itself is short of something: no file is to blame. */
const OUR_OWN: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOMEM"]);

/** The code of a system error; null for any other error. */
export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" && "syscall" in error ? error.code : null;
}

export function isAbsent(error: unknown): boolean {
  return ABSENT.has(systemCode(error) ?? "");
}

/** True when the error concerns this one file, such as missing rights. */
export function isOfOneFile(error: unknown): boolean {
  const code = systemCode(error);
  return code !== null && !OUR_OWN.has(code);
}

export function folderMissing(folder: string, what: string): OperatorError {
  const advice =
    "Create or mount it, or correct Folder of this source. Rooms stay as they are meanwhile.";
  return gitFailure("FolderMissing", `Folder ${legible(folder)} ${what}. ${advice}`);
}

export function folderUnreadable(path: string, error: unknown): OperatorError {
  const what = `${legible(path)} cannot be read (${fileProblem(error)})`;
  const advice =
    "Give the agent's user the right to list and read it. Rooms stay as they are meanwhile.";
  return gitFailure("FolderUnreadable", `${what}. ${advice}`, { cause: error });
}

/** What is there is not what was there a moment ago. */
export function folderChanging(path: string): OperatorError {
  const what = `${legible(path)} changed while the folder was read`;
  return gitFailure("FolderChanging", `${what}. It is read again soon; nothing changes meanwhile.`);
}

/** These files lost something and changed again at each reading. */
export function folderUnsettled(paths: readonly string[]): OperatorError {
  const [what, it] = paths.length === 1 ? ["a file", "it"] : ["files", "them"];
  const why = `The folder was not read, because ${what} kept losing content or going away: ${listed(paths, { max: 5 })}`;
  const advice = `It is read again soon; nothing changes meanwhile. If this stays, stop what writes ${it}.`;
  return gitFailure("FolderChanging", `${why}. ${advice}`);
}

export function isChanging(error: unknown): boolean {
  return error instanceof OperatorError && error.code === "FolderChanging";
}

/** A limit that the folder passed: its configuration name and value are in the message. */
export function folderLimit(limit: string, value: number, what: string): OperatorError {
  const advice = `Move files out of the folder, or raise ${limit} for this source.`;
  return gitFailure("LimitExceeded", `${what} (limit ${limit}: ${value}). ${advice}`);
}
