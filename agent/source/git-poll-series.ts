import { deadlinesUntil, pollDeadlines } from "./git-deadlines.ts";
import { toSourceFailure } from "./git-failure.ts";
import type { GitTransport, RefsRequest } from "./git-transport.ts";
import { absenceQuestion, chooseHead, headMissing, refQuestion } from "./wanted-ref.ts";

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
  /** Two answers of one poll contradicted each other, so nothing of what the server said before counts. */
  #isContradicted = false;

  constructor(transport: GitTransport, options: PollSeriesOptions) {
    this.#transport = transport;
    this.#options = options;
  }

  /** The commit id the branch points to. Throws a failure for everything else. */
  async head(asked: Omit<RefsRequest, "deadlines">): Promise<string> {
    const { pollTimeoutMs: pollMs, timeoutMs: mostMs } = this.#options;
    const deadlines = pollDeadlines({ pollMs, mostMs, timeouts: this.#timeouts });
    const fresh = asked.fresh || this.#isContradicted;
    try {
      const head = await this.#head({ ...asked, fresh, deadlines });
      this.#timeouts = 0;
      this.#isContradicted = false;
      return head;
    } catch (error) {
      const reason = toSourceFailure(error)?.reason;
      this.#timeouts = reason === "Timeout" ? this.#timeouts + 1 : 0;
      this.#isContradicted = reason === "ProtocolError";
      throw error;
    }
  }

  /** An answer without a head counts only when the full list of refs says the same. */
  async #head(asked: RefsRequest): Promise<string> {
    const { branch } = this.#options;
    const untilMs = performance.now() + asked.deadlines.totalMs;
    const head = chooseHead(branch, await this.#transport.refs(refQuestion(branch), asked));
    if (head !== null) return head;
    const deadlines = deadlinesUntil(untilMs, asked.deadlines);
    const all = await this.#transport.allRefs(absenceQuestion(branch), { ...asked, deadlines });
    throw headMissing(branch, all);
  }
}
