import { READY, type Pending } from "./pending.ts";

/** Where a key is between two passes. */
export type Place =
  /** In the hands of a worker. */
  | { readonly kind: "running" }
  /** Due, and waits for a worker. */
  | { readonly kind: "queued" }
  /** Waits for its time; `held`: for its backoff after a failure. */
  | { readonly kind: "waiting"; readonly dueInMs: number; readonly held: boolean }
  /** Nothing asks for it. */
  | { readonly kind: "absent" };

/** Where a key is that no worker has. `nowMs`: monotonic. */
export function placeOfPending(pending: Pending | undefined, nowMs: number): Place {
  if (pending === undefined) return { kind: "absent" };
  const { dueMs, held } = pending;
  if (dueMs === READY) return { kind: "queued" };
  return { kind: "waiting", dueInMs: Math.max(0, dueMs - nowMs), held };
}
