import { ALL_FILES, filterSpecs, type FilteredSpecs } from "../spec-filter.ts";
import { ignoreFileInvalid, IGNORE_LIMITS, type IgnoreFile } from "../room-ignore.ts";
import type { GitSession } from "./git-session.ts";
import type { ListedSpec, OtherFile, SpecListing } from "./git-spec-listing.ts";
import type { WantedBlobs } from "./git-wanted-blobs.ts";

type Readable = Pick<GitSession, "objects" | "settings">;

export interface FilteredListing extends FilteredSpecs<ListedSpec> {
  /** Of `SpecListing.others`: a file that must not be read is not missed. */
  readonly others: readonly OtherFile[];
}

/** The specs of a listing without those that must not be read. Brings and reads its `.roomignore` files. */
export async function filterListing(
  { found, ignoreFiles: entries, others }: SpecListing,
  session: Readable,
  wanted: Pick<WantedBlobs, "bring">,
): Promise<FilteredListing> {
  const { patterns = ALL_FILES, path: folder } = session.settings;
  for (const { path, problem } of entries) {
    if (problem !== null) throw ignoreFileInvalid(path, "is not a regular file");
  }
  await wanted.bring(entries.map(({ oid }) => oid));
  const ignoreFiles = entries.map((entry) => readIgnoreFile(entry, session));
  const filter = { patterns, ignoreFiles, folder };
  return { ...filterSpecs(found, filter), others: filterSpecs(others, filter).kept };
}

function readIgnoreFile({ path, oid }: ListedSpec, { objects }: Readable): IgnoreFile {
  const skipped = objects.skippedSize(oid);
  if (skipped === null) return { path, bytes: objects.read(oid, "blob") };
  throw ignoreFileInvalid(path, `has ${skipped} bytes; at most ${IGNORE_LIMITS.bytes} are read`);
}
