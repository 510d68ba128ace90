/** The keys people mean, also written as the request headers are. */
const KEYS = ["confirm", "dry-run", "dryrun", "x-confirm", "x-dry-run"] as const;
const MAX_KEY = Math.max(...KEYS.map((key) => key.length));

/** Marks that quote a line, list it or set it in type. */
const LEADING_MARKS = /^[\s>*#|+"'`•–—-]+/u;
const INVISIBLE = /[\p{Cf}\p{Mn}]/gu;
const DASHES = /[\p{Pd}\u{2212}_ ]/gu;
/** NFKC has made the full-width and small colons plain before this. */
const COLON = /[:\u{2236}\u{A789}\u{02D0}=]/u;

/**
 * Whether a line could be meant as one of our trailers, or made to look like one: any case, quoted, indented, with spaces
 * or marks around the key, or with letters of another script in it. It decides what is reported, never what counts.
 */
export function looksLikeTrailer(line: string): boolean {
  // Longer than any key with its marks: what follows cannot change the answer, and a long line costs nothing.
  const head = line.slice(0, 80).normalize("NFKC").replaceAll(INVISIBLE, "");
  const text = head.replace(LEADING_MARKS, "");
  const colon = text.search(COLON);
  if (colon < 1) return false;
  const key = text
    .slice(0, colon)
    .replace(/[\s*"'`]+$/u, "")
    .replaceAll(DASHES, "-")
    .toLowerCase();
  return key.length <= MAX_KEY + 2 && KEYS.some((wanted) => couldRead(key, wanted));
}

/** Whether `key` reads as `wanted` if each letter outside ASCII stands for any letter; more than half must be plain. */
function couldRead(key: string, wanted: string): boolean {
  const letters = Array.from(key);
  if (letters.length !== wanted.length) return false;
  let plain = 0;
  for (const [index, letter] of letters.entries()) {
    if (letter === wanted[index]) plain += 1;
    else if (letter < "\u{80}") return false;
  }
  return plain * 2 > wanted.length;
}
