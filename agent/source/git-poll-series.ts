import { pollDeadlines } from "./git-deadlines.ts";
import { toSourceFailure } from "./git-failure.ts";
import type { GitTransport, HeadRequest } from "./git-transport.ts";

export interface PollSeriesOptions {
  /** Without `refs/heads/`. */
  readonly branch: string;
  /** Total time of a poll, before any ran out of it. */
  readonly pollTimeoutMs: number;
  /** What polls may come to take. */
  readonly timeoutMs: number;
}

/** The polls of one source. Each that runs out of time gives the next one twice as long; any answer of the server ends that. */
export class PollSeries {
  readonly #transport: GitTransport;
  readonly #options: PollSeriesOptions;
  #timeouts = 0;

  constructor(transport: GitTransport, options: PollSeriesOptions) {
    this.#transport = transport;
    this.#options = options;
  }

  /** The commit id the branch points to. Throws a failure for everything else. */
  async head(asked: Omit<HeadRequest, "deadlines">): Promise<string> {
    const { branch, pollTimeoutMs: pollMs, timeoutMs: mostMs } = this.#options;
    const deadlines = pollDeadlines({ pollMs, mostMs, timeouts: this.#timeouts });
    try {
      const head = await this.#transport.head(branch, { ...asked, deadlines });
      this.#timeouts = 0;
      return head;
    } catch (error) {
      const isTimeout = toSourceFailure(error)?.reason === "Timeout";
      this.#timeouts = isTimeout ? this.#timeouts + 1 : 0;
      throw error;
    }
  }
}
