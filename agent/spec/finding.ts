import { shortened } from "../kernel/shortened.ts";
import { quoted as inQuotes } from "../kernel/quoted.ts";

/** Where in a RoomSpec: member names and list positions, from the root down. */
export type ValuePath = readonly (string | number)[];

/** One finding before it has a place in a file. */
export interface Finding {
  readonly path: ValuePath;
  /** Begins without the path; `toMessage` puts it in front. */
  readonly message: string;
  /** True: the member's name is at fault, not its value. */
  readonly atKey?: boolean;
  /** True: the value is not text although text is wanted, and quotes would make it text. */
  readonly unquoted?: boolean;
}

/** What a finding about a value without quotes says, in the words of the file itself. */
export function unquotedMessage(source: string): string {
  return `expected text, got ${shortened(source, QUOTE_LENGTH)}: put it in quotes (${quoted(source)})`;
}

const QUOTE_LENGTH = 80;

const PLAIN_MEMBER = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** `spec.entities[0].id`; a name with other characters is written `["…"]`. The root is `the RoomSpec`. */
export function toPathText(path: ValuePath): string {
  if (path.length === 0) return "the RoomSpec";
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (step.length <= QUOTE_LENGTH && PLAIN_MEMBER.test(step))
      text += text === "" ? step : `.${step}`;
    else text += `[${quoted(step)}]`;
  }
  return text;
}

export function toMessage(finding: Finding): string {
  return `${toPathText(finding.path)}: ${finding.message}`;
}

/** A text for a message: in double quotes, control characters escaped, cut after 80 characters. */
export function quoted(text: string): string {
  const cut = text.length > QUOTE_LENGTH ? `${text.slice(0, QUOTE_LENGTH)}…` : text;
  return inQuotes(cut);
}

/** What a value is, for a message: texts, numbers and booleans with their value, the rest by kind. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "a list" : "a mapping";
}
