import { parseInTurn } from "../../../agent/source/parse-in-turn.ts";

/**
 * Stands in for the parser: a file's text says what it does to the thread. `sleep 100` uses no processor time for so many ms; `freed`
 * has it answer how often it was to free memory.
 */
const seen = new Int32Array(new SharedArrayBuffer(4));
let freed = 0;

parseInTurn({
  parse: ({ bytes, path }) => {
    const text = Buffer.from(bytes).toString();
    if (text === "die") process.exit(3);
    if (text === "hang") for (;;) seen[0] = 1;
    if (text.startsWith("sleep")) Atomics.wait(seen, 0, 0, Number(text.slice("sleep ".length)));
    if (text === "throw") throw new Error("not caught");
    if (text === "hoard") {
      const hoard: string[][] = [];
      for (;;) hoard.push(Array.from({ length: 10_000 }, (_, index) => `${path} ${index}`));
    }
    const roomId = text === "freed" ? `freed ${freed}` : path;
    return { kind: "invalid", roomId, errors: [], warnings: [] };
  },
  free: () => (freed += 1),
});
