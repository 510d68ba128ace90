import { quoted } from "../kernel/quoted.ts";
import type { Mark } from "./mark.ts";

/** Lines that git writes around both sides of a conflict. */
const CONFLICT = /^(?:<{7}|\|{7}|>{7})(?: .*)?\r?$|^={7}\r?$/m;

/** What looks like a blank or like nothing, where YAML counts blanks: in an indentation and after `:`, `-`, `,` and `?`. */
const ODD_BLANK = /(?:^[ \t]*|[:,?\-])([[\p{Zs}\p{Default_Ignorable_Code_Point}]--\x20])/mv;

/** The first mark of an unresolved conflict; null where there is none. */
export function conflictMark(text: string): Mark | null {
  const at = text.search(CONFLICT);
  if (at === -1) return null;
  const message =
    "unresolved merge conflict: keep one side of it, take out the lines with <<<<<<<, ======= and >>>>>>>, and commit again";
  return { ...placeOf(text, at), message };
}

/** The first character that only looks like a blank where YAML wants one; null where there is none. */
export function oddBlankMark(text: string): Mark | null {
  const found = ODD_BLANK.exec(text);
  const character = found?.[1];
  if (found === null || character === undefined) return null;
  const at = found.index + found[0].length - character.length;
  const message = `${quoted(character)} stands here, which YAML does not take for a blank: write a blank`;
  return { ...placeOf(text, at), message };
}

function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
