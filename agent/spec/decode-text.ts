import { isUtf8 } from "node:buffer";
import type { Mark } from "./mark.ts";
import { codePoint } from "./text.ts";

export type DecodedText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "refused"; readonly mark: Mark };

/** What YAML 1.2 does not allow unescaped. The lexer also uses some of these as its own marks. */
// eslint-disable-next-line no-control-regex
const NOT_PRINTABLE = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F-\x84\x86-\x9F\uFEFF\uFFFE\uFFFF]/;

/** Bytes of a spec file as text: UTF-8, a leading byte order mark dropped, at most `maxBytes`. Never throws. */
export function decodeText(bytes: Uint8Array, maxBytes: number): DecodedText {
  if (bytes.length > maxBytes) {
    return refused(1, 1, tooManyBytes(bytes.length, maxBytes));
  }
  if (isUtf16(bytes)) {
    return refused(1, 1, "the file is encoded as UTF-16: save it as UTF-8");
  }
  if (!isUtf8(bytes)) return invalidUtf8(bytes);
  const text = new TextDecoder().decode(bytes);
  const at = text.search(NOT_PRINTABLE);
  if (at === -1) return { kind: "text", text };
  const before = text.slice(0, at).split("\n");
  return refused(
    before.length,
    (before.at(-1)?.length ?? 0) + 1,
    `the character ${codePoint(text.slice(at))} is not allowed in a spec: remove it, or write it as an escape in double quotes`,
  );
}

/** What is said of a file over the limit, also by those who do not read it in then. */
export function tooManyBytes(size: number, maxBytes: number): string {
  return `the file has ${size} bytes, more than the limit SpecBytes of ${maxBytes}: split it or raise the limit`;
}

function refused(line: number, column: number, message: string): DecodedText {
  return { kind: "refused", mark: { line, column, message } };
}

function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** A newline byte is never part of a longer UTF-8 sequence, so the first bad line is found on its own. */
function invalidUtf8(bytes: Uint8Array): DecodedText {
  let line = 1;
  for (let start = 0; start <= bytes.length; line += 1) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    const row = bytes.subarray(start, end);
    if (!isUtf8(row)) {
      const column = new TextDecoder().decode(row).indexOf("\uFFFD") + 1;
      return refused(line, column, "the file is not valid UTF-8 here: save it as UTF-8");
    }
    start = end + 1;
  }
  return refused(1, 1, "the file is not valid UTF-8: save it as UTF-8");
}
