import { flushCompileCache } from "node:module";
import { parseSpec } from "../spec/parse-spec.ts";
import { parseInTurn } from "./parse-in-turn.ts";

let pattern = /^$/;

/** A thread has one source, or a few with the same pattern. */
function patternOf(source: string): RegExp {
  if (pattern.source !== source) pattern = new RegExp(source);
  return pattern;
}

parseInTurn({
  parse: ({ bytes, roomIdPattern, ...options }) =>
    parseSpec(bytes, { ...options, roomIdPattern: patternOf(roomIdPattern) }),
  free: () => {
    // This flavor alone gives memory back. Node has the function only with `--expose-gc`.
    globalThis.gc?.({ type: "major", flavor: "last-resort" });
  },
});

// This thread is ended from outside, and would leave nothing of its compiled code for the next one.
flushCompileCache();
