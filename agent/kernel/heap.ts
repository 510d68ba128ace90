/** The memory of the process that V8 looks after. */
export interface Heap {
  /** Frees what this thread does not use, and returns it to the system. Blocks. */
  free(this: void): void;
  /** From now on it is collected before it is much larger than what is in use. */
  growSlowly(this: void): void;
  /** From now on each thread looks through its young objects by itself: helpers take longer to share them than to copy them. */
  collectAlone(this: void): void;
}

/** Percent of what was in use after the last collection. By itself V8 lets a heap grow to four times that. */
const GROWTH = 60;

let collect: NodeJS.GCFunction | null = null;

/**
 * Flags are set while the process runs: one that is started with them compiles all of Node's own modules, since the code that Node
 * comes with is for its default flags.
 */
export const systemHeap: Heap = {
  free() {
    collect ??= collector();
    // The memory of threads that ended is given back by this flavor alone.
    collect({ type: "major", flavor: "last-resort" });
  },
  growSlowly() {
    setFlag(`--heap-growing-percent=${GROWTH}`);
  },
  collectAlone() {
    setFlag("--no-parallel-scavenge");
  },
};

/** Node hands this function out under the flag `--expose-gc`, so the flag is set for this moment, in which a context is made. */
function collector(): NodeJS.GCFunction {
  if (globalThis.gc !== undefined) return globalThis.gc;
  const { runInNewContext } = process.getBuiltinModule("node:vm");
  setFlag("--expose-gc");
  try {
    return runInNewContext("gc") as NodeJS.GCFunction;
  } finally {
    setFlag("--no-expose-gc");
  }
}

function setFlag(flag: string): void {
  process.getBuiltinModule("node:v8").setFlagsFromString(flag);
}
