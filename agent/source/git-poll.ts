import { quoted } from "../kernel/quoted.ts";
import { shortened } from "../kernel/shortened.ts";
import { AdvertisementAnswer } from "./git-advertisement.ts";
import type { Advertisement } from "./git-advertisement.ts";
import { gitFailure, toSourceFailure } from "./git-failure.ts";
import type { FetchOptions, GitDeadlines, GitHttp } from "./git-http.ts";
import { LsRefsAnswer, lsRefsRequest } from "./git-ls-refs.ts";
import { REF_LIST_BYTES, REF_LIST_LIMIT } from "./git-ref-list.ts";
import type { RefList, RefListLimit } from "./git-ref-list.ts";

/** What one poll may read: the branch, and those whose names begin with its name. */
const POLL_BYTES = 1024 * 1024;
const POLL_LINES = 16_384;

/** What the server was found to speak; unknown until asked, and again after it answered oddly. */
type Dialect = "unknown" | "v1" | { readonly knowsObjectFormat: boolean };

export interface GitPollOptions {
  readonly url: string;
  /** Without `refs/heads/`. */
  readonly branch: string;
}

/** What one poll asks with. */
export interface PollRequest extends FetchOptions {
  /** `totalMs` is for all requests of the poll together. */
  readonly deadlines: GitDeadlines;
}

/**
 * Asks where a branch points. The first poll asks what the server speaks; each later one is a single request. An answer
 * without our branch counts only when a full, regular advertisement in the same poll says the same.
 */
export class GitPoll {
  readonly #http: GitHttp;
  readonly #options: GitPollOptions;
  #dialect: Dialect = "unknown";

  constructor(http: GitHttp, options: GitPollOptions) {
    this.#http = http;
    this.#options = options;
  }

  /** The commit id the branch points to. Throws a failure for everything else. */
  async head(request: PollRequest): Promise<string> {
    const untilMs = performance.now() + request.deadlines.totalMs;
    const fetching = { ...request, untilMs };
    try {
      const { refs } = await this.#listRefs(fetching);
      return refs.get(this.#ref) ?? (await this.#confirmMissing(fetching));
    } catch (error) {
      // The server may have been replaced or upgraded: ask it anew what it speaks.
      if (!isRegularAnswer(error)) this.#dialect = "unknown";
      throw error;
    }
  }

  get #ref(): string {
    return `refs/heads/${this.#options.branch}`;
  }

  /** Looked for when the branch is not there: a tag is easily taken for one. */
  get #tag(): string {
    return `refs/tags/${this.#options.branch}`;
  }

  async #listRefs(fetching: Polling): Promise<RefList> {
    if (typeof this.#dialect === "string") {
      const advertisement = await this.#advertisement(fetching, 2);
      if (advertisement.version === 1) {
        this.#dialect = "v1";
        return advertisement;
      }
      this.#dialect = { knowsObjectFormat: advertisement.capabilities.has("object-format") };
    }
    const answer = new LsRefsAnswer([this.#ref], POLL_LIMIT);
    await this.#http.fetch(
      {
        method: "POST",
        url: `${this.#options.url}/git-upload-pack`,
        headers: {
          "content-type": "application/x-git-upload-pack-request",
          accept: "application/x-git-upload-pack-result",
          "git-protocol": "version=2",
        },
        body: lsRefsRequest(this.#ref, this.#dialect.knowsObjectFormat),
        contentType: "application/x-git-upload-pack-result",
        brings: "the list of refs",
        deadlines: deadlinesOf(fetching),
        limit: { bytes: POLL_BYTES, exceeded: POLL_LIMIT.exceeded },
        onBytes: (bytes) => answer.push(bytes),
      },
      fetching,
    );
    return answer.finish();
  }

  /** Throws `RepositoryEmpty` or `BranchMissing` if the full list bears it out; a contradiction proves nothing. */
  async #confirmMissing(fetching: Polling): Promise<never> {
    const advertisement = await this.#advertisement(fetching, 1);
    if (advertisement.version !== 1) {
      throw gitFailure("ProtocolError", "The server's full list of refs cannot be read.");
    }
    if (advertisement.refs.has(this.#ref)) {
      throw gitFailure(
        "ProtocolError",
        `The server names ${this.#ref} in one answer and not in another. It is asked again later.`,
      );
    }
    if (advertisement.count === 0) {
      throw gitFailure("RepositoryEmpty", "The repository has no commit yet. Push one.");
    }
    const isTag = advertisement.refs.has(this.#tag);
    throw branchMissing(this.#options.branch, { headTarget: advertisement.headTarget, isTag });
  }

  async #advertisement(fetching: Polling, version: 1 | 2): Promise<Advertisement> {
    const answer = new AdvertisementAnswer([this.#ref, this.#tag], REF_LIST_LIMIT);
    await this.#http.fetch(
      {
        method: "GET",
        url: `${this.#options.url}/info/refs?service=git-upload-pack`,
        headers: version === 2 ? { "git-protocol": "version=2" } : {},
        contentType: "application/x-git-upload-pack-advertisement",
        brings: "the list of refs",
        deadlines: deadlinesOf(fetching),
        limit: { bytes: REF_LIST_BYTES, exceeded: REF_LIST_LIMIT.exceeded },
        onBytes: (bytes) => answer.push(bytes),
      },
      fetching,
    );
    return answer.finish();
  }
}

/** A poll under way, and when it has to be over (`performance.now()`). */
interface Polling extends PollRequest {
  readonly untilMs: number;
}

function deadlinesOf({ deadlines, untilMs }: Polling): GitDeadlines {
  return {
    ...deadlines,
    totalMs: Math.max(untilMs - performance.now(), 1),
    operationMs: deadlines.totalMs,
  };
}

const POLL_LIMIT: RefListLimit = {
  lines: POLL_LINES,
  exceeded: () =>
    gitFailure(
      "LimitExceeded",
      `The answer to a poll names more refs than a poll reads (fixed limit: ${POLL_LINES} refs, ${POLL_BYTES} bytes). ` +
        "It was asked for the branch alone: delete branches whose names begin with its name, or check what the server sends.",
    ),
};

/** True when the failure is what a healthy server says of its repository. */
function isRegularAnswer(error: unknown): boolean {
  const reason = toSourceFailure(error)?.reason;
  return reason === "BranchMissing" || reason === "RepositoryEmpty";
}

function branchMissing(
  branch: string,
  { headTarget, isTag }: { readonly headTarget: string | null; readonly isTag: boolean },
): Error {
  if (isTag) {
    return gitFailure(
      "BranchMissing",
      `The repository has no branch ${quoted(branch)}: that is a tag, and Ref.Branch takes a branch. ` +
        "Check Ref.Branch, or make a branch of it.",
    );
  }
  const renamed =
    headTarget === null
      ? ""
      : `; the server's default branch is now ${quoted(shortened(headTarget.replace(/^refs\/heads\//, ""), 100))}`;
  return gitFailure(
    "BranchMissing",
    `The repository has no branch ${quoted(branch)}${renamed}. Check Ref.Branch, or push the branch.`,
  );
}
