/** How much JSON text holds, found without parsing it. */
export interface JsonExtent {
  /** Lists and objects inside each other, at the deepest place. */
  readonly depth: number;
  /** Values, give or take the empty lists and objects: each comma and each opening bracket is followed by one. */
  readonly values: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Reads bytes once, up to the place where `limits` is exceeded. In UTF-8 none of these characters is part of another one, so
 * the bytes need not be decoded. Says nothing about whether they are JSON.
 */
export function scanJson(bytes: Uint8Array, limits: JsonExtent): JsonExtent {
  let depth = 0;
  let deepest = 0;
  let values = 1;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const code = bytes[at];
    if (inString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === COMMA) {
      values += 1;
      if (values > limits.values) break;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      values += 1;
      depth += 1;
      if (depth > deepest) deepest = depth;
      if (depth > limits.depth || values > limits.values) break;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1;
  }
  return { depth: deepest, values };
}
