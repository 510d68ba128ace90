import type { SpecFile } from "./spec-source.ts";

const MAX_FILES = 50;
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_WAIT_MS = 20;
/** Files that may wait while a batch is being taken; whoever brings more waits, too. */
const MAX_WAITING = 200;

/**
 * Gathers files into batches: one leaves when it is full or its first file has waited 20 ms, so that rooms can start while
 * others are still parsed. One batch is on its way at a time.
 */
export class FileBatches {
  readonly #send: (files: readonly SpecFile[]) => Promise<void>;
  #waiting: SpecFile[] = [];
  #bytes = 0;
  /** Buffers in this batch: files with equal bytes share them. */
  #buffers = new Set<Uint8Array>();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;

  constructor(send: (files: readonly SpecFile[]) => Promise<void>) {
    this.#send = send;
  }

  /** Rejects when an earlier batch could not be sent. */
  async add(file: SpecFile): Promise<void> {
    this.#waiting.push(file);
    this.#bytes += this.#newBytes(file);
    if (this.#waiting.length >= MAX_FILES || this.#bytes >= MAX_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), MAX_WAIT_MS);
    if (this.#waiting.length >= MAX_WAITING || this.#bytes >= MAX_BYTES) await this.#sending;
    this.#throwFailure();
  }

  /** Sends what is left and waits until all is taken. */
  async end(): Promise<void> {
    this.#flush();
    await this.#sending;
    this.#throwFailure();
  }

  /** Drops what was not sent. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #newBytes(file: SpecFile): number {
    let bytes = 0;
    for (const buffer of [
      file.text,
      ...file.seeds.flatMap((seed) => (seed.kind === "present" ? [seed.bytes] : [])),
    ]) {
      if (!this.#buffers.has(buffer)) bytes += buffer.length;
      this.#buffers.add(buffer);
    }
    return bytes;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending = this.#sending.then(async () => {
      const files = this.#waiting;
      this.#waiting = [];
      this.#bytes = 0;
      this.#buffers = new Set();
      if (files.length === 0 || this.#failure !== null) return;
      try {
        await this.#send(files);
      } catch (error) {
        this.#failure = { error };
      }
    });
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
