import { ANSWER_LIMITS } from "./answer-limits.ts";
import { scanJson } from "./scan-json.ts";

/** JSON text to a value, or what is wrong with it; `tooLarge` where it is more than an answer may hold. */
export type ParsedJson =
  | { readonly value: unknown }
  | { readonly problem: string; readonly tooLarge?: true };

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Never throws: the bytes come from a server that may send anything. What is too large is not parsed. */
export function parseJson(bytes: Uint8Array): ParsedJson {
  const { depth, values } = scanJson(bytes, ANSWER_LIMITS);
  if (depth > ANSWER_LIMITS.depth) {
    return { problem: `is nested deeper than ${ANSWER_LIMITS.depth} levels`, tooLarge: true };
  }
  if (values > ANSWER_LIMITS.values) {
    return { problem: `holds more than ${ANSWER_LIMITS.values} values`, tooLarge: true };
  }
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return { problem: "is not UTF-8 text" };
  }
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { problem: text.trim() === "" ? "is empty" : "is not JSON" };
  }
}
