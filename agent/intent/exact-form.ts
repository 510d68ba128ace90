import { dryRunAsked, isYes } from "./dry-run-asked.ts";
import { endsInDryRun, lookAlike, withoutColon, WRITTEN, type LookAlike } from "./look-alike.ts";
import { trimMarks } from "./trim-marks.ts";

export const ROOM_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/u;
/** A list made of these is a slip for `true`, so they name no room. */
export const BOOLEAN_WORD = /^(?:true|false|yes|no|on|off)$/iu;

const MARK = /[\s"'`*<>()[\],;!]/u;

/** What a line that looks like a trailer is meant as; null: as none, as with the name of a label. */
export function meantAs(line: string): LookAlike | null {
  const like = lookAlike(line) ?? withoutColon(line, true);
  if (like !== null) return like;
  return endsInDryRun(line, false) ? { kind: "dryRun", key: "near", value: "true" } : null;
}

/** Whether a line asks for no dry run, as `Dry-Run: false` does. */
export function asksForNone(like: LookAlike): boolean {
  return like.kind === "dryRun" && dryRunAsked(like, false) === null;
}

/** What to write in place of a line that looks like a trailer, as far as its value says what it is meant as. */
export function exactForm(like: LookAlike): string {
  const key = WRITTEN[like.kind];
  if (like.kind === "override") {
    const reason = like.value.trim();
    return `write \`${key}: ${reason === "" ? "<reason>" : reason}\``;
  }
  const words = trimMarks(like.value, MARK).split(/[\s,;]+/u);
  const [first = ""] = words;
  if (words.length === 1 && isYes(first)) return `write \`${key}: true\``;
  if (/^(?:false|no|off)$/iu.test(first))
    return `leave it out, because \`${key}\` has no value like \`${first}\``;
  const areIds = words.every((word) => ROOM_ID.test(word) && !BOOLEAN_WORD.test(word));
  if (areIds) return `write \`${key}: ${words.join(", ")}\``;
  return `write \`${key}: true\`, or room ids separated by commas in place of \`true\``;
}
