import { parentPort, workerData } from "node:worker_threads";
import type { TransferListItem } from "node:worker_threads";
import { messageOf } from "../kernel/errors.ts";
import { toSourceFailure } from "./git-failure.ts";
import { GitSession } from "./git-session.ts";
import { GitSync } from "./git-sync.ts";
import type {
  Ask,
  FromWorker,
  GitWorkerSettings,
  ToWorker,
  WorkerResult,
} from "./git-worker-messages.ts";
import type { KnownFile, SourceFailure } from "./spec-source.ts";

/** Progress is told at most so often. */
const PROGRESS_MS = 200;

type SyncMessage = Extract<ToWorker, { kind: "sync" }>;
type Post = (message: FromWorker, transfer?: readonly TransferListItem[]) => void;

/** The worker's side of the conversation: one session, requests by id. */
class GitWorker {
  readonly #session: GitSession;
  readonly #sync: GitSync;
  readonly #answers = new Map<number, (known: readonly KnownFile[]) => void>();
  readonly #post: Post;
  /** Syncs and settles change the clone: one at a time, in the order they came. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(settings: GitWorkerSettings, post: Post) {
    this.#session = new GitSession(settings);
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
          specs: await this.#session.readSpecs(message.oids),
        }));
        return;
      case "readSeeds":
        this.#reply(message.id, async () => ({
          kind: "seeds",
          seeds: await this.#session.readSeeds(message.head, message.paths),
        }));
        return;
      case "sync":
        this.#reply(message.id, () => this.#inTurn(() => this.#runSync(message)));
        return;
      case "settle":
        this.#reply(message.id, () => this.#inTurn(() => this.#settle(message.head)));
    }
  }

  async #settle(head: string): Promise<WorkerResult> {
    await this.#session.open();
    if (this.#session.objects.has(head)) await this.#session.clone.writeSynced(head);
    return { kind: "settled" };
  }

  #inTurn(work: () => Promise<WorkerResult>): Promise<WorkerResult> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  #runSync(message: SyncMessage): Promise<WorkerResult> {
    const { id } = message;
    let toldAtMs = Number.NEGATIVE_INFINITY;
    return this.#sync.run({
      ...message,
      signal: new AbortController().signal,
      ask: (ask) => this.#ask(id, ask),
      progress: () => {
        if (performance.now() - toldAtMs < PROGRESS_MS) return;
        toldAtMs = performance.now();
        this.#post({ kind: "progress", id });
      },
    });
  }

  #ask(id: number, ask: Ask): Promise<readonly KnownFile[]> {
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#post({ kind: "ask", id, ask }, buffersOf(ask));
    });
  }

  /** A disk that is full or read-only is no defect. */
  #diskFailure(error: unknown): SourceFailure | null {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!/^E[A-Z]+$/.test(code)) return null;
    const message = `The clone in ${this.#session.settings.folder} cannot be used: ${messageOf(error)}. Check the disk.`;
    return { kind: "failed", reason: "WorkerFailed", message };
  }

  #reply(id: number, work: () => Promise<WorkerResult>): void {
    work().then(
      (result) => this.#post({ kind: "done", id, result }),
      (error: unknown) => {
        const failure = toSourceFailure(error) ?? this.#diskFailure(error);
        if (failure !== null) this.#post({ kind: "done", id, result: failure });
        else this.#post({ kind: "defect", id, message: messageOf(error) });
      },
    );
  }
}

/** The buffers that are handed over instead of being copied; a seed that several files share is one. */
function buffersOf(ask: Ask): readonly TransferListItem[] {
  if (ask.kind !== "files") return [];
  const buffers = new Set<ArrayBuffer>();
  for (const file of ask.files) {
    for (const bytes of [
      file.text,
      ...file.seeds.map((seed) => (seed.kind === "present" ? seed.bytes : null)),
    ]) {
      if (bytes?.buffer instanceof ArrayBuffer) buffers.add(bytes.buffer);
    }
  }
  return [...buffers];
}

const port = parentPort;
if (port !== null) {
  const worker = new GitWorker(workerData as GitWorkerSettings, (message, transfer) =>
    port.postMessage(message, transfer),
  );
  port.on("message", (message: ToWorker) => worker.receive(message));
}
