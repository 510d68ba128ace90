import { fileProblem } from "../../kernel/file-problem.ts";
import type { SpecPatterns } from "../../config/config.ts";
import { filterSpecs, type FilteredSpecs } from "../spec-filter.ts";
import { ignoreFileInvalid, IGNORE_LIMITS, type IgnoreFile } from "../room-ignore.ts";
import { isOfOneFile } from "./folder-failure.ts";
import type { FolderReader } from "./folder-reader.ts";
import type { FolderListing, FolderScope, FolderSpec } from "./folder-walk.ts";

interface Reading extends Pick<FolderScope, "path"> {
  readonly reader: FolderReader;
  readonly patterns: SpecPatterns;
}

export interface FilteredFolder extends FilteredSpecs<FolderSpec> {
  /** Of `FolderListing.others`: a file that must not be read is not missed. */
  readonly others: readonly string[];
}

/** The specs of a listing without those that must not be read. Reads its `.roomignore` files. */
export async function filterFolder(
  { base, specs, ignoreFiles: found, others }: FolderListing,
  reading: Reading,
): Promise<FilteredFolder> {
  const { patterns, path: folder } = reading;
  const ignoreFiles: IgnoreFile[] = [];
  for (const file of found) ignoreFiles.push(await read({ ...file, base }, reading));
  const filter = { patterns, ignoreFiles, folder };
  const named = others.map((path) => ({ path }));
  return {
    ...filterSpecs(specs, filter),
    others: filterSpecs(named, filter).kept.map(({ path }) => path),
  };
}

async function read(
  file: FolderSpec & { readonly base: string },
  { reader }: Reading,
): Promise<IgnoreFile> {
  const { path, size, problem } = file;
  if (problem !== null) throw ignoreFileInvalid(path, "is not a regular file");
  if (size > IGNORE_LIMITS.bytes)
    throw ignoreFileInvalid(path, `has ${size} bytes; at most ${IGNORE_LIMITS.bytes} are read`);
  try {
    return { path, bytes: await reader.read(file) };
  } catch (error) {
    if (!isOfOneFile(error)) throw error;
    throw ignoreFileInvalid(path, `cannot be read (${fileProblem(error)})`);
  }
}
