/** Most characters a name may have, as JSON Schema counts them: code points. */
export const MAX_NAME_CHARACTERS = 256;

/** Bytes of an encoded name that every usual server and proxy still takes as one part of an address. */
const MAX_SEGMENT_BYTES = 4096;

/** Whether a text has more characters than a name may have. Costs the same however long it is. */
export function isTooLong(text: string): boolean {
  if (text.length <= MAX_NAME_CHARACTERS) return false;
  // A character has at most two code units.
  return text.length > 2 * MAX_NAME_CHARACTERS || Array.from(text).length > MAX_NAME_CHARACTERS;
}

/**
 * Why a name cannot be one part of the path of an address; null when it can. `.` and `..` change which resource is meant even
 * when they are encoded, and half a surrogate pair has no encoding.
 */
export function whyNotAddressable(name: string): string | null {
  if (name === "") return "it is empty";
  if (name === "." || name === "..") return `"${name}" has another meaning in an address`;
  if (!name.isWellFormed()) return "it holds half of a surrogate pair";
  if (name.length > MAX_SEGMENT_BYTES) return `it has ${name.length} characters`;
  const bytes = encodeURIComponent(name).length;
  return bytes > MAX_SEGMENT_BYTES ? `it takes ${bytes} bytes in an address` : null;
}
