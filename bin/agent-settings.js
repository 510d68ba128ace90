/*
 * How Node is set for the agent: flags, and variables that a person may set otherwise.
 */
import { fileURLToPath } from "node:url";

/** MB, of two or three such spaces. A larger one saves a few percent of processor time in a large first sync, for 60 MB and more. */
const SEMI_SPACE_MB = 4;
/** Bytes: what is as large or larger goes back to the system when it is freed. By itself glibc keeps up to 200 MB of it. */
const MMAP_THRESHOLD = String(64 * 1024);
/** By itself glibc gives each thread one of its own, which keeps what the thread has freed after the thread has ended. */
const ARENAS = "1";

/** The Node that comes with the package, from `node_modules`. */
export const PACKAGED_NODE = `node-${process.platform}-${process.arch}/bin/node`;

/** What starts a program of glibc, such as that Node. */
export const LOADERS = { x64: "/lib64/ld-linux-x86-64.so.2", arm64: "/lib/ld-linux-aarch64.so.1" };

/** Of such flags alone with which Node can use the code that its own modules were compiled to: that is a sixth of a start. */
export const AGENT_FLAGS = [`--max-semi-space-size=${SEMI_SPACE_MB}`];

/** For a program that is run from its sources. */
export const SOURCE_FLAGS = [`--import=${new URL("own-imports.js", import.meta.url)}`];

export const AGENT_ENVIRONMENT = {
  /*
   * Where compiled code is kept from start to start, for the program and each of its threads; where that cannot be written, every
   * start compiles again. It belongs to whoever owns the package: others must not be able to put code there.
   */
  NODE_COMPILE_CACHE: fileURLToPath(new URL("../.cache/node", import.meta.url)),
  MALLOC_MMAP_THRESHOLD_: MMAP_THRESHOLD,
  MALLOC_ARENA_MAX: ARENAS,
};
