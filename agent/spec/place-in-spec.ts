import { decodeText } from "./decode-text.ts";
import { toMessage } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { readYaml } from "./read-yaml.ts";
import type { SpecProblem } from "./room-spec.ts";

/** Gives a finding about a file its place there; line and column are 1 where the file cannot be read. */
export function placeInSpec(bytes: Uint8Array, path: string, finding: Finding): SpecProblem {
  const unplaced = { path, line: 1, column: 1, message: toMessage(finding) };
  const decoded = decodeText(bytes, bytes.length);
  if (decoded.kind === "refused") return unplaced;
  // A lexer gives no more than a few tokens per character; the file was parsed under its real limits before.
  const read = readYaml(decoded.text, 4 * bytes.length);
  return read.kind === "refused" ? unplaced : { path, ...read.locate(finding) };
}
