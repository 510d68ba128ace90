import { setImmediate as breathe } from "node:timers/promises";
import { applyDelta } from "./git-delta.ts";
import { gitFailure, limitExceeded } from "../../git-failure.ts";
import { objectId } from "./git-object-id.ts";
import { readPackEntry } from "./git-pack-entry.ts";
import type { ObjectType } from "./git-pack-entry.ts";
import type { PackEntries } from "./git-pack-entries.ts";
import { inflateEntry } from "./git-pack-scan.ts";

/** Objects of `ObjectBytes` that are kept at most because more deltas build on them. */
const MOST_HELD = 8;

/** How long it works before others in the thread have a turn, in ms. */
const SLICE_MS = 50;

export interface ResolveOptions {
  /** The bytes of the pack from `start` to `end`. */
  readonly read: (start: number, end: number) => Buffer;
  readonly objectBytes: number;
  /** Called again and again while the work continues. */
  readonly onProgress: () => void;
}

/**
 * Makes every object that a pack holds as a delta, to learn its id. Of two objects that build on the same base the one with
 * fewer deltas on it comes first, and a base is dropped before the last: no more than a few objects are in memory at a time, and
 * a chain of any length takes two. Throws `LimitExceeded` for a pack that would need more than eight objects of `ObjectBytes`,
 * and `CorruptPack` for a delta without its base. A skipped blob is not made, and neither is what builds on it: that is skipped, too.
 */
export async function resolveDeltas(entries: PackEntries, options: ResolveOptions): Promise<void> {
  const work = new DeltaResolver(entries, options);
  if (!work.hasDeltas) return;
  let untilMs = performance.now() + SLICE_MS;
  for (let root = 0; root < entries.count; root += 1) {
    if (!work.begin(root)) continue;
    while (work.step()) {
      if (performance.now() < untilMs) continue;
      options.onProgress();
      await breathe();
      untilMs = performance.now() + SLICE_MS;
    }
  }
  work.finish();
}

/** An object whose deltas are being made. */
interface Frame {
  readonly bytes: Buffer;
  /** The next delta on it; -1: none but the heaviest. */
  next: number;
  readonly heaviest: number;
}

class DeltaResolver {
  readonly #entries: PackEntries;
  readonly #options: ResolveOptions;
  /** Deltas on an object as a linked list: the first of each object, and the next with the same base. -1: none. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  /** Deltas that build on each object, itself included. */
  readonly #weight: Uint32Array;
  /** Deltas that name their base by id, by that id. */
  readonly #waiting = new Map<string, number[]>();
  readonly #stack: Frame[] = [];
  #type: ObjectType = "blob";
  #heldBytes = 0;
  #left = 0;

  constructor(entries: PackEntries, options: ResolveOptions) {
    this.#entries = entries;
    this.#options = options;
    this.#first = new Int32Array(entries.count).fill(-1);
    this.#next = new Int32Array(entries.count).fill(-1);
    this.#weight = new Uint32Array(entries.count).fill(1);
    for (let position = entries.count - 1; position >= 0; position -= 1) this.#place(position);
  }

  get hasDeltas(): boolean {
    return this.#left > 0;
  }

  /** False when the entry is itself a delta, or nothing builds on it. */
  begin(root: number): boolean {
    const kind = this.#entries.kind(root);
    if (kind === "offsetDelta" || kind === "refDelta") return false;
    this.#attachWaiting(root);
    if (this.#first[root] === -1) return false;
    this.#type = kind;
    if (this.#entries.isSkipped(root)) {
      this.#skipAbove(root);
      return false;
    }
    this.#hold(root, this.#inflate(root).data);
    return true;
  }

  /** Makes one object. False when all that builds on the root was made. */
  step(): boolean {
    const frame = this.#stack.at(-1);
    if (frame === undefined) return false;
    while (frame.next === frame.heaviest && frame.next !== -1) frame.next = this.#after(frame.next);
    const isLast = frame.next === -1;
    const position = isLast ? frame.heaviest : frame.next;
    frame.next = isLast ? -1 : this.#after(position);
    if (isLast) {
      this.#stack.pop();
      this.#heldBytes -= frame.bytes.length;
    }
    this.#left -= 1;
    if (this.#entries.isSkipped(position)) {
      this.#skipAbove(position);
      return this.#stack.length > 0;
    }
    const bytes = applyDelta(this.#inflate(position).data, frame.bytes);
    this.#entries.setOid(position, objectId(this.#type, bytes));
    this.#attachWaiting(position);
    if (this.#first[position] !== -1) this.#hold(position, bytes);
    return this.#stack.length > 0;
  }

  finish(): void {
    if (this.#left > 0) throw gitFailure("CorruptPack", "A delta's base is not in its pack.");
  }

  /** What builds on an object that is not made cannot be made either. */
  #skipAbove(position: number): void {
    const { objectBytes } = this.#options;
    if (this.#type !== "blob") {
      const what = `The repository holds a ${this.#type} over the limit`;
      throw limitExceeded("ObjectBytes", objectBytes, what);
    }
    const bases = [position];
    for (let base = bases.pop(); base !== undefined; base = bases.pop()) {
      for (let each = this.#first[base] ?? -1; each !== -1; each = this.#after(each)) {
        this.#entries.skip(each);
        this.#left -= 1;
        bases.push(each);
      }
    }
  }

  #place(position: number): void {
    const kind = this.#entries.kind(position);
    if (kind === "offsetDelta") {
      const base = this.#entries.baseOf(position);
      this.#weight[base] = (this.#weight[base] ?? 0) + (this.#weight[position] ?? 0);
      this.#attach(position, base);
      this.#left += 1;
    } else if (kind === "refDelta") {
      const base = this.#entries.oid(position).toString("hex");
      const others = this.#waiting.get(base);
      if (others === undefined) this.#waiting.set(base, [position]);
      else others.push(position);
      this.#left += 1;
    }
  }

  #attach(position: number, base: number): void {
    this.#next[position] = this.#first[base] ?? -1;
    this.#first[base] = position;
  }

  #attachWaiting(base: number): void {
    if (this.#waiting.size === 0) return;
    const oid = this.#entries.oid(base).toString("hex");
    for (const position of this.#waiting.get(oid) ?? []) this.#attach(position, base);
    this.#waiting.delete(oid);
  }

  #after(position: number): number {
    return this.#next[position] ?? -1;
  }

  #hold(position: number, bytes: Buffer): void {
    const first = this.#first[position] ?? -1;
    let heaviest = first;
    for (let each = first; each !== -1; each = this.#after(each)) {
      if ((this.#weight[each] ?? 0) > (this.#weight[heaviest] ?? 0)) heaviest = each;
    }
    this.#stack.push({ bytes, next: first, heaviest });
    this.#heldBytes += bytes.length;
    const { objectBytes } = this.#options;
    if (this.#heldBytes <= MOST_HELD * objectBytes) return;
    throw limitExceeded(
      "ObjectBytes",
      objectBytes,
      `The pack's deltas need more than ${MOST_HELD} objects of ObjectBytes in memory at a time`,
    );
  }

  #inflate(position: number) {
    const { read } = this.#options;
    const bytes = read(this.#entries.start(position), this.#entries.end(position));
    const entry = readPackEntry(bytes, 0);
    return inflateEntry(bytes.subarray(entry.dataStart), entry);
  }
}
