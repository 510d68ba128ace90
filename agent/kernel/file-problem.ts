import { messageOf } from "./errors.ts";

/** What the codes of the operating system mean for a file or a folder. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
  ELOOP: "symbolic links lead in a circle",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
};

/** Why a file or folder cannot be read or written, in words that stand in parentheses or after a colon; else what Node says. */
export function fileProblem(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const isSystem = error instanceof Error && "syscall" in error;
  return WORDS[code] ?? (isSystem ? code : messageOf(error));
}
