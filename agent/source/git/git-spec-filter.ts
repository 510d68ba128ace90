import { ALL_FILES, filterSpecs, type FilteredSpecs } from "../spec-filter.ts";
import { ignoreFileInvalid, IGNORE_LIMITS, type IgnoreFile } from "../room-ignore.ts";
import type { GitSession } from "./git-session.ts";
import type { ListedSpec, SpecListing } from "./git-spec-listing.ts";
import type { WantedBlobs } from "./git-wanted-blobs.ts";

type Readable = Pick<GitSession, "objects" | "settings">;

/** The specs of a listing without those that must not be read. Brings and reads its `.roomignore` files. */
export async function filterListing(
  { found, ignoreFiles: entries }: SpecListing,
  session: Readable,
  wanted: Pick<WantedBlobs, "bring">,
): Promise<FilteredSpecs<ListedSpec>> {
  const { patterns = ALL_FILES, path: folder } = session.settings;
  for (const { path, problem } of entries) {
    if (problem !== null) throw ignoreFileInvalid(path, "is not a regular file");
  }
  await wanted.bring(entries.map(({ oid }) => oid));
  const ignoreFiles = entries.map((entry) => readIgnoreFile(entry, session));
  return filterSpecs(found, { patterns, ignoreFiles, folder });
}

function readIgnoreFile({ path, oid }: ListedSpec, { objects }: Readable): IgnoreFile {
  const skipped = objects.skippedSize(oid);
  if (skipped === null) return { path, bytes: objects.read(oid, "blob") };
  throw ignoreFileInvalid(path, `has ${skipped} bytes; at most ${IGNORE_LIMITS.bytes} are read`);
}
