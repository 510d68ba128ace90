/** git-annex takes no larger file for a pointer. Bytes. */
const MAX_BYTES = 32 * 1024;

/** A pointer file, or a locked file's link where the file system has no links and git writes their text. */
const BEGINS = /^(?:(?:\.\.\/)*\.git)?\/annex\/objects\/[^\s/]/;

/** Whether a file of so many bytes may be a pointer at all. */
export function mayBeAnnexPointer(size: number): boolean {
  return size > 0 && size <= MAX_BYTES;
}

/** Whether bytes are what git-annex commits in the place of a file: the path of its content in a folder that git does not hold. */
export function isAnnexPointer(bytes: Uint8Array): boolean {
  if (!mayBeAnnexPointer(bytes.length)) return false;
  return BEGINS.test(new TextDecoder().decode(bytes.subarray(0, 1024)));
}
