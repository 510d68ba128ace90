import { Heap } from "./heap.ts";
import { isTakenBefore, type Entry } from "./pending.ts";

/**
 * Keys that are due, in the order in which they are taken. A person's request goes before commits of other rooms, but a room
 * goes before waiting commits once: until those were taken, its next requests wait in line with them.
 */
export class ReadyKeys {
  readonly #heap = new Heap<Entry>((a, b) => isTakenBefore(this.#ranked(a), this.#ranked(b)));
  /** Requests that wait in line with commits. */
  readonly #inLine = new Set<Entry>();
  /** Keys that went before a commit that still waits. */
  readonly #wentAhead = new Set<string>();
  #commits = 0;

  get size(): number {
    return this.#heap.size;
  }

  first(): Entry | undefined {
    return this.#heap.first();
  }

  add(entry: Entry): void {
    if (entry.priority === "git") this.#commits += 1;
    if (entry.priority === "apply" && this.#wentAhead.has(entry.key)) this.#inLine.add(entry);
    this.#heap.add(entry);
  }

  /** Takes an entry out that is handed to a worker. */
  take(entry: Entry): void {
    const isAhead = entry.priority === "apply" && !this.#inLine.has(entry);
    this.remove(entry);
    if (isAhead && this.#commits > 0) this.#wentAhead.add(entry.key);
  }

  /** Does nothing when the entry is not inside. */
  remove(entry: Entry): void {
    if (!this.#heap.remove(entry)) return;
    this.#inLine.delete(entry);
    if (entry.priority !== "git") return;
    this.#commits -= 1;
    if (this.#commits === 0) this.#wentAhead.clear();
  }

  clear(): void {
    this.#heap.clear();
    this.#inLine.clear();
    this.#wentAhead.clear();
    this.#commits = 0;
  }

  #ranked(entry: Entry): Entry {
    return this.#inLine.has(entry) ? { ...entry, priority: "git" } : entry;
  }
}
