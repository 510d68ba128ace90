import { shortened } from "../kernel/shortened.ts";

/** Characters of a line; a pipe takes one of these at once, and a person reads no more. */
const MAX_LINE = 16_384;
const MAX_TEXT = 1000;
const MAX_ENTRIES = 20;
const MAX_DEPTH = 4;

/**
 * A line of JSON as it is, or with its texts, lists and objects cut and `cut: true`: still one line of JSON, and bounded
 * whatever was logged. Secrets must have been taken out before: half of one would not be found any more.
 */
export function shortLine(line: string): string {
  if (line.length <= MAX_LINE) return line;
  const fields = parse(line);
  const text = JSON.stringify({ ...asObject(cut(fields, 0)), cut: true });
  if (text.length <= MAX_LINE) return `${text}\n`;
  const known = asObject(fields);
  const facts = ["level", "time", "name", "message"].map((key) => [
    key,
    cut(known[key], MAX_DEPTH),
  ]);
  return `${JSON.stringify({ ...Object.fromEntries(facts), cut: true })}\n`;
}

/** Taking secrets out may have broken the JSON: then the line is one text. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return { line };
  }
}

function cut(value: unknown, depth: number): unknown {
  if (typeof value === "string") return shortened(value, MAX_TEXT);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "…";
  if (Array.isArray(value)) {
    const kept = value.slice(0, MAX_ENTRIES).map((entry) => cut(entry, depth + 1));
    return value.length > MAX_ENTRIES ? [...kept, `… (${value.length} in all)`] : kept;
  }
  const entries = Object.entries(value)
    .slice(0, MAX_ENTRIES)
    .map(([key, entry]) => [shortened(key, MAX_TEXT), cut(entry, depth + 1)]);
  return Object.fromEntries(entries);
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
