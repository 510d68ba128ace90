import { toSourceFailure } from "../git-failure.ts";
import type { BringRequest } from "./git-open-clone.ts";

export interface SeenFailure {
  /** The number of the newest failed fetch that it made or was given. */
  seenFailure: number;
  fetchFailed: boolean;
}

interface FailedFetch {
  readonly head: string;
  /** What was signed in with. */
  readonly credentials: string;
  readonly number: number;
  readonly error: unknown;
}

/** The newest failed fetch of a clone, so that one outage does not cost a fetch for each source. */
export class SharedFailure {
  #failed: FailedFetch | null = null;
  #number = 0;

  /** What came before counts for this one no more. */
  ignore(by: SeenFailure): void {
    by.seenFailure = this.#number;
  }

  /** Runs `fetch`, or fails with another's failed fetch of the same head: once for each, and never with one that is ignored. */
  async share<T>(
    { request, by }: { readonly request: BringRequest; readonly by: SeenFailure },
    fetch: () => Promise<T>,
  ): Promise<T> {
    const { head, signal } = request;
    const credentials = JSON.stringify(request.credentials);
    const known = this.#failed;
    const isSame = known?.head === head && known.credentials === credentials;
    if (isSame && known.number > by.seenFailure) {
      by.seenFailure = known.number;
      by.fetchFailed = true;
      throw known.error;
    }
    try {
      const done = await fetch();
      this.#failed = null;
      return done;
    } catch (error) {
      if (toSourceFailure(error) === null || signal.aborted) throw error;
      this.#number += 1;
      by.seenFailure = this.#number;
      this.#failed = { head, credentials, number: this.#number, error };
      throw error;
    }
  }
}
