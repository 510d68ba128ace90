import { quoted } from "../kernel/quoted.ts";
import { decodeText } from "../spec/decode-text.ts";
import type { Mark } from "../spec/mark.ts";
import { ProblemError } from "./problem.ts";

/** Limits of a request that is not a spec; anything longer is parsed once, as a spec. */
const MAX_BYTES = 4096;
const MAX_TOKENS = 1000;

/** YAML reads more than JSON; who says JSON is held to it. */
export function refuseBrokenJson(body: Uint8Array, contentType: string): void {
  if (!/^application\/json\b/i.test(contentType)) return;
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new ProblemError(
      "InvalidBody",
      "the body is not JSON in UTF-8: correct it, or send YAML as application/yaml",
    );
  }
}

export function refuseOtherCharset(contentType: string): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(contentType)?.[1];
  if (charset === undefined || /^utf-?8$/i.test(charset)) return;
  throw new ProblemError(
    "UnsupportedMediaType",
    `the charset ${quoted(charset)} is not read here: send the body as UTF-8`,
  );
}

export interface SmallBody {
  readonly value: unknown;
  /** Throws `InvalidBody` with each place where a member is given twice or the text says nothing exact, if there is one. */
  refuseProblems(): void;
}

/** A body as a value; undefined when it is too long or no YAML at all, so that it can only be a spec. */
export async function readSmallBody(body: Uint8Array): Promise<SmallBody | undefined> {
  if (body.length > MAX_BYTES) return undefined;
  const decoded = decodeText(body, MAX_BYTES);
  if (decoded.kind === "refused") return undefined;
  // The reader of YAML is large, and an agent that is asked nothing needs it in its threads alone.
  const { readYaml } = await import("../spec/read-yaml.ts");
  const reading = readYaml(decoded.text, MAX_TOKENS);
  if (reading.kind === "refused" || !reading.complete) return undefined;
  const { value, problems } = reading;
  return {
    value,
    refuseProblems: () => {
      if (problems.length > 0) throw ambiguous(problems);
    },
  };
}

function ambiguous(problems: readonly Mark[]): ProblemError {
  const [first] = problems;
  const place = first === undefined ? "" : `body:${first.line}:${first.column}: ${first.message}`;
  return new ProblemError("InvalidBody", `the body can be read in more than one way: ${place}`, {
    errors: problems.map((problem) => ({ path: "body", ...problem })),
  });
}

/** A small JSON body as a value; undefined when it is longer than `maxBytes` or not JSON. Rejects with what `refuseProblems` throws. */
export async function readSmallJson(body: Uint8Array, maxBytes: number): Promise<unknown> {
  if (body.length > maxBytes) return undefined;
  (await readSmallBody(body))?.refuseProblems();
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
}
