/** What a configuration file holds. Its syntax errors name the place and never the text around it, which may be a secret. */
export type ParsedFile =
  | { readonly kind: "parsed"; readonly value: unknown }
  | { readonly kind: "invalid"; readonly message: string };

const MAX_CHARACTERS = 1_000_000;

const FORM = 'JSON, as in { "RoomServer": { … } }';

export function parseFile(text: string): ParsedFile {
  if (text.length > MAX_CHARACTERS) {
    return { kind: "invalid", message: `has ${text.length} characters; at most ${MAX_CHARACTERS}` };
  }
  const json = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const failure = failureOf(json);
  if (json.trim() === "") return { kind: "invalid", message: `is empty: write ${FORM}` };
  if (failure !== undefined) {
    const at = positionOf(json, failure);
    const place = at === null ? "its end: something is not closed" : lineAndColumn(json, at);
    const hint = at === null ? null : hintAt(json, at, failure);
    return {
      kind: "invalid",
      message: `is not valid JSON at ${place}${hint === null ? "" : `: ${hint}`}`,
    };
  }
  return { kind: "parsed", value: JSON.parse(json) as unknown };
}

function failureOf(json: string): string | undefined {
  try {
    JSON.parse(json);
    return undefined;
  } catch (error) {
    return (error as SyntaxError).message;
  }
}

/** What to do about the character at a place. Quotes nothing of the file. Null: its place has to do. */
function hintAt(json: string, at: number, failure: string): string | null {
  const character = json[at];
  const before = json.slice(0, at).trimEnd();
  if (character === "/" || character === "#") return "JSON has no comments: take it out";
  if (before === "") return `YAML is not read here: write ${FORM}`;
  if (before.endsWith(",") && /[}\]]/.test(character ?? "")) return "take out the comma before it";
  if (character === "'") return "write double quotes";
  if (failure.startsWith("Expected property name")) return "put the name in double quotes";
  if (failure.startsWith("Expected double-quoted")) return "put the name in double quotes";
  if (failure.startsWith("Expected ','")) return "a comma is missing before it";
  return failure.startsWith("Bad escaped") ? "write two backslashes for one" : null;
}

/**
 * The parser reports a place for some errors only. For the others it is the end of the shortest part that fails the same way. Null: the
 * end of the file.
 */
function positionOf(json: string, failure: string): number | null {
  const place = /at position (\d+)/.exec(failure);
  if (place !== null) return Number(place[1]);
  if (!failure.startsWith("Unexpected token")) return null;
  let valid = 0;
  let failing = json.length;
  while (failing - valid > 1) {
    const middle = Math.floor((valid + failing) / 2);
    if (failureOf(json.slice(0, middle))?.startsWith("Unexpected token")) failing = middle;
    else valid = middle;
  }
  return valid;
}

function lineAndColumn(json: string, position: number): string {
  const before = json.slice(0, position).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
