import type { SpecFile } from "./spec-source.ts";

const MAX_FILES = 50;
/** Bytes of text in one batch of more than one file: whoever takes it has it parsed, written and in memory at once. */
const MAX_BYTES = 1024 * 1024;
const MAX_WAIT_MS = 20;
/** Files, and bytes of text, that may wait while a batch is being taken; whoever brings more waits, too. */
const MAX_WAITING = 200;
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/**
 * Gathers files into batches: one leaves when it is full or its first file has waited 20 ms, so that rooms can start while
 * others are still parsed. One batch is on its way at a time.
 */
export class FileBatches {
  readonly #send: (files: readonly SpecFile[]) => Promise<void>;
  #waiting: SpecFile[] = [];
  #bytes = 0;
  /** Texts of files that wait: files with equal bytes share one. */
  #texts = new Set<Uint8Array>();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;

  /** `send` gives the texts of its files away. */
  constructor(send: (files: readonly SpecFile[]) => Promise<void>) {
    this.#send = send;
  }

  /** Rejects when an earlier batch could not be sent. */
  async add(file: SpecFile): Promise<void> {
    this.#waiting.push(file);
    this.#count(file);
    if (this.#waiting.length >= MAX_FILES || this.#bytes >= MAX_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), MAX_WAIT_MS);
    const isMuch = this.#waiting.length >= MAX_WAITING || this.#bytes >= MAX_WAITING_BYTES;
    if (isMuch) await this.#sending;
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

  #count({ text }: SpecFile): void {
    if (!this.#texts.has(text)) this.#bytes += text.length;
    this.#texts.add(text);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending = this.#sending.then(() => this.#sendWaiting());
  }

  async #sendWaiting(): Promise<void> {
    while (this.#waiting.length > 0 && this.#failure === null) {
      try {
        await this.#send(this.#takeBatch());
      } catch (error) {
        this.#failure = { error };
      }
    }
  }

  /** The first files that wait, as many as one batch holds. Of a text that others share, these get a copy. */
  #takeBatch(): readonly SpecFile[] {
    const texts = new Set<Uint8Array>();
    let bytes = 0;
    const end = this.#waiting.findIndex(({ text }, index) => {
      bytes += texts.has(text) ? 0 : text.length;
      const isFull = index > 0 && (index >= MAX_FILES || bytes > MAX_BYTES);
      if (!isFull) texts.add(text);
      return isFull;
    });
    const batch = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
    const copies = new Map<Uint8Array, Uint8Array>();
    const rest = this.#waiting.map((file) => {
      if (!texts.has(file.text)) return file;
      const copy = copies.get(file.text) ?? file.text.slice();
      copies.set(file.text, copy);
      return { ...file, text: copy };
    });
    this.#waiting = [];
    this.#texts = new Set();
    this.#bytes = 0;
    for (const file of rest) {
      this.#waiting.push(file);
      this.#count(file);
    }
    return batch;
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
