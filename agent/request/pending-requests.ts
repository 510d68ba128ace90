import { canonicalJson } from "../kernel/json.ts";
import type { PassReport } from "../room/outcome.ts";
import type { PassCause } from "../reconcile/pass.ts";
import type { Replacement } from "./requests.ts";

/** How a request ended. */
export type RequestEnd =
  | {
      readonly kind: "report";
      readonly report: PassReport;
      /** What took the place of the inputs that were asked about; null: nothing did. */
      readonly replacedBy: Replacement | null;
    }
  | { readonly kind: "error"; readonly error: unknown }
  /** Its caller went away before its pass began. */
  | { readonly kind: "dropped" };

/** A person's request that waits for a pass over a room. */
export interface PendingRequest {
  readonly cause: PassCause;
  /** Aborted when the caller goes away. */
  readonly gone: AbortSignal;
  readonly ended: (end: RequestEnd) => void;
}

/**
 * Requests by room, first come first served. The queue carries room names only; what a request adds (confirm, dry run, who
 * asked) waits here until a pass takes it. Equal requests share a pass; two that differ in anything but who asked never do.
 */
export class PendingRequests {
  readonly #byRoom = new Map<string, PendingRequest[]>();
  /** Why no request is taken any more; null while they are. */
  #closed: Error | null = null;

  /** After `endAll` the request ends at once. One whose caller goes away is dropped as long as no pass took it. */
  add(roomId: string, request: PendingRequest): void {
    if (this.#closed !== null) return request.ended({ kind: "error", error: this.#closed });
    if (request.gone.aborted) return request.ended({ kind: "dropped" });
    this.#byRoom.set(roomId, [...(this.#byRoom.get(roomId) ?? []), request]);
    request.gone.addEventListener("abort", () => this.#drop(roomId, request), { once: true });
  }

  /** The request that came first, and all that are equal to it; empty when none waits. */
  take(roomId: string): readonly PendingRequest[] {
    const waiting = this.#byRoom.get(roomId) ?? [];
    const [first] = waiting;
    if (first === undefined) return [];
    const key = keyOf(first);
    const shared = waiting.filter((request) => keyOf(request) === key);
    this.#keep(
      roomId,
      waiting.filter((request) => keyOf(request) !== key),
    );
    return shared;
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

  #drop(roomId: string, request: PendingRequest): void {
    const waiting = this.#byRoom.get(roomId) ?? [];
    if (!waiting.includes(request)) return;
    this.#keep(
      roomId,
      waiting.filter((other) => other !== request),
    );
    request.ended({ kind: "dropped" });
  }

  #keep(roomId: string, requests: PendingRequest[]): void {
    if (requests.length === 0) this.#byRoom.delete(roomId);
    else this.#byRoom.set(roomId, requests);
  }
}

/** Equal for requests that ask for the very same pass. */
function keyOf({ cause }: PendingRequest): string {
  const { confirm, dryRun, retry, posted, carried } = cause;
  return canonicalJson([confirm, dryRun, retry, posted?.digest ?? null, carried?.digest ?? null]);
}
