import { Heap } from "./heap.ts";
import { isTakenBefore, type Entry } from "./pending.ts";
import type { Choice } from "./waiting-workers.ts";

/**
 * Keys that are due, in the order in which they are taken. A person's request goes before commits of other rooms, but a room
 * goes before waiting commits once: until those were taken, its next requests wait in line with them.
 */
export class ReadyKeys {
  readonly #quick = new Heap<Entry>((a, b) => this.#isBefore(a, b));
  readonly #slow = new Heap<Entry>((a, b) => this.#isBefore(a, b));
  /** Requests that wait in line with commits. */
  readonly #inLine = new Set<Entry>();
  /** Keys that went before a commit that still waits. */
  readonly #wentAhead = new Set<string>();
  #commits = 0;

  get size(): number {
    return this.#quick.size + this.#slow.size;
  }

  first(choice: Choice): Entry | undefined {
    const quick = this.#quick.first();
    const slow = choice === "any" ? this.#slow.first() : undefined;
    if (quick === undefined || slow === undefined) return quick ?? slow;
    return this.#isBefore(quick, slow) ? quick : slow;
  }

  add(entry: Entry): void {
    if (entry.priority === "git") this.#commits += 1;
    if (entry.priority === "apply" && this.#wentAhead.has(entry.key)) this.#inLine.add(entry);
    this.#heapOf(entry).add(entry);
  }

  /** Takes an entry out that is handed to a worker. */
  take(entry: Entry): void {
    const isAhead = entry.priority === "apply" && !this.#inLine.has(entry);
    this.remove(entry);
    if (isAhead && this.#commits > 0) this.#wentAhead.add(entry.key);
  }

  /** Does nothing when the entry is not inside. */
  remove(entry: Entry): void {
    if (!this.#heapOf(entry).remove(entry)) return;
    this.#inLine.delete(entry);
    if (entry.priority !== "git") return;
    this.#commits -= 1;
    if (this.#commits === 0) this.#wentAhead.clear();
  }

  clear(): void {
    this.#quick.clear();
    this.#slow.clear();
    this.#inLine.clear();
    this.#wentAhead.clear();
    this.#commits = 0;
  }

  #heapOf({ isSlow }: Entry): Heap<Entry> {
    return isSlow ? this.#slow : this.#quick;
  }

  #isBefore(a: Entry, b: Entry): boolean {
    return isTakenBefore(this.#ranked(a), this.#ranked(b));
  }

  #ranked(entry: Entry): Entry {
    return this.#inLine.has(entry) ? { ...entry, priority: "git" } : entry;
  }
}
