/** What a configuration file holds. Its syntax errors name the place and never the text around it, which may be a secret. */
export type ParsedFile =
  | { readonly kind: "parsed"; readonly value: unknown }
  | { readonly kind: "invalid"; readonly message: string };

const MAX_CHARACTERS = 1_000_000;

export function parseFile(text: string): ParsedFile {
  if (text.length > MAX_CHARACTERS) {
    return { kind: "invalid", message: `has ${text.length} characters; at most ${MAX_CHARACTERS}` };
  }
  const json = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const failure = failureOf(json);
  if (failure !== undefined) {
    return { kind: "invalid", message: `is not valid JSON at ${placeOf(json, failure)}` };
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

/** The parser reports a place for some errors only. For the others it is the end of the shortest part that fails the same way. */
function placeOf(json: string, failure: string): string {
  const place = /at position (\d+)/.exec(failure);
  if (place !== null) return lineAndColumn(json, Number(place[1]));
  if (!failure.startsWith("Unexpected token")) return "its end: something is not closed";
  let valid = 0;
  let failing = json.length;
  while (failing - valid > 1) {
    const middle = Math.floor((valid + failing) / 2);
    if (failureOf(json.slice(0, middle))?.startsWith("Unexpected token")) failing = middle;
    else valid = middle;
  }
  return lineAndColumn(json, valid);
}

function lineAndColumn(json: string, position: number): string {
  const before = json.slice(0, position).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
