import type { TransferListItem } from "node:worker_threads";
import type { Ask, WorkerResult } from "./git-worker-messages.ts";

/** The buffers that are handed over instead of being copied; a text that several files share is one. */
export function buffersOf(ask: Ask): readonly TransferListItem[] {
  if (ask.kind === "seed") return toBuffers([ask.seed.bytes]);
  return ask.kind === "files" ? toBuffers(ask.files.map(({ text }) => text)) : [];
}

/** The same of a result. */
export function buffersIn(result: WorkerResult): readonly TransferListItem[] {
  if (result.kind !== "seeds" || result.seeds === null) return [];
  return toBuffers(result.seeds.flatMap((seed) => (seed.kind === "present" ? [seed.bytes] : [])));
}

function toBuffers(views: readonly Uint8Array[]): readonly TransferListItem[] {
  const buffers = views.map(({ buffer }) => buffer).filter((each) => each instanceof ArrayBuffer);
  return [...new Set(buffers)];
}
