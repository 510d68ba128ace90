import type { TransferListItem } from "node:worker_threads";
import { messageOf } from "../../kernel/errors.ts";
import { buffersIn, buffersOf } from "./git-worker-buffers.ts";
import type { DiscardReason } from "./git-clone-events.ts";
import { diskFailure, gitFailure, toSourceFailure } from "../git-failure.ts";
import type { ParsePool } from "../parse-pool.ts";
import { claimsAt } from "./git-claims-at.ts";
import { readRevision } from "./git-read-revision.ts";
import { readSeeds } from "./git-read-seeds.ts";
import { readSpecs } from "./git-read-specs.ts";
import { CloneRotation } from "./git-rotation.ts";
import { KeptClone } from "./git-kept-clone.ts";
import { SideClone } from "./git-side-clone.ts";
import { GitSession } from "./git-session.ts";
import { SeedSender } from "./git-seed-sender.ts";
import { rangeCheck, verifyCounting } from "./git-signature-check.ts";
import { GitSync } from "./git-sync.ts";
import { Turns } from "./git-turns.ts";
import { endIfAsked } from "./objects/git-thread-end.ts";
import { listSpecs } from "./git-spec-listing.ts";
import { printOf } from "./git-worker-messages.ts";
import type {
  Ask,
  CloneSettings,
  FromWorker,
  ReaderSettings,
  ToWorker,
  WorkerResult,
} from "./git-worker-messages.ts";
import type { KnownFile } from "../spec-source.ts";

/** Progress is reported at most this often, ms. */
const PROGRESS_MS = 200;

/** How often a request that waits for another one says so. */
const WAITING_MS = 1000;

type Request = Exclude<ToWorker, { kind: "answer" | "cancel" | "leave" | "end" }>;
type SyncMessage = Extract<ToWorker, { kind: "sync" }>;
type SpecsMessage = Extract<ToWorker, { kind: "readSpecs" }>;
type SeedsMessage = Extract<ToWorker, { kind: "readSeeds" }>;
type RevisionMessage = Extract<ToWorker, { kind: "readRevision" }>;
type VerifyMessage = Extract<ToWorker, { kind: "verify" }>;
type TendMessage = Extract<ToWorker, { kind: "tend" }>;
export type Post = (message: FromWorker, transfer?: readonly TransferListItem[]) => void;

interface Reader {
  readonly session: GitSession;
  readonly sync: GitSync;
}

/** A request that has no answer yet. */
interface OpenRequest {
  readonly cancel: AbortController;
  /** Takes the answer to what the main thread is asked. */
  onAnswer: ((known: readonly KnownFile[]) => void) | null;
}

/** The worker's side of the conversation: one clone, its readers, requests by id. */
export class GitWorker {
  readonly #clone: KeptClone;
  readonly #side: SideClone;
  readonly #readers = new Map<number, Reader>();
  readonly #open = new Map<number, OpenRequest>();
  /** Syncs that wait for their turn. */
  readonly #waiting = new Set<SyncMessage>();
  readonly #post: Post;
  /** What changes the clone goes one at a time, in the order it came. */
  readonly #turn = new Turns();
  /** The same of the clone for commits that are not followed, so that no sync waits for them. */
  readonly #sideTurn = new Turns();

  /** `parsers`: threads that outlive this worker. Default: it starts its own. */
  constructor(settings: CloneSettings, post: Post, parsers?: ParsePool) {
    const onDiscard = (why: DiscardReason) => post({ kind: "discarded", why });
    this.#clone = new KeptClone(settings, onDiscard, parsers);
    this.#side = new SideClone(this.#clone);
    this.#post = post;
  }

  receive(message: ToWorker): void {
    switch (message.kind) {
      case "answer":
        this.#open.get(message.id)?.onAnswer?.(message.known ?? []);
        return;
      case "cancel":
        this.#open
          .get(message.id)
          ?.cancel.abort(gitFailure("WorkerFailed", "The request was given up."));
        return;
      case "leave":
        this.#readers.delete(message.reader);
        this.#clone.readers.delete(message.reader);
        return;
      case "end":
        endIfAsked();
        return;
      case "sync":
      case "readSpecs":
      case "claimsAt":
      case "readSeeds":
      case "readRevision":
      case "verify":
      case "settle":
      case "tend":
        this.#reply(message.id, (signal) => this.#carryOut(message, signal));
    }
  }

  #carryOut(request: Request, signal: AbortSignal): Promise<WorkerResult> {
    switch (request.kind) {
      case "readSpecs":
        return this.#readSpecs(request, signal);
      case "claimsAt": {
        const call = { ...request, signal, onReceived: this.#progress(request.id) };
        return claimsAt(this.#reader(request.reader).session, { ...request, call });
      }
      case "readSeeds":
        return this.#readSeeds(request, signal);
      case "readRevision":
        return this.#readRevision(request, signal);
      case "sync":
        return this.#runSync(request, signal);
      case "verify":
        return this.#inTurn(request.id, () => this.#verify(request, signal));
      case "settle":
        return this.#inTurn(request.id, async () => {
          await this.#reader(request.reader).session.settle(request.head);
          return { kind: "settled" };
        });
      case "tend":
        return this.#tend(request, signal);
    }
  }

  /** For a thread that does not end with its worker. No request may be under way. */
  async close(): Promise<void> {
    this.#side.close();
    await this.#clone.close();
  }

  #reader(settings: ReaderSettings): Reader {
    const known = this.#readers.get(settings.id);
    if (known !== undefined) return known;
    const session = new GitSession(this.#clone, settings);
    const reader = { session, sync: new GitSync(session) };
    this.#readers.set(settings.id, reader);
    return reader;
  }

  async #readSpecs(message: SpecsMessage, signal: AbortSignal): Promise<WorkerResult> {
    const { id, oids, credentials } = message;
    const unread = await readSpecs(this.#reader(message.reader).session, {
      oids,
      call: { credentials, signal, onReceived: this.#progress(id) },
      tell: (specs) => this.#ask(id, { kind: "specs", specs }),
    });
    return { kind: "specs", unread };
  }

  /** A head that counts and is not here, or not whole, is brought back first. */
  async #readSeeds(message: SeedsMessage, signal: AbortSignal): Promise<WorkerResult> {
    const { id, head, paths, credentials } = message;
    const { session } = this.#reader(message.reader);
    const here = await readSeeds(session, { head, paths, call: null });
    if (here !== null) return { kind: "seeds", seeds: here };
    return this.#inTurn(id, async () => {
      const call = { credentials, signal, onReceived: this.#progress(id) };
      await session.restore({ head, ...call });
      return { kind: "seeds", seeds: await readSeeds(session, { head, paths, call }) };
    });
  }

  #readRevision(message: RevisionMessage, signal: AbortSignal): Promise<WorkerResult> {
    const { id, head, paths, credentials } = message;
    const { settings } = this.#reader(message.reader).session;
    const call = { credentials, signal, onReceived: this.#progress(id) };
    const side = { clone: this.#side, settings };
    const work = () => readRevision(side, { head, paths, call });
    return this.#inTurn(id, work, this.#sideTurn);
  }

  async #verify(message: VerifyMessage, signal: AbortSignal): Promise<WorkerResult> {
    const { id, head, signatures, credentials } = message;
    const { session } = this.#reader(message.reader);
    const call = { signal, progress: this.#progress(id) };
    const asked = { head, credentials, request: signatures, call };
    return { kind: "verified", verified: await verifyCounting(session, asked) };
  }

  async #tend(message: TendMessage, signal: AbortSignal): Promise<WorkerResult> {
    const { id, nowMs, readers, credentials } = message;
    const rotation = new CloneRotation(this.#clone, (work) => this.#inTurn(id, work));
    const progress = this.#progress(id);
    const request = { nowMs, readers, credentials, signal, progress };
    return { kind: "tended", rotation: await rotation.tend(request) };
  }

  /** Whoever waits for another's end is not stalled. */
  #inTurn<T>(id: number, work: () => Promise<T>, turn = this.#turn): Promise<T> {
    const waiting = setInterval(() => this.#post({ kind: "progress", id }), WAITING_MS);
    return turn.take(() => {
      clearInterval(waiting);
      this.#open.get(id)?.cancel.signal.throwIfAborted();
      return work();
    });
  }

  #runSync(message: SyncMessage, signal: AbortSignal): Promise<WorkerResult> {
    const { session, sync } = this.#reader(message.reader);
    if (!message.mayShare) session.ignoreFailures();
    this.#waiting.add(message);
    return this.#inTurn(message.id, () => {
      this.#waiting.delete(message);
      return this.#syncNow(message, { session, sync, signal });
    }).finally(() => this.#waiting.delete(message));
  }

  #syncNow(
    message: SyncMessage,
    { session, sync, signal }: Reader & { readonly signal: AbortSignal },
  ): Promise<WorkerResult> {
    const { id } = message;
    const progress = this.#progress(id);
    const seeds = new SeedSender({
      objects: () => session.objects,
      tell: (seed) => this.#ask(id, { kind: "seed", seed }),
      progress,
    });
    const ask = async (asked: Ask) => {
      if (asked.kind === "files") await seeds.tellSeedsOf(asked.files);
      return this.#ask(id, asked);
    };
    const alsoWanted = (rootTree: string) => this.#wantedNext(message.head, rootTree);
    const { signatures } = message;
    const check =
      signatures === null ? null : rangeCheck(session, signatures, { signal, progress });
    return sync.run({ ...message, signal, ask, progress, alsoWanted, check });
  }

  /** The spec files that other sources, which wait for their first sync of this head, are going to read. */
  #wantedNext(head: string, rootTree: string): readonly string[] {
    const first = [...this.#waiting].filter(
      ({ reader, ...message }) =>
        message.head === head && message.knownPrint === printOf([]) && this.#readers.has(reader.id),
    );
    return first.flatMap(({ reader }) => {
      const { session } = this.#reader(reader);
      const { path: folder, limits } = session.settings;
      const where = { folder, limits, memory: session.listings };
      // What keeps that source from its files is found by its own sync.
      const listing = session.unlessRefused(() => listSpecs(session.trees, rootTree, where));
      return (listing?.found ?? []).filter(({ problem }) => problem === null).map(({ oid }) => oid);
    });
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
    const request = this.#open.get(id);
    return new Promise((resolve, reject) => {
      const signal = request?.cancel.signal;
      const onCancel = () => reject(signal?.reason);
      if (request === undefined || signal === undefined || signal.aborted) return onCancel();
      request.onAnswer = (known) => {
        signal.removeEventListener("abort", onCancel);
        request.onAnswer = null;
        resolve(known);
      };
      signal.addEventListener("abort", onCancel, { once: true });
      this.#post({ kind: "ask", id, ask }, buffersOf(ask));
    });
  }

  #reply(id: number, work: (signal: AbortSignal) => Promise<WorkerResult>): void {
    const request: OpenRequest = { cancel: new AbortController(), onAnswer: null };
    this.#open.set(id, request);
    work(request.cancel.signal).then(
      (result) => {
        this.#open.delete(id);
        this.#post({ kind: "done", id, result }, buffersIn(result));
      },
      (error: unknown) => {
        this.#open.delete(id);
        const failure = toSourceFailure(error) ?? diskFailure(error, this.#clone.settings.folder);
        if (failure !== null) this.#post({ kind: "done", id, result: failure });
        else this.#post({ kind: "defect", id, message: messageOf(error) });
      },
    );
  }
}
