import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { decodeText } from "../../../agent/spec/decode-text.ts";
import { parseSpec } from "../../../agent/spec/parse-spec.ts";
import { readPlain } from "../../../agent/spec/read-plain.ts";
import { readYaml } from "../../../agent/spec/read-yaml.ts";
import { toSeedPath } from "../../../agent/spec/seed-path.ts";
import { PARSE_OPTIONS, specText } from "../../support/parse.ts";
import { mustHold, shapeOf, textBytes, type FuzzTarget } from "../fuzz-target.ts";

const EXAMPLES = ["ai-lab", "help-desk"].map((name) =>
  readFileSync(new URL(`../../../specs-example/rooms/${name}.room.yaml`, import.meta.url)),
);

/** A spec file, as a source and `validate` read it. Bounded by size: time grows with it, and a parse has a thread and a deadline. */
export const spec: FuzzTarget = {
  name: "spec",
  what: "a RoomSpec file",
  maxBytes: 16_384,
  seeds: [
    ...EXAMPLES,
    textBytes(specText()),
    textBytes(specText("entities: [{ id: E-a, kind: human, policy: { scopes: [x] } }]")),
    textBytes(JSON.stringify({ metadata: { version: 1 }, spec: { roomId: "lab-01" } })),
  ],
  words: [
    ..."[]{},:-?&*!|>'\"%@`#~".split(""),
    "<<: ",
    "&a ",
    "*a ",
    "!!binary ",
    "!!js/function ",
    "? ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "null",
    "true",
    "0x10",
    ".inf",
    "2026-11-26",
    "\t",
    "\u0085",
    "\u2028",
    "\ufeff",
    "\r",
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "roomId: ",
    "seedFrom: ",
    "../",
    "./",
    "entities:\n",
    "artifacts:\n",
    "  - id: E-x\n",
    "dependsOn: [",
    "policies: {",
    "rateLimit: ",
  ],
  run: (input) => {
    readsAsLibrary(input);
    const parsed = parseSpec(input, PARSE_OPTIONS);
    const findings = [...(parsed.kind === "valid" ? [] : parsed.errors), ...parsed.warnings];
    for (const { line, column, message } of findings) {
      mustHold(line >= 1 && column >= 1 && message !== "", "a finding has a place and words");
    }
    if (parsed.kind === "invalid") {
      mustHold(parsed.errors.length > 0, "what is invalid has an error");
      return parsed.errors.map(({ message }) => shapeOf(message)).join();
    }
    const { artifacts, entities } = parsed.spec.spec;
    const ids = entities.map(({ id }) => id);
    mustHold(new Set(ids).size === ids.length, "entities have ids of their own");
    for (const { seedFrom } of artifacts) {
      const again = seedFrom === null ? null : toSeedPath(seedFrom);
      const isKept = again === null || (again.kind === "path" && again.path === seedFrom);
      mustHold(isKept, "a seed's path is normalised and inside");
    }
    return `valid ${entities.length > 0} ${artifacts.length > 0} ${parsed.warnings.length > 0}`;
  },
};

/** A text that is read without the library is worth what the library makes of it, within the tokens that are counted for it. */
function readsAsLibrary(input: Uint8Array): void {
  const decoded = decodeText(input, PARSE_OPTIONS.maxBytes);
  if (decoded.kind === "refused") return;
  const { text } = decoded;
  const plain = readPlain(text, PARSE_OPTIONS.maxBytes);
  if (plain === null) return;
  const read = readYaml(text, 2 * text.length + 16);
  const isSame =
    read.kind === "read" &&
    read.complete &&
    read.problems.length === 0 &&
    isDeepStrictEqual(read.value, plain.value);
  mustHold(isSame, "a plain text is read as the library reads it");
}
