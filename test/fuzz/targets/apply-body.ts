import { readApplyBody } from "../../../agent/api/apply-body.ts";
import { PARSE_OPTIONS, parseHere, specText } from "../../support/parse.ts";
import { textBytes, type FuzzTarget } from "../fuzz-target.ts";
import { typedLater } from "./typed.ts";

/** What a person posts to `/apply`: the first byte chooses the Content-Type, the rest is the body. */
export const applyBody: FuzzTarget = {
  name: "apply-body",
  what: "a body of POST /apply",
  maxBytes: 16_384,
  seeds: [
    'j{"roomId": "lab-01"}',
    `y${specText()}`,
    `j${JSON.stringify({ spec: { metadata: { version: 1 }, spec: { roomId: "lab-01" } } })}`,
    "y{ spec: { spec: { roomId: lab-01 }, metadata: { version: 1 } } }",
  ].map(textBytes),
  words: [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    '"',
    "roomId",
    "spec",
    "metadata",
    "version",
    "lab-01",
    "null",
    "&a",
    "*a",
    "<<: ",
    "__proto__",
    "constructor",
    "\n  ",
    "- ",
    "? ",
  ],
  run: (input) => {
    const contentType = input[0] === "j".charCodeAt(0) ? "application/json" : "application/yaml";
    const { maxBytes: specBytes, roomIdPattern } = PARSE_OPTIONS;
    const options = { contentType, specBytes, roomIdPattern, parse: parseHere };
    return typedLater(async () => (await readApplyBody(input.subarray(1), options)).kind);
  },
};
