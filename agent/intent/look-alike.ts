import { REVERT_SUBJECT } from "./revert-subject.ts";
import { trimEndMarks } from "./trim-marks.ts";

/** The keys people mean, also written as the request headers are. */
const KEYS = [
  { written: "confirm", kind: "confirm" },
  { written: "x-confirm", kind: "confirm" },
  { written: "dry-run", kind: "dryRun" },
  { written: "dryrun", kind: "dryRun" },
  { written: "x-dry-run", kind: "dryRun" },
  { written: "override-window", kind: "override" },
  { written: "x-override-window", kind: "override" },
] as const;
/** The keys as they are written. */
export const WRITTEN = {
  confirm: "Confirm",
  dryRun: "Dry-Run",
  override: "Override-Window",
} as const;
const MAX_KEY = Math.max(...KEYS.map(({ written }) => written.length));
/** Longer than any key with its marks: what follows in the line cannot change whether it looks like a trailer. */
const HEAD = 80;
/** What a value is read from: as much as names all rooms of a line that a person types. */
const VALUE = 4000;

/** Marks that quote a line, list it or set it in type. */
const LEADING_MARKS = /^[\s>*#|+"'`•–—-]+/u;
const INVISIBLE = /[\p{Cf}\p{Mn}]/gu;
const DASHES = /[\p{Pd}\u{2212}_ ]/gu;
/** NFKC has made the full-width and small colons plain before this. */
const COLON = /[:\u{2236}\u{A789}\u{02D0}=]/u;

/**
 * What stands in every line that could be one of ours: another script, or letters that no single slip takes from a key, and the
 * colon behind them. It costs a fraction of a closer look, and most text has none of it.
 */
const SOME_KEY = /[^\0-\x7f]|(?:con|irm|dr|un|wi|dow)[^:=\n]{0,8}[\s*"'`]{0,80}[:=]/iu;
const SOME_DRY_RUN = /[^\0-\x7f]|(?:dr|un)[^:=\n]{0,8}[\s*"'`]{0,80}[:=]/iu;

/** The same where the colon is missing: a line that begins with a key, or a short one that ends in `true`, `yes` or `false`. */
const SOME_START =
  /^[\s>*#|+"'`-]{0,20}(?:x[-_ ])?(?:confirm|dry[-_ ]?run|override[-_ ]window)\b(?!\s*[:=])/imu;
const SOME_DRY_START = /^[\s>*#|+"'`-]{0,20}(?:x[-_ ])?dry[-_ ]?run\b(?!\s*[:=])/imu;
const SOME_ANSWER = /^[^\n:=]{4,40}[^\p{L}\n:=](?:true|yes|false)[^\p{L}\n]{0,10}$/imu;

/** False where no line of the text is a trailer of ours, or looks or ends like one. */
export function mayLookAlike(text: string): boolean {
  return SOME_KEY.test(text) || mayLackColon(text);
}

/** False where no line of the text looks or ends like `Dry-Run`. */
export function mayHold(text: string): boolean {
  return SOME_DRY_RUN.test(text) || SOME_DRY_START.test(text) || SOME_ANSWER.test(text);
}

function mayLackColon(text: string): boolean {
  return SOME_START.test(text) || SOME_ANSWER.test(text);
}

export interface LookAlike {
  readonly kind: (typeof KEYS)[number]["kind"];
  /** What stands behind the key, normalised. */
  readonly value: string;
  /** `exact`: the letters and the case are right. `misspelt`: a letter is missing, wrong, or one too many. */
  readonly key: "exact" | "near" | "misspelt";
}

/**
 * What a line could be meant as, if it is one of our trailers or was made to look like one: any case, quoted, indented, with
 * spaces or marks around the key, with letters of another script in it, or one letter off. It decides what is reported and
 * which rooms are held as a dry run, never what is confirmed.
 */
export function lookAlike(line: string): LookAlike | null {
  const head = plain(line.slice(0, HEAD));
  const colon = head.search(COLON);
  if (colon < 1) return null;
  const read = readKey(head.slice(0, colon).replace(/[\s*"'`]+$/u, ""));
  return read && { ...read, value: plain(line.slice(0, VALUE)).slice(colon + 1) };
}

/** What a key could be meant as; null: none of ours. */
function readKey(written: string): Pick<LookAlike, "kind" | "key"> | null {
  const key = written.replaceAll(DASHES, "-").toLowerCase();
  if (key.length > MAX_KEY + 2) return null;
  const letters = Array.from(key);
  const read = KEYS.find(({ written: wanted }) => couldRead(letters, wanted));
  const near = read ?? KEYS.find(({ written: wanted }) => isOneOff(key, wanted));
  if (near === undefined) return null;
  const isExact = written === WRITTEN[near.kind];
  return { kind: near.kind, key: read === undefined ? "misspelt" : isExact ? "exact" : "near" };
}

/** Where the first word ends. */
const WORD_END = /[\s:=,;()[\]]/u;
/** What may stand between a key without a colon and its value. */
const BETWEEN = /^[\s"'`*,;.()[\]<>|~\p{Pd}]+(?:is )?/iu;
const SECOND_WORD = /^ (?:run|window)(?=$|[\s"'`*,;.()[\]<>|~\p{Pd}])/iu;
const ANSWER = /^(?:true|yes|on|false|no|off)$/iu;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/u;
const END_MARK = /[\s"'`*.,;!()[\]<>]/u;

/** The key that a line begins with, and what stands behind it without a colon; null: there is a colon, or no key. Takes linear time. */
function splitKey(text: string): { readonly key: string; readonly value: string } | null {
  const end = text.search(WORD_END);
  const first = end === -1 ? text : text.slice(0, end);
  if (first.length > MAX_KEY + 2) return null;
  const key = first + (SECOND_WORD.exec(text.slice(first.length))?.[0] ?? "");
  const rest = text.slice(key.length);
  if (rest === "") return { key, value: "" };
  const between = BETWEEN.exec(rest)?.[0];
  return between === undefined
    ? null
    : { key, value: trimEndMarks(rest.slice(between.length), END_MARK) };
}

/**
 * What a line without a colon behind its key could be meant as. Prose begins with such words, too (`Confirm that it works`): so the
 * value has to be `true`, `yes`, `false` or the like (`Dry-Run true`) or, in the last paragraph, nothing, or names that no word of prose looks like.
 */
export function withoutColon(line: string, isInLast: boolean): LookAlike | null {
  if (!NOT_ASCII.test(line) && !mayLackColon(line)) return null;
  const text = plain(line.slice(0, VALUE)).trimEnd();
  const found = splitKey(text);
  const read = found && readKey(found.key);
  if (found === null || read === null) return null;
  const { value } = found;
  const isExact = read.key === "exact" && text === line.trimEnd();
  // More words make it prose (`Dry-Run on staging first`), a mark ends the value.
  const isAnswer = ANSWER.test(isExact ? (value.split(/[:=,;(#]/u)[0] ?? "").trimEnd() : value);
  const isMeant = isAnswer || (isInLast && isNamed(read, value, isExact));
  return isMeant ? { ...read, value } : null;
}

/** Whether the value is what only a trailer has: none, a reason, or room ids, as far as they can be known by their letters. */
function isNamed({ kind, key }: Pick<LookAlike, "kind" | "key">, value: string, isExact: boolean) {
  if (key === "misspelt") return false;
  if (value === "" || kind === "override") return isExact;
  return value
    .split(",")
    .map((name) => name.trim())
    .every(
      (name) =>
        NAME.test(name) &&
        (isExact ? /[0-9._-]/u.test(name) : /[._-]/u.test(name) && /[0-9]/u.test(name)),
    );
}

const INSIDE = /(?<![\p{L}\p{N}_`"'“‘«-])dry[-_ ]?run\s{0,9}[:=]\s{0,9}(?:true|yes)[.!]?\s*$/iu;

/** Whether a line of prose ends in a dry run, as in `Shrink the room. Dry-Run: true`. Quoted words are talked about. */
export function endsInDryRun(line: string, isSubject: boolean): boolean {
  if (!mayHold(line) || (isSubject && REVERT_SUBJECT.test(line))) return false;
  return INSIDE.test(line.slice(-HEAD).normalize("NFKC"));
}

const NOT_ASCII = /[^\0-\x7f]/u;

function plain(text: string): string {
  if (!NOT_ASCII.test(text)) return text.replace(LEADING_MARKS, "");
  return text.normalize("NFKC").replaceAll(INVISIBLE, "").replace(LEADING_MARKS, "");
}

/** Whether a key's letters read as `wanted` if each outside ASCII stands for any letter; more than half must be plain. */
function couldRead(letters: readonly string[], wanted: string): boolean {
  if (letters.length !== wanted.length) return false;
  let same = 0;
  for (const [index, letter] of letters.entries()) {
    if (letter === wanted[index]) same += 1;
    else if (letter < "\u{80}") return false;
  }
  return same * 2 > wanted.length;
}

/** Whether one letter is missing, wrong or one too many, or two neighbours have changed places. */
function isOneOff(key: string, wanted: string): boolean {
  if (Math.abs(key.length - wanted.length) > 1) return false;
  let at = 0;
  while (at < key.length && key[at] === wanted[at]) at += 1;
  const [rest, due] = [key.slice(at), wanted.slice(at)];
  const swapped = `${rest[1] ?? ""}${rest[0] ?? ""}${rest.slice(2)}`;
  return (
    rest.slice(1) === due ||
    rest === due.slice(1) ||
    rest.slice(1) === due.slice(1) ||
    swapped === due
  );
}
