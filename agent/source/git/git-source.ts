import { messageOf, OperatorError } from "../../kernel/errors.ts";
import type { VerifiedHead } from "../../room/signer.ts";
import type { RoomSpec } from "../../spec/room-spec.ts";
import { fetchDeadlines } from "./wire/git-deadlines.ts";
import { gitFailure, toSourceFailure } from "../git-failure.ts";
import { hideCredentials } from "./wire/git-hide-credentials.ts";
import type { GitCredentials } from "./wire/git-credentials.ts";
import type { Rotation } from "./git-clone-events.ts";
import { CloneTender } from "./git-clone-tender.ts";
import { PollSeries } from "./wire/git-poll-series.ts";
import { ROTATION_LIMITS } from "./git-rotation-rule.ts";
import type { RotationLimits } from "./git-rotation-rule.ts";
import type { GitTransport } from "./wire/git-transport.ts";
import { GitWorkerClient } from "./git-worker-client.ts";
import type { WorkerCallOptions, WorkerRequest } from "./git-worker-client.ts";
import { commitRefused } from "./git-commit-refused.ts";
import type { StartThread } from "./git-worker-thread.ts";
import { deliver, toReady } from "./git-delivery.ts";
import { printOf } from "./git-worker-messages.ts";
import type { Ask } from "./git-worker-messages.ts";
import type { SourceOptions } from "../open-source.ts";
import { canonicalUrl, openTransport } from "./wire/open-transport.ts";
import { printOfKeys } from "../signature-check.ts";
import type { SignatureCheckRequest } from "../signature-check.ts";
import { NO_LINE } from "../spec-source.ts";
import type {
  PollOptions,
  PollResult,
  ReadSpecs,
  SeedFile,
  SourceFailure,
  SpecSource,
  SyncRequest,
  SyncResult,
} from "../spec-source.ts";

export interface GitSourceOptions extends SourceOptions {
  readonly tuning?: Partial<GitSourceTuning>;
  readonly startThread?: StartThread;
}

export interface GitSourceTuning {
  /** Longest silence in the middle of a clone or fetch. */
  readonly idleMs: number;
  /** One spec file's parsing. */
  readonly parseMs: number;
  readonly parseThreads: number;
  readonly parseHeapMb: number;
  readonly heapMb: number;
  readonly rotation: RotationLimits;
}

const DEFAULT_TUNING: GitSourceTuning = {
  idleMs: 15_000,
  parseMs: 5_000,
  parseThreads: 2,
  parseHeapMb: 256,
  heapMb: 512,
  rotation: ROTATION_LIMITS,
};

/** What a request may take beyond the deadline it keeps itself, before the worker counts as stalled. */
const GRACE_MS = 5_000;

/** A SpecSource over a git repository served by smart HTTP. Polls here; everything else happens in a worker thread. */
export function createGitSource(options: GitSourceOptions): SpecSource {
  return new GitSource(options);
}

class GitSource implements SpecSource {
  readonly name: string;
  readonly #options: GitSourceOptions;
  readonly #transport: GitTransport;
  readonly #polls: PollSeries;
  readonly #worker: GitWorkerClient;
  /** The credential of the last poll that went well. */
  #workedWith: string | null = null;
  readonly #tender: CloneTender;

  constructor(options: GitSourceOptions) {
    const tuning = { ...DEFAULT_TUNING, ...options.tuning };
    const url = canonicalUrl(options.url);
    const { fetcher = "builtin" } = options;
    this.name = options.name;
    this.#options = options;
    this.#transport = openTransport(url, fetcher);
    this.#polls = new PollSeries(this.#transport, options);
    this.#worker = new GitWorkerClient({
      silenceMs: options.timeoutMs + GRACE_MS,
      heapMb: tuning.heapMb,
      startThread: options.startThread,
      onDiscarded: (why) => options.onClone?.({ kind: "discarded", why }),
      settings: {
        url,
        fetcher,
        path: normalisedFolder(options.path),
        ...(options.patterns === undefined ? {} : { patterns: options.patterns }),
        folder: options.folder,
        limits: options.limits,
        roomIdPattern: options.roomIdPattern,
        deadlines: fetchDeadlines(options.timeoutMs, tuning.idleMs),
        parse: {
          threads: tuning.parseThreads,
          timeoutMs: tuning.parseMs,
          heapMb: tuning.parseHeapMb,
        },
        rotation: tuning.rotation,
      },
    });
    this.#tender = new CloneTender({
      tend: (signal) => this.#tend(signal),
      clock: options.clock,
      onEvent: (event) => options.onClone?.(event),
    });
  }

  async poll(signal: AbortSignal, { fresh = false }: PollOptions = {}): Promise<PollResult> {
    let credentials: GitCredentials = { kind: "none" };
    try {
      credentials = await this.#credentials();
      const nowMs = () => this.#options.clock.nowMs();
      const found = await this.#polls.head({ credentials, nowMs, signal, fresh });
      this.#tender.retry();
      this.#workedWith = JSON.stringify(credentials);
      return { kind: "head", ...found };
    } catch (error) {
      const failure = hidden(asFailure(error, signal), credentials);
      const isSame = this.#workedWith === JSON.stringify(credentials);
      return failure.advice !== undefined && isSame
        ? { ...failure, sameCredential: true }
        : failure;
    }
  }

  async sync(request: SyncRequest, signal: AbortSignal): Promise<SyncResult> {
    let credentials: GitCredentials = { kind: "none" };
    try {
      credentials = await this.#credentials();
      const signatures = await this.#signatures();
      const result = await this.#worker.call(
        {
          kind: "sync",
          head: request.head,
          previous: request.previous,
          line: request.line ?? NO_LINE,
          knownPrint: printOf(request.known),
          credentials,
          signatures,
        },
        { signal, onAsk: (ask) => deliver(ask, request) },
      );
      if (result.kind === "ready") return toReady(result);
      // A failed sync may have grown the clone.
      this.#tender.look();
      if (result.kind === "failed") return hidden(this.#ofRef(result), credentials);
      if (result.kind === "doubted") return result;
      throw new Error(`the git worker answered a sync with ${result.kind}`);
    } catch (error) {
      return hidden(asFailure(error, signal), credentials);
    }
  }

  async verify(head: string, known: VerifiedHead | null, signal: AbortSignal) {
    let credentials: GitCredentials = { kind: "none" };
    try {
      const signatures = await this.#signatures();
      if (signatures === null || signatures.mode === "none") return null;
      if (known?.head === head && known.print === printOfKeys(signatures)) return known;
      credentials = await this.#credentials();
      const request = { kind: "verify", head, signatures, credentials } as const;
      const result = await this.#callTwice(request, { signal });
      if (result.kind === "verified") return result.verified;
      if (result.kind === "failed") return hidden(result, credentials);
      throw new Error(`the git worker answered a verification with ${result.kind}`);
    } catch (error) {
      return hidden(asFailure(error, signal), credentials);
    }
  }

  async readSpecs(oids: readonly string[], signal: AbortSignal): Promise<ReadSpecs> {
    const specs = new Map<string, RoomSpec | null>();
    if (oids.length === 0) return { specs, unread: null };
    const onAsk = async (ask: Ask) => {
      if (ask.kind === "specs") for (const [oid, spec] of ask.specs) specs.set(oid, spec);
      return [];
    };
    let credentials: GitCredentials = { kind: "none" };
    try {
      credentials = await this.#credentials();
      const request = { kind: "readSpecs", oids, credentials } as const;
      const result = await this.#callTwice(request, { signal, onAsk });
      if (result.kind === "specs")
        return { specs, unread: result.unread && hideCredentials(result.unread, credentials) };
      if (result.kind === "failed") return { specs, unread: hidden(result, credentials).message };
      throw new Error(`the git worker answered a reading of specs with ${result.kind}`);
    } catch (error) {
      return { specs, unread: hidden(asFailure(error, signal), credentials).message };
    }
  }

  async readSeeds(
    head: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly SeedFile[]> {
    let credentials: GitCredentials = { kind: "none" };
    let why = "The server does not have that commit any more.";
    try {
      credentials = await this.#credentials();
      const request = { kind: "readSeeds", head, paths, credentials } as const;
      const result = await this.#callTwice(request, { signal });
      if (result.kind === "seeds" && result.seeds !== null) return result.seeds;
      if (result.kind === "failed") why = result.message;
    } catch (error) {
      why = asFailure(error, signal).message;
    }
    throw new OperatorError(
      "SourceUnavailable",
      `Files of source ${this.name} at ${head} cannot be read now. ${hideCredentials(why, credentials)} Try again later.`,
    );
  }

  /** Should it fail, nothing is lost: the next sync settles its `previous` itself. */
  async settle(head: string, signal: AbortSignal): Promise<void> {
    await this.#callTwice({ kind: "settle", head }, { signal });
    this.#tender.look();
  }

  async close(): Promise<void> {
    this.#transport.close();
    await this.#tender.close();
    await this.#worker.close();
  }

  #ofRef(failure: SourceFailure): SourceFailure {
    const { ref } = this.#options;
    return ref.kind === "commit" ? commitRefused(failure, ref.oid) : failure;
  }

  async #tend(signal: AbortSignal): Promise<Rotation | SourceFailure | null> {
    let credentials: GitCredentials = { kind: "none" };
    try {
      credentials = await this.#credentials();
      const nowMs = this.#options.clock.nowMs();
      const result = await this.#worker.call({ kind: "tend", nowMs, credentials }, { signal });
      if (result.kind === "tended") return result.rotation;
      if (result.kind === "failed") return hidden(result, credentials);
      throw new Error(`the git worker answered a tend with ${result.kind}`);
    } catch (error) {
      return hidden(asFailure(error, signal), credentials);
    }
  }

  /** A worker that died under one call may have done so for another's sake: the call is repeated once. */
  async #callTwice(request: WorkerRequest, options: WorkerCallOptions) {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#worker.call(request, options);
      } catch (error) {
        const failure = asFailure(error, options.signal);
        if (tries === 2) return failure;
      }
    }
  }

  /** Null: none is checked. */
  async #signatures(): Promise<SignatureCheckRequest | null> {
    return (await this.#options.signatures?.()) ?? null;
  }

  async #credentials(): Promise<GitCredentials> {
    try {
      return await this.#options.credentials();
    } catch (error) {
      throw gitFailure(
        "AuthenticationFailed",
        `The credentials of source ${this.name} cannot be read: ${messageOf(error)}`,
        { cause: error },
      );
    }
  }
}

function asFailure(error: unknown, signal: AbortSignal) {
  signal.throwIfAborted();
  const failure = toSourceFailure(error);
  if (failure === null) throw error;
  return failure;
}

/** A server may repeat the credentials it was sent: remove them from the message. */
function hidden(failure: SourceFailure, credentials: GitCredentials): SourceFailure {
  return { ...failure, message: hideCredentials(failure.message, credentials) };
}

/** Without `./` in front, slashes at the end or empty segments. */
function normalisedFolder(path: string): string {
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== ".");
  return segments.length === 0 ? "." : segments.join("/");
}
