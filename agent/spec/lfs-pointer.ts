/** Git LFS reads no more of a file to find out whether it is a pointer. Bytes. */
const MAX_BYTES = 1024;

/** The version of today, and those that Git LFS wrote before. */
const VERSION =
  /^version (?:https?:\/\/(?:git-lfs|hawser)\.github\.com\/spec\/v\d+|http:\/\/git-media\.io\/v\/2)$/;

const LINE = /^[a-z0-9.-]+ .+$/;

/** Whether a file of so many bytes may be a pointer at all. */
export function mayBeLfsPointer(size: number): boolean {
  return size > 0 && size <= MAX_BYTES;
}

/**
 * Whether bytes are what Git LFS commits in the place of a large file: a few lines with its id and size. Who reads objects
 * out of git never sees the content behind it.
 */
export function isLfsPointer(bytes: Uint8Array): boolean {
  if (!mayBeLfsPointer(bytes.length)) return false;
  const [version = "", ...lines] = new TextDecoder().decode(bytes).trim().split(/\r?\n/);
  return (
    VERSION.test(version) &&
    lines.every((line) => LINE.test(line)) &&
    lines.some((line) => /^oid sha256:[0-9a-f]{64}$/.test(line)) &&
    lines.some((line) => /^size \d+$/.test(line))
  );
}
