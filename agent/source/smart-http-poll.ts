import { quoted } from "../kernel/quoted.ts";
import { shortened } from "../kernel/shortened.ts";
import { AdvertisementAnswer } from "./git-advertisement.ts";
import type { Advertisement } from "./git-advertisement.ts";
import { deadlinesUntil } from "./git-deadlines.ts";
import { gitFailure, toSourceFailure } from "./git-failure.ts";
import { LsRefsAnswer, lsRefsRequest } from "./git-ls-refs.ts";
import { REF_LIST_BYTES, REF_LIST_LIMIT } from "./git-ref-list.ts";
import type { RefList, RefListLimit } from "./git-ref-list.ts";
import type { TransportCall } from "./git-transport.ts";
import type { SmartHttpExchange } from "./smart-http-exchange.ts";

/** What one poll may read: the branch, and those whose names begin with its name. */
const POLL_BYTES = 1024 * 1024;
const POLL_LINES = 16_384;

/** What the server was found to speak; unknown until asked, and again after it answered oddly. */
type Dialect = "unknown" | "v1" | { readonly knowsObjectFormat: boolean };

/**
 * Asks where a branch points. The first poll asks what the server speaks; each later one is a single request. An answer
 * without our branch counts only when a full, regular advertisement in the same poll says the same.
 */
export class SmartHttpPoll {
  readonly #http: SmartHttpExchange;
  #dialect: Dialect = "unknown";

  constructor(http: SmartHttpExchange) {
    this.#http = http;
  }

  /** The commit id the branch points to. Throws a failure for everything else. */
  async head(branch: string, call: TransportCall): Promise<string> {
    const untilMs = performance.now() + call.deadlines.totalMs;
    const polling: Polling = {
      branch,
      ref: `refs/heads/${branch}`,
      tag: `refs/tags/${branch}`,
      call: () => ({ ...call, deadlines: deadlinesUntil(untilMs, call.deadlines) }),
    };
    try {
      const { refs } = await this.#listRefs(polling);
      return refs.get(polling.ref) ?? (await this.#confirmMissing(polling));
    } catch (error) {
      // The server may have been replaced or upgraded: ask it again what it speaks.
      if (!isRegularAnswer(error)) this.#dialect = "unknown";
      throw error;
    }
  }

  async #listRefs(polling: Polling): Promise<RefList> {
    if (typeof this.#dialect === "string") {
      const advertisement = await this.#advertisement(polling, 2);
      if (advertisement.version === 1) {
        this.#dialect = "v1";
        return advertisement;
      }
      this.#dialect = { knowsObjectFormat: advertisement.capabilities.has("object-format") };
    }
    const answer = new LsRefsAnswer([polling.ref], POLL_LIMIT);
    await this.#http.send(
      {
        method: "POST",
        path: "/git-upload-pack",
        headers: {
          "content-type": "application/x-git-upload-pack-request",
          accept: "application/x-git-upload-pack-result",
          "git-protocol": "version=2",
        },
        body: lsRefsRequest(polling.ref, this.#dialect.knowsObjectFormat),
        contentType: "application/x-git-upload-pack-result",
        brings: "the list of refs",
        limit: { bytes: POLL_BYTES, exceeded: POLL_LIMIT.exceeded },
        onBytes: (bytes) => answer.push(bytes),
      },
      polling.call(),
    );
    return answer.finish();
  }

  /** Throws `RepositoryEmpty` or `BranchMissing` if the full list bears it out; a contradiction proves nothing. */
  async #confirmMissing(polling: Polling): Promise<never> {
    const advertisement = await this.#advertisement(polling, 1);
    if (advertisement.version !== 1) {
      throw gitFailure("ProtocolError", "The server's full list of refs cannot be read.");
    }
    if (advertisement.refs.has(polling.ref)) {
      throw gitFailure(
        "ProtocolError",
        `The server names ${polling.ref} in one answer and not in another. It is asked again later.`,
      );
    }
    if (advertisement.count === 0) {
      throw gitFailure("RepositoryEmpty", "The repository has no commit yet. Push one.");
    }
    const isTag = advertisement.refs.has(polling.tag);
    throw branchMissing(polling.branch, { headTarget: advertisement.headTarget, isTag });
  }

  async #advertisement(polling: Polling, version: 1 | 2): Promise<Advertisement> {
    const answer = new AdvertisementAnswer([polling.ref, polling.tag], REF_LIST_LIMIT);
    await this.#http.send(
      {
        method: "GET",
        path: "/info/refs?service=git-upload-pack",
        headers: version === 2 ? { "git-protocol": "version=2" } : {},
        contentType: "application/x-git-upload-pack-advertisement",
        brings: "the list of refs",
        limit: { bytes: REF_LIST_BYTES, exceeded: REF_LIST_LIMIT.exceeded },
        onBytes: (bytes) => answer.push(bytes),
      },
      polling.call(),
    );
    return answer.finish();
  }
}

/** A poll under way. */
interface Polling {
  readonly branch: string;
  readonly ref: string;
  /** Looked for when the branch is not there: a tag is easily taken for one. */
  readonly tag: string;
  /** What the next request goes with: all of them have one deadline. */
  readonly call: () => TransportCall;
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
