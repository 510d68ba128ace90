import type { ProcessTree } from "./process-tree.ts";

const LOOK_EVERY_MS = 50;

/** Looks at the memory of a tree until it is stopped. */
export class PeakWatch {
  readonly tree: ProcessTree;
  readonly #timer: NodeJS.Timeout;
  #peakMb = 0;

  constructor(tree: ProcessTree) {
    this.tree = tree;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#look();
  }

  /** The most that was seen, MB. */
  get peakMb(): number {
    return this.#peakMb;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#peakMb = Math.max(this.#peakMb, this.tree.rssMb());
  }
}
