import { parseSpec } from "../../agent/spec/parse-spec.ts";
import type { ParseTask } from "../../agent/source/parse-thread.ts";
import type { ParseOptions, ParsedSpec, RoomSpec } from "../../agent/spec/room-spec.ts";

export const PARSE_OPTIONS: ParseOptions = {
  path: "rooms/a.room.yaml",
  maxBytes: 1_048_576,
  roomIdPattern: /^[A-Za-z0-9][A-Za-z0-9._-]{2,127}$/,
};

/** What a thread does with a task, done here. */
export async function parseHere({
  bytes,
  roomIdPattern,
  ...options
}: ParseTask): Promise<ParsedSpec> {
  return parseSpec(bytes, { ...options, roomIdPattern: new RegExp(roomIdPattern) });
}

/** Parses a text under the default options of a git source. */
export function parse(text: string, options: Partial<ParseOptions> = {}): ParsedSpec {
  return parseSpec(new TextEncoder().encode(text), { ...PARSE_OPTIONS, ...options });
}

/** The spec of a text that must be valid. */
export function parseValid(text: string, options: Partial<ParseOptions> = {}): RoomSpec {
  const parsed = parse(text, options);
  if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.errors, null, 1));
  return parsed.spec;
}

/** The errors of a text as `line:column message`; empty when it is valid. */
export function errorsOf(text: string, options: Partial<ParseOptions> = {}): string[] {
  const parsed = parse(text, options);
  return parsed.kind === "valid" ? [] : parsed.errors.map(toLine);
}

/** The warnings of a text as `line:column message`. */
export function warningsOf(text: string, options: Partial<ParseOptions> = {}): string[] {
  return parse(text, options).warnings.map(toLine);
}

function toLine({ line, column, message }: { line: number; column: number; message: string }) {
  return `${line}:${column} ${message}`;
}

/** A spec of room `lab-01` whose `spec` goes on with `rest`, indented by two. */
export function specText(rest = ""): string {
  const lines = rest === "" ? "" : `${rest.replace(/^/gm, "  ")}\n`;
  return `metadata: { version: 1 }\nspec:\n  roomId: lab-01\n${lines}`;
}
