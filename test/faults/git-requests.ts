import type { IncomingMessage } from "node:http";

/** An `ls-refs` for one branch takes 82 bytes; whatever asks for objects names the agent, a want and more. */
const LONGEST_LS_REFS_BYTES = 100;

/** Whether a request asks for objects. A fault is chosen before the body is read, so its length has to tell. */
export function isFetch({ method, headers }: IncomingMessage): boolean {
  return method === "POST" && Number(headers["content-length"]) > LONGEST_LS_REFS_BYTES;
}

/** Where in an answer the first piece of a pack lies; the packs of these worlds have one. */
export function packIn(body: Buffer): { readonly start: number; readonly end: number } {
  const start = body.indexOf("PACK");
  if (start < 5) throw new Error("no pack in the answer");
  // Before it: four digits of length, and the number of its band.
  const length = Number.parseInt(body.subarray(start - 5, start - 1).toString("latin1"), 16);
  return { start, end: start - 5 + length };
}
