import type { PassReport } from "../reconcile/outcome.ts";
import type { PassCause } from "../reconcile/pass.ts";

/** A person's request that waits for its own pass over a room. */
export interface PendingRequest {
  readonly cause: PassCause;
  readonly ended: (
    end:
      | { readonly kind: "report"; readonly report: PassReport }
      | { readonly kind: "error"; readonly error: unknown },
  ) => void;
}

/**
 * Requests by room, first come first served. The queue carries room names only; what a request adds (confirm, dry run, who
 * asked) waits here until the pass it asked for takes it. Two requests never share a pass: each is answered with its own.
 */
export class PendingRequests {
  readonly #byRoom = new Map<string, PendingRequest[]>();
  /** Why no request is taken any more; null while they are. */
  #closed: Error | null = null;

  /** After `endAll` the request ends at once. */
  add(roomId: string, request: PendingRequest): void {
    if (this.#closed !== null) return request.ended({ kind: "error", error: this.#closed });
    this.#byRoom.set(roomId, [...(this.#byRoom.get(roomId) ?? []), request]);
  }

  take(roomId: string): PendingRequest | undefined {
    const [first, ...rest] = this.#byRoom.get(roomId) ?? [];
    if (rest.length === 0) this.#byRoom.delete(roomId);
    else this.#byRoom.set(roomId, rest);
    return first;
  }

  has(roomId: string): boolean {
    return this.#byRoom.has(roomId);
  }

  /** Ends every request that got no pass, and those that come later: no pass will be. */
  endAll(error: Error): void {
    this.#closed = error;
    for (const requests of this.#byRoom.values()) {
      for (const request of requests) request.ended({ kind: "error", error });
    }
    this.#byRoom.clear();
  }
}
