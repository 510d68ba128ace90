import type { TransferListItem } from "node:worker_threads";
import { messageOf } from "../../kernel/errors.ts";
import type { DiscardReason } from "./git-clone-events.ts";
import { toSourceFailure } from "../git-failure.ts";
import type { ParsePool } from "../parse-pool.ts";
import { readSeeds } from "./git-read-seeds.ts";
import { readSpecs } from "./git-read-specs.ts";
import { CloneRotation } from "./git-rotation.ts";
import { GitSession } from "./git-session.ts";
import { SeedSender } from "./git-seed-sender.ts";
import { rangeCheck, verifyCounting } from "./git-signature-check.ts";
import { GitSync } from "./git-sync.ts";
import { endIfAsked } from "./objects/git-thread-end.ts";
import type {
  Ask,
  FromWorker,
  GitWorkerSettings,
  ToWorker,
  WorkerResult,
} from "./git-worker-messages.ts";
import type { KnownFile, SourceFailure } from "../spec-source.ts";

/** Progress is reported at most this often, ms. */
const PROGRESS_MS = 200;

/** How often a request that waits for another one says so. */
const WAITING_MS = 1000;

/** To give a request up the main thread ends the whole worker. */
const NEVER = new AbortController().signal;

type SyncMessage = Extract<ToWorker, { kind: "sync" }>;
type SeedsMessage = Extract<ToWorker, { kind: "readSeeds" }>;
type VerifyMessage = Extract<ToWorker, { kind: "verify" }>;
type TendMessage = Extract<ToWorker, { kind: "tend" }>;
export type Post = (message: FromWorker, transfer?: readonly TransferListItem[]) => void;

/** The worker's side of the conversation: one session, requests by id. */
export class GitWorker {
  readonly #session: GitSession;
  readonly #sync: GitSync;
  readonly #answers = new Map<number, (known: readonly KnownFile[]) => void>();
  readonly #post: Post;
  /** What changes the clone goes one at a time, in the order it came. */
  #turn: Promise<unknown> = Promise.resolve();

  /** `parsers`: threads that outlive this worker. Default: it starts its own. */
  constructor(settings: GitWorkerSettings, post: Post, parsers?: ParsePool) {
    const onDiscard = (why: DiscardReason) => post({ kind: "discarded", why });
    this.#session = new GitSession(settings, onDiscard, parsers);
    this.#sync = new GitSync(this.#session);
    this.#post = post;
  }

  receive(message: ToWorker): void {
    switch (message.kind) {
      case "answer":
        this.#answers.get(message.id)?.(message.known ?? []);
        this.#answers.delete(message.id);
        return;
      case "readSpecs":
        this.#reply(message.id, async () => ({
          kind: "specs",
          unread: await readSpecs(this.#session, {
            oids: message.oids,
            call: {
              credentials: message.credentials,
              signal: NEVER,
              onReceived: this.#progress(message.id),
            },
            tell: (specs) => this.#ask(message.id, { kind: "specs", specs }),
          }),
        }));
        return;
      case "readSeeds":
        this.#reply(message.id, () => this.#readSeeds(message));
        return;
      case "sync":
        this.#reply(message.id, () => this.#inTurn(message.id, () => this.#runSync(message)));
        return;
      case "verify":
        this.#reply(message.id, () => this.#inTurn(message.id, () => this.#verify(message)));
        return;
      case "settle":
        this.#reply(message.id, () => this.#inTurn(message.id, () => this.#settle(message.head)));
        return;
      case "tend":
        this.#reply(message.id, () => this.#tend(message));
        return;
      case "end":
        endIfAsked();
    }
  }

  /** For a thread that does not end with its worker. No request may be under way. */
  close(): Promise<void> {
    return this.#session.close();
  }

  async #settle(head: string): Promise<WorkerResult> {
    await this.#session.open();
    if (this.#session.objects.has(head)) await this.#session.clone.writeSynced(head);
    return { kind: "settled" };
  }

  /** A head that counts and is not here, or not whole, is brought back first. */
  async #readSeeds({ id, head, paths, credentials }: SeedsMessage): Promise<WorkerResult> {
    const here = await readSeeds(this.#session, { head, paths, call: null });
    if (here !== null) return { kind: "seeds", seeds: here };
    return this.#inTurn(id, async () => {
      const call = { credentials, signal: NEVER, onReceived: this.#progress(id) };
      await this.#session.restore({ head, ...call });
      return { kind: "seeds", seeds: await readSeeds(this.#session, { head, paths, call }) };
    });
  }

  async #verify({ id, head, signatures, credentials }: VerifyMessage): Promise<WorkerResult> {
    const call = { signal: NEVER, progress: this.#progress(id) };
    const asked = { head, credentials, request: signatures, call };
    return { kind: "verified", verified: await verifyCounting(this.#session, asked) };
  }

  async #tend({ id, nowMs, credentials }: TendMessage): Promise<WorkerResult> {
    const rotation = new CloneRotation(this.#session, (work) => this.#inTurn(id, work));
    const progress = this.#progress(id);
    const request = { nowMs, credentials, signal: NEVER, progress };
    return { kind: "tended", rotation: await rotation.tend(request) };
  }

  /** Whoever waits for another's end is not stalled. */
  #inTurn<T>(id: number, work: () => Promise<T>): Promise<T> {
    const waiting = setInterval(() => this.#post({ kind: "progress", id }), WAITING_MS);
    const mine = this.#turn.then(() => {
      clearInterval(waiting);
      return work();
    });
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  #runSync(message: SyncMessage): Promise<WorkerResult> {
    const { id } = message;
    const progress = this.#progress(id);
    const seeds = new SeedSender({
      objects: () => this.#session.objects,
      tell: (seed) => this.#ask(id, { kind: "seed", seed }),
      progress,
    });
    const ask = async (asked: Ask) => {
      if (asked.kind === "files") await seeds.tellSeedsOf(asked.files);
      return this.#ask(id, asked);
    };
    const call = { signal: NEVER, progress };
    const { signatures } = message;
    const check = signatures === null ? null : rangeCheck(this.#session, signatures, call);
    return this.#sync.run({ ...message, ...call, ask, check });
  }

  #progress(id: number): () => void {
    let toldAtMs = Number.NEGATIVE_INFINITY;
    return () => {
      if (performance.now() - toldAtMs < PROGRESS_MS) return;
      toldAtMs = performance.now();
      this.#post({ kind: "progress", id });
    };
  }

  #ask(id: number, ask: Ask): Promise<readonly KnownFile[]> {
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#post({ kind: "ask", id, ask }, buffersOf(ask));
    });
  }

  /** A full or read-only disk is not a defect. */
  #diskFailure(error: unknown): SourceFailure | null {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!/^E[A-Z]+$/.test(code)) return null;
    const message = `The clone in ${this.#session.settings.folder} cannot be used: ${messageOf(error)}. Check the disk.`;
    return { kind: "failed", reason: "WorkerFailed", message };
  }

  #reply(id: number, work: () => Promise<WorkerResult>): void {
    work().then(
      (result) => this.#post({ kind: "done", id, result }, buffersIn(result)),
      (error: unknown) => {
        const failure = toSourceFailure(error) ?? this.#diskFailure(error);
        if (failure !== null) this.#post({ kind: "done", id, result: failure });
        else this.#post({ kind: "defect", id, message: messageOf(error) });
      },
    );
  }
}

/** The buffers that are handed over instead of being copied; a text that several files share is one. */
function buffersOf(ask: Ask): readonly TransferListItem[] {
  if (ask.kind === "seed") return toBuffers([ask.seed.bytes]);
  return ask.kind === "files" ? toBuffers(ask.files.map(({ text }) => text)) : [];
}

function buffersIn(result: WorkerResult): readonly TransferListItem[] {
  if (result.kind !== "seeds" || result.seeds === null) return [];
  return toBuffers(result.seeds.flatMap((seed) => (seed.kind === "present" ? [seed.bytes] : [])));
}

function toBuffers(views: readonly Uint8Array[]): readonly TransferListItem[] {
  const buffers = views.map(({ buffer }) => buffer).filter((each) => each instanceof ArrayBuffer);
  return [...new Set(buffers)];
}
