import type { SourceRef } from "../../../config/config.ts";
import { deadlinesUntil, pollDeadlines } from "./git-deadlines.ts";
import { toSourceFailure } from "../../git-failure.ts";
import type { GitTransport, RefsRequest } from "./git-transport.ts";
import { headMissing, wantedRef } from "./wanted-ref.ts";
import type { FoundHead, WantedRef } from "./wanted-ref.ts";

type CommitRef = Extract<SourceRef, { kind: "commit" }>;

export interface PollSeriesOptions {
  readonly ref: SourceRef;
  /** Total time of a poll, before any ran out of it. */
  readonly pollTimeoutMs: number;
  /** What polls may come to take. */
  readonly timeoutMs: number;
}

/** The polls of one source. Each that runs out of time gives the next one twice as long; any answer of the server ends that. */
export class PollSeries {
  readonly #transport: GitTransport;
  readonly #options: PollSeriesOptions;
  readonly #wanted: WantedRef | CommitRef;
  #timeouts = 0;
  /** Two answers of one poll contradicted each other, so nothing of what the server said before counts. */
  #isContradicted = false;

  constructor(transport: GitTransport, options: PollSeriesOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#wanted = options.ref.kind === "commit" ? options.ref : wantedRef(options.ref);
  }

  /** Where the ref leads; a commit never moves, so nothing is asked about one. Throws a failure for everything else. */
  async head(asked: Omit<RefsRequest, "deadlines">): Promise<FoundHead> {
    if (this.#wanted.kind === "commit") return { head: this.#wanted.oid };
    const { pollTimeoutMs: pollMs, timeoutMs: mostMs } = this.#options;
    const deadlines = pollDeadlines({ pollMs, mostMs, timeouts: this.#timeouts });
    const fresh = asked.fresh || this.#isContradicted;
    try {
      const found = await this.#head(this.#wanted, { ...asked, fresh, deadlines });
      this.#timeouts = 0;
      this.#isContradicted = false;
      return found;
    } catch (error) {
      const reason = toSourceFailure(error)?.reason;
      this.#timeouts = reason === "Timeout" ? this.#timeouts + 1 : 0;
      this.#isContradicted = reason === "ProtocolError";
      throw error;
    }
  }

  /** An answer without a head counts only when the full list of refs says the same. */
  async #head(wanted: WantedRef, asked: RefsRequest): Promise<FoundHead> {
    const untilMs = performance.now() + asked.deadlines.totalMs;
    const found = wanted.choose(await this.#transport.refs(wanted.question, asked));
    if (found !== null) return found;
    const deadlines = deadlinesUntil(untilMs, asked.deadlines);
    const all = await this.#transport.allRefs(wanted.absence, { ...asked, deadlines });
    throw headMissing(wanted, all);
  }
}
