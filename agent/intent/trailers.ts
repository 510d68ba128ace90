import { shortened } from "../kernel/shortened.ts";
import { dryRunAsked, type AskedRooms } from "./dry-run-asked.ts";
import { BOOLEAN_WORD, exactForm, meantAs, ROOM_ID } from "./exact-form.ts";
import { endsInDryRun, lookAlike, mayHold, mayLookAlike, withoutColon } from "./look-alike.ts";
import { REVERT_SUBJECT } from "./revert-subject.ts";

/** What one line of a commit message asks for. */
export interface Trailer {
  readonly kind: "confirm" | "dryRun";
  /** `all`: the rooms the commit touches (`true`); else the named rooms, each once. */
  readonly scope: "all" | readonly string[];
}

/** A line that looks like one of our trailers and does not count. */
export interface IgnoredLine {
  /** As written, shortened to 200 characters, control and invisible characters replaced. */
  readonly line: string;
  /** Why it does not count and how to write it. */
  readonly reason: string;
  /** The rooms that are held as a dry run because of it; absent: none. */
  readonly asks?: AskedRooms;
}

export interface ParsedTrailers {
  /** At most one of each kind. */
  readonly trailers: readonly Trailer[];
  /** The reason that `Override-Window` gives; absent: it is not there, or does not count. */
  readonly override?: string;
  /** In the order of the message, at most 20, and one more if that is the only one to hold rooms as a dry run. */
  readonly ignored: readonly IgnoredLine[];
}

/** Bytes; of a longer message nothing counts. */
const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_IGNORED = 20;
const MAX_LINE = 200;
/** Of a line that names more rooms nothing counts. */
const MAX_NAMES = 1000;

// What git calls a space: never \v, \f or a wider Unicode space, which would end paragraphs where git sees none ending.
const BLANK = /^[ \t\r]*$/u;
const CONTINUATION = /^[ \t\r]/u;
const TRAILER_LINE = /^(?:[A-Za-z0-9-]+[ \t]*:|\(cherry picked from commit )/u;
const OUR_KEY = /^(confirm|dry-run|override-window)[ \t]*:/iu;
const EQUALS = /^(?:Confirm|Dry-Run|Override-Window)[ \t]*=/u;
const EXACT_LINE = /^(?:Confirm|Dry-Run|Override-Window): (?<value>[^\r]*)$/u;
const OVERRIDE = "override-window";
/** Git reads a message only down to one of these. */
const END_OF_MESSAGE = /^(?:---(?:[ \t\r]|$)|# -{24} >8 -{24})/u;

/**
 * Reads the intent of a commit message: a strict subset of what `git interpret-trailers --parse` reads. A trailer counts if
 * it stands in the last paragraph, that paragraph is not the subject's and holds nothing but trailers, the line is exactly
 * `Confirm: <value>` or `Dry-Run: <value>`, unfolded, with that key once, and the value is `true` or room ids; or it is
 * `Override-Window: <reason>`. Lines end with LF or CRLF, as web editors write them. In a revert only room ids count: `true` was said about another commit.
 */
export function parseTrailers(message: string): ParsedTrailers {
  if (!mayLookAlike(message)) return { trailers: [], ignored: [] };
  if (Buffer.byteLength(message) > MAX_MESSAGE_BYTES) {
    const lines = message.slice(-MAX_MESSAGE_BYTES).split("\n");
    const reason = `the commit message is over ${MAX_MESSAGE_BYTES} bytes: nothing in it counts`;
    return { trailers: [], ignored: ignoredLines(lines, () => reason) };
  }
  const lines = message.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  const obstacle = messageObstacle(message, lines);
  const block = lastParagraph(lines);
  if (obstacle !== null || block === null) {
    return { trailers: [], ignored: ignoredLines(lines, () => obstacle ?? NOT_LAST) };
  }
  const { trailers, override, reasons } = judgeBlock(lines, block);
  return {
    trailers,
    ...(override === null ? {} : { override }),
    ignored: ignoredLines(lines, (index) => {
      if (index < block.start) return NOT_LAST;
      const line = lines[index] ?? "";
      if (OUR_KEY.test(line)) return reasons.get(index) ?? null;
      if (EQUALS.test(line)) return notExact(line);
      return CONTINUATION.test(line) ? INDENTED : wrongKey(line);
    }),
  };
}

const NOT_LAST =
  "it is not in the last paragraph of the message, or that paragraph is the subject's: end the message with an empty line and the trailers";
const INLINE =
  "it stands at the end of a sentence: end the message with an empty line and the trailer on a line of its own";
const noColon = (line: string) => `it has no colon: ${toWrite(line)}`;
const notExact = (line: string) => `it is not written exactly: ${toWrite(line)}`;
const INDENTED = "it is indented and so belongs to the line above: begin it at the start of a line";
const wrongKey = (line: string) =>
  `the key is not exactly \`Confirm\`, \`Dry-Run\` or \`Override-Window\`: ${toWrite(line)}`;
const MIXED =
  "its paragraph holds lines that are no trailers: put an empty line above the trailers";
const TWICE =
  "the key stands there more than once: write it once, with room ids separated by commas";

/** What to write in place of a line. */
function toWrite(line: string): string {
  const like = meantAs(line);
  return like === null
    ? "write the key, a colon, one space, the value"
    : quotedLine(exactForm(like));
}

interface Block {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** True when every line is a trailer or continues one. */
  readonly pure: boolean;
}

function messageObstacle(message: string, lines: readonly string[]): string | null {
  if (message.includes("\0")) return "the message holds a NUL character: nothing in it counts";
  if (lines.some((line) => END_OF_MESSAGE.test(line))) {
    return "the message holds a line `---` or a scissors line, where git ends it: remove that line";
  }
  return null;
}

/** The last paragraph, or null if there is none besides the subject's. */
function lastParagraph(lines: readonly string[]): Block | null {
  const end = lines.findLastIndex((line) => !BLANK.test(line)) + 1;
  const start = lines.findLastIndex((line, index) => index < end && BLANK.test(line)) + 1;
  const subject = lines.findIndex((line) => !BLANK.test(line));
  if (end === 0 || start <= subject) return null;
  const block = lines.slice(start, end);
  const pure = block.every(
    (line, index) => TRAILER_LINE.test(line) || (index > 0 && CONTINUATION.test(line)),
  );
  return { start, end, pure };
}

interface Judged {
  readonly trailers: readonly Trailer[];
  readonly override: string | null;
  readonly reasons: ReadonlyMap<number, string>;
}

/** The trailers of the last paragraph, and by line why the others with one of our keys do not count. */
function judgeBlock(lines: readonly string[], block: Block): Judged {
  const byKey = Map.groupBy(lines.slice(block.start, block.end).keys(), (offset) =>
    keyOf(lines[block.start + offset]),
  );
  byKey.delete("");
  const trailers: Trailer[] = [];
  let override: string | null = null;
  const reasons = new Map<number, string>();
  for (const offsets of byKey.values()) {
    for (const index of offsets.map((offset) => block.start + offset)) {
      const judged = judgeLine(lines, index);
      if (!block.pure) reasons.set(index, MIXED);
      else if (offsets.length > 1) reasons.set(index, TWICE);
      else if (typeof judged === "string") reasons.set(index, judged);
      else if (judged.kind === "override") override = judged.reason;
      else trailers.push(judged);
    }
  }
  return { trailers, override, reasons };
}

/** The trailer that the only line with its key stands for, or why it stands for none. */
function judgeLine(
  lines: readonly string[],
  index: number,
): Trailer | { readonly kind: "override"; readonly reason: string } | string {
  const line = lines[index] ?? "";
  const value = EXACT_LINE.exec(line)?.groups?.["value"];
  if (value === undefined) {
    return notExact(line);
  }
  const next = lines[index + 1] ?? "";
  if (!BLANK.test(next) && CONTINUATION.test(next)) {
    return "its value continues in the next line: write it in one line";
  }
  const subject = lines.find((candidate) => !BLANK.test(candidate)) ?? "";
  if (keyOf(line) === OVERRIDE) return judgeOverride(value, subject);
  const scope = parseScope(value);
  if (typeof scope === "object" && "reason" in scope) return scope.reason;
  if (scope === "all" && REVERT_SUBJECT.test(subject)) {
    return "the commit is a revert, where `true` does not count: name the rooms";
  }
  return { kind: keyOf(line) === "confirm" ? "confirm" : "dryRun", scope };
}

function judgeOverride(value: string, subject: string) {
  if (value.trim() === "") return "it gives no reason: write why the window is overridden";
  // A revert keeps the message of what it reverts, and this was said about that.
  if (REVERT_SUBJECT.test(subject)) return "the commit is a revert, where it does not count";
  return { kind: "override", reason: quotedLine(value.trim()) } as const;
}

/** Our key in lower case, as git compares keys; empty for any other line. */
function keyOf(line: string | undefined): string {
  return OUR_KEY.exec(line ?? "")?.[1]?.toLowerCase() ?? "";
}

function parseScope(value: string): Trailer["scope"] | { readonly reason: string } {
  if (value === "true") return "all";
  const count = value.split(",").length;
  if (count > MAX_NAMES) {
    return {
      reason: `it names ${count} rooms, more than ${MAX_NAMES}: spread them over several commits`,
    };
  }
  const ids = value.split(",").map((part) => part.replace(/^ +/u, ""));
  const bad = ids.find((id) => !ROOM_ID.test(id) || BOOLEAN_WORD.test(id));
  if (bad === undefined) return [...new Set(ids)];
  return {
    reason: `the value "${quotedLine(bad)}" is neither \`true\` alone nor a room id: write \`true\`, or room ids separated by commas`,
  };
}

/** The lines that look like ours and for which `reasonOf` knows a reason. */
function ignoredLines(
  lines: readonly string[],
  reasonOf: (index: number) => string | null,
): readonly IgnoredLine[] {
  const subject = lines.findIndex((line) => !BLANK.test(line));
  const end = lines.findLastIndex((line) => !BLANK.test(line));
  const last = lines.findLastIndex((line, index) => index < end && BLANK.test(line));
  const ignored: IgnoredLine[] = [];
  let holdsAll = false;
  for (const [index, line] of lines.entries()) {
    const isFull = ignored.length >= MAX_IGNORED;
    if (isFull && holdsAll) break;
    if (!(isFull ? mayHold(line) : mayLookAlike(line))) continue;
    const found = ignoredLine(line, {
      isSubject: index === subject,
      isInLast: index > last && index !== subject,
      reason: () => reasonOf(index),
    });
    if (found === null) continue;
    if (!isFull) ignored.push(found);
    // A dry run must not be lost among other lines; all that the commit touches is enough for any number of them.
    else if (found.asks !== undefined) ignored.push({ ...found, asks: "touched" });
    else continue;
    holdsAll ||= ignored.at(-1)?.asks === "touched";
  }
  return ignored;
}

function ignoredLine(
  line: string,
  at: {
    readonly isSubject: boolean;
    readonly isInLast: boolean;
    readonly reason: () => string | null;
  },
): IgnoredLine | null {
  const colon = lookAlike(line);
  const like = colon ?? withoutColon(line, at.isInLast);
  if (like === null) {
    if (!endsInDryRun(line, at.isSubject)) return null;
    return { line: quotedLine(line), reason: INLINE, asks: "touched" };
  }
  const reason = colon === null ? noColon(line) : at.reason();
  if (reason === null) return null;
  const asks = like.kind === "dryRun" ? dryRunAsked(like, at.isSubject) : null;
  return { line: quotedLine(line), reason, ...(asks === null ? {} : { asks }) };
}

/** As written, for a message: shortened, without characters that would break or disguise a line. */
export function quotedLine(text: string): string {
  return shortened(text, MAX_LINE).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "\u{FFFD}");
}
