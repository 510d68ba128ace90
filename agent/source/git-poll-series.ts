import { pollDeadlines } from "./git-deadlines.ts";
import { toSourceFailure } from "./git-failure.ts";
import { GitHttp } from "./git-http.ts";
import type { FetchOptions } from "./git-http.ts";
import { GitPoll } from "./git-poll.ts";

export interface PollSeriesOptions {
  readonly url: string;
  /** Without `refs/heads/`. */
  readonly branch: string;
  /** Total time of a poll, before any ran out of it. */
  readonly pollTimeoutMs: number;
  /** What polls may come to take. */
  readonly timeoutMs: number;
}

/** The polls of one source. Each that runs out of time gives the next one twice as long; any answer of the server ends that. */
export class PollSeries {
  readonly #http: GitHttp;
  readonly #poll: GitPoll;
  readonly #options: PollSeriesOptions;
  #timeouts = 0;

  constructor(http: GitHttp, options: PollSeriesOptions) {
    this.#http = http;
    this.#options = options;
    this.#poll = new GitPoll(http, options);
  }

  /** The commit id the branch points to; `fresh` asks over a connection of its own. Throws a failure for everything else. */
  async head(fetching: FetchOptions, fresh: boolean): Promise<string> {
    const { pollTimeoutMs: pollMs, timeoutMs: mostMs } = this.#options;
    const deadlines = pollDeadlines({ pollMs, mostMs, timeouts: this.#timeouts });
    const http = fresh ? new GitHttp(this.#options.url) : this.#http;
    const poll = fresh ? new GitPoll(http, this.#options) : this.#poll;
    try {
      const head = await poll.head({ ...fetching, deadlines });
      this.#timeouts = 0;
      return head;
    } catch (error) {
      const isTimeout = toSourceFailure(error)?.reason === "Timeout";
      this.#timeouts = isTimeout ? this.#timeouts + 1 : 0;
      throw error;
    } finally {
      if (fresh) http.close();
    }
  }
}
