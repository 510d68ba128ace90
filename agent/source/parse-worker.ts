import { flushCompileCache } from "node:module";
import { systemHeap } from "../kernel/heap.ts";
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
  free: systemHeap.free,
});

// This thread is ended from outside, and would leave nothing of its compiled code for the next one.
flushCompileCache();
