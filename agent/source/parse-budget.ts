import { listed } from "../kernel/shortened.ts";
import { limitExceeded } from "./git-failure.ts";
import type { ParseWatch } from "./parse-thread.ts";

/** A file as people write it takes a millisecond or two; so much is free, so that a large repository has time enough. */
const FREE_MS_PER_FILE = 20;
const SLOWEST = 3;

/** The time that the parsing of one snapshot's files may take altogether. */
export class ParseBudget implements ParseWatch {
  readonly #seconds: number;
  readonly #limitMs: number;
  readonly #files: number;
  readonly #controller = new AbortController();
  #spentMs = 0;
  #parsed = 0;
  #slowest: { readonly path: string; readonly ms: number }[] = [];

  constructor(seconds: number, files: number) {
    this.#seconds = seconds;
    this.#files = files;
    this.#limitMs = seconds * 1000 + files * FREE_MS_PER_FILE;
  }

  /** Aborted with the failure once the time is used up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  leftMs(): number {
    const left = Math.max(0, this.#files - this.#parsed);
    return this.#parsed === 0 ? Number.POSITIVE_INFINITY : (left * this.#spentMs) / this.#parsed;
  }

  spent(path: string, ms: number): void {
    this.#parsed += 1;
    this.#spentMs += ms;
    this.#slowest = [...this.#slowest, { path, ms }].sort((a, b) => b.ms - a.ms).slice(0, SLOWEST);
    if (this.#spentMs > this.#limitMs) this.#controller.abort(this.#failure());
  }

  #failure(): Error {
    const slowest = this.#slowest.map(({ path, ms }) => `${path} (${Math.round(ms)} ms)`);
    const what = `Parsing the spec files of this commit takes too long; the slowest: ${listed(slowest)}`;
    return limitExceeded("ParseSeconds", this.#seconds, what);
  }
}
