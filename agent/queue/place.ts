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
