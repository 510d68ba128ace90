import type { Random } from "../../agent/kernel/ids.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { mutate } from "./mutate.ts";

/** More inputs than this are not kept to build on: the oldest found goes, the seeds stay. */
const MAX_FOUND = 2000;

/** The inputs a run builds on: the seeds, and each input that ended in a way none had before it. */
export class FuzzCorpus {
  readonly #target: FuzzTarget;
  readonly #random: Random;
  readonly #words = new Set<string>();
  #found: Uint8Array[] = [];

  constructor(target: FuzzTarget, random: Random) {
    this.#target = target;
    this.#random = random;
  }

  /** Ways in which inputs have ended. */
  get ways(): number {
    return this.#words.size;
  }

  next(): Uint8Array {
    const { words, maxBytes, seeds } = this.#target;
    const corpus = this.#found.length === 0 || this.#random() < 0.3 ? seeds : this.#found;
    return mutate({ words, maxBytes, corpus, random: this.#random });
  }

  learn(input: Uint8Array, word: string): void {
    if (this.#words.has(word)) return;
    this.#words.add(word);
    this.#found.push(input);
    if (this.#found.length > MAX_FOUND) this.#found.shift();
  }
}
