import { lookAlike, withoutColon } from "./look-alike.ts";

/** The room ids that a line names or could name; none where it says `true`, or is cut. */
export function namesIn(line: string): readonly string[] {
  const value = (lookAlike(line) ?? withoutColon(line, true))?.value ?? "";
  const words = value.split(/[\s,;"'`]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.filter((word) => !/^(?:true|false|yes|no|on|off)$/iu.test(word));
}
