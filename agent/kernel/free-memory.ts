let collect: NodeJS.GCFunction | null = null;

/** Frees what this thread does not use, and returns it to the system. Blocks. */
export function freeMemory(): void {
  collect ??= collector();
  // The memory of threads that ended is given back by this flavor alone.
  collect({ type: "major", flavor: "last-resort" });
}

/**
 * Node hands this function out under the flag `--expose-gc`. A process that is started with it compiles all of Node's own modules: the
 * code that Node comes with is for its default flags. So the flag is set for this moment, in which a context is made.
 */
function collector(): NodeJS.GCFunction {
  if (globalThis.gc !== undefined) return globalThis.gc;
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  const { runInNewContext } = process.getBuiltinModule("node:vm");
  setFlagsFromString("--expose-gc");
  try {
    return runInNewContext("gc") as NodeJS.GCFunction;
  } finally {
    setFlagsFromString("--no-expose-gc");
  }
}
