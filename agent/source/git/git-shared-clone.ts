import { fetchDeadlines } from "./wire/git-deadlines.ts";
import { toSourceFailure } from "../git-failure.ts";
import { hideCredentials } from "./wire/git-hide-credentials.ts";
import type { GitCredentials } from "./wire/git-credentials.ts";
import type { CloneEvent, Rotation } from "./git-clone-events.ts";
import { CloneTender } from "./git-clone-tender.ts";
import { PollSeries } from "./wire/git-poll-series.ts";
import { ROTATION_LIMITS } from "./git-rotation-rule.ts";
import type { RotationLimits } from "./git-rotation-rule.ts";
import { GitWorkerClient } from "./git-worker-client.ts";
import type { StartThread } from "./git-worker-thread.ts";
import type { SourceOptions } from "../open-source.ts";
import { canonicalUrl, openTransport } from "./wire/open-transport.ts";
import { SharedPolls } from "./wire/shared-polls.ts";
import type { PollMember } from "./wire/shared-polls.ts";
import type { GitTransport } from "./wire/git-transport.ts";
import type { SourceFailure } from "../spec-source.ts";

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

/** One source of a shared clone. */
export interface CloneMember {
  readonly id: number;
  readonly name: string;
  readonly polls: PollMember;
  readonly credentials: () => Promise<GitCredentials>;
  readonly onClone: (event: CloneEvent) => void;
}

/** The folder of a clone, and when it is free. */
export interface ClonePlace {
  readonly folder: string;
  readonly after: Promise<unknown>;
}

/** What all sources of one share key have together: the polls, the worker and its clone, and the care for that. */
export class SharedClone {
  readonly polls: SharedPolls;
  readonly worker: GitWorkerClient;
  readonly tender: CloneTender;
  /** The credential of the last poll that went well. */
  workedWith: string | null = null;
  readonly #options: GitSourceOptions;
  readonly #transport: GitTransport;
  readonly #members = new Map<number, CloneMember>();
  #lastId = 0;

  constructor(options: GitSourceOptions, { folder, after }: ClonePlace) {
    const tuning = { ...DEFAULT_TUNING, ...options.tuning };
    const url = canonicalUrl(options.url);
    const { fetcher = "builtin", limits, clock } = options;
    this.#options = options;
    this.#transport = openTransport(url, fetcher);
    this.polls = new SharedPolls(new PollSeries(this.#transport, options), clock);
    this.worker = new GitWorkerClient({
      silenceMs: options.timeoutMs + GRACE_MS,
      after,
      heapMb: tuning.heapMb,
      startThread: options.startThread,
      onDiscarded: (why) => this.#report({ kind: "discarded", why }),
      settings: {
        url,
        fetcher,
        folder,
        limits,
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
    this.tender = new CloneTender({
      tend: (signal) => this.#tend(signal),
      clock,
      onEvent: (event) => this.#report(event),
    });
  }

  get isShared(): boolean {
    return this.#members.size > 1;
  }

  join({ name, credentials, onClone }: SourceOptions): CloneMember {
    this.#lastId += 1;
    const member: CloneMember = {
      id: this.#lastId,
      name,
      polls: this.polls.join(),
      credentials,
      onClone: (event) => onClone?.(event),
    };
    this.#members.set(member.id, member);
    return member;
  }

  /** Returns whether that was the last one; then the clone is to be closed. */
  leave({ id, polls }: CloneMember): boolean {
    this.#members.delete(id);
    this.polls.leave(polls);
    this.worker.leave(id);
    return this.#members.size === 0;
  }

  /** Ends the worker and closes connections. */
  async close(): Promise<void> {
    this.#transport.close();
    await this.tender.close();
    await this.worker.close();
  }

  /** What happens to the clone is reported once, by the source that has read it longest. */
  #report(event: CloneEvent): void {
    const [first, ...others] = this.#members.values();
    const sharedWith = others.map(({ name }) => name);
    first?.onClone(others.length === 0 ? event : { ...event, sharedWith });
  }

  async #tend(signal: AbortSignal): Promise<Rotation | SourceFailure | null> {
    const [first] = this.#members.values();
    if (first === undefined) return null;
    let credentials: GitCredentials = { kind: "none" };
    try {
      credentials = await first.credentials();
      const nowMs = this.#options.clock.nowMs();
      const readers = [...this.#members.keys()];
      const request = { kind: "tend", nowMs, readers, credentials } as const;
      const result = await this.worker.call(request, { signal });
      if (result.kind === "tended") return result.rotation;
      if (result.kind === "failed") return hidden(result, credentials);
      throw new Error(`the git worker answered a tend with ${result.kind}`);
    } catch (error) {
      return hidden(asFailure(error, signal), credentials);
    }
  }
}

/** The failure behind an error. Throws the signal's reason, and what is not a failure of a source. */
export function asFailure(error: unknown, signal: AbortSignal): SourceFailure {
  signal.throwIfAborted();
  const failure = toSourceFailure(error);
  if (failure === null) throw error;
  return failure;
}

/** A server may repeat the credentials it was sent: remove them from the message. */
export function hidden(failure: SourceFailure, credentials: GitCredentials): SourceFailure {
  return { ...failure, message: hideCredentials(failure.message, credentials) };
}
