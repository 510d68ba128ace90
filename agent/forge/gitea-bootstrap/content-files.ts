import { fileProblem } from "../../kernel/file-problem.ts";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OperatorError } from "../../kernel/errors.ts";

/** A file that the repository begins with. */
export interface ContentFile {
  /** From the folder on, with `/`. */
  readonly path: string;
  readonly bytes: Buffer;
  /** Its id in git. */
  readonly blobId: string;
}

const MAX_FILES = 1000;
const MAX_BYTES = 8 * 1024 * 1024;

/** The files of a folder and of those in it, in order of their paths. Throws OperatorError `SetupFilesUnusable`. */
export function readContent(folder: string): readonly ContentFile[] {
  const files: ContentFile[] = [];
  let bytes = 0;
  for (const path of pathsIn(folder)) {
    const full = join(folder, path);
    if (!lstatSync(full).isFile()) throw invalid(folder, `${path} is not a regular file`);
    const content = readFileSync(full);
    bytes += content.length;
    if (files.length >= MAX_FILES || bytes > MAX_BYTES) {
      throw invalid(folder, `it holds more than ${MAX_FILES} files or ${MAX_BYTES} bytes`);
    }
    files.push({ path, bytes: content, blobId: blobIdOf(content) });
  }
  if (files.length === 0) throw invalid(folder, "it holds no file");
  return files;
}

function pathsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length))
      .filter((path) => !path.startsWith(".git/"))
      .sort();
  } catch (error) {
    throw invalid(folder, fileProblem(error));
  }
}

function blobIdOf(bytes: Buffer): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

function invalid(folder: string, why: string): OperatorError {
  return new OperatorError(
    "SetupFilesUnusable",
    `the repository cannot begin with the files of ${folder}: ${why}. Name a folder of specs with --content`,
  );
}
