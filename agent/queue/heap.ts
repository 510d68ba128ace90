/**
 * A binary heap that can also take out a member it holds, all in O(log n). The order must be total over the members and
 * must not change while they are inside.
 */
export class Heap<T> {
  readonly #before: (a: T, b: T) => boolean;
  readonly #members: T[] = [];
  /** Index of each member in `#members`; only `#put` writes it. */
  readonly #positions = new Map<T, number>();

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#members.length;
  }

  first(): T | undefined {
    return this.#members[0];
  }

  add(member: T): void {
    this.#put(this.#members.length, member);
    this.#rise(this.#members.length - 1);
  }

  /** Takes out `member`; false when it is not inside. */
  remove(member: T): boolean {
    const position = this.#positions.get(member);
    if (position === undefined) return false;
    this.#positions.delete(member);
    const last = this.#members.pop();
    if (last !== undefined && last !== member) {
      this.#put(position, last);
      this.#rise(position);
      this.#sink(position);
    }
    return true;
  }

  clear(): void {
    this.#members.length = 0;
    this.#positions.clear();
  }

  #put(position: number, member: T): void {
    this.#members[position] = member;
    this.#positions.set(member, position);
  }

  #rise(from: number): void {
    let position = from;
    while (position > 0 && this.#swapIfBefore(position, (position - 1) >> 1)) {
      position = (position - 1) >> 1;
    }
  }

  #sink(from: number): void {
    let position = from;
    for (;;) {
      const left = 2 * position + 1;
      const smaller = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfBefore(smaller, position)) return;
      position = smaller;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const first = this.#members[a];
    const second = this.#members[b];
    return first !== undefined && second !== undefined && this.#before(first, second);
  }

  #swapIfBefore(a: number, b: number): boolean {
    if (!this.#isBefore(a, b)) return false;
    const first = this.#members[a] as T;
    this.#put(a, this.#members[b] as T);
    this.#put(b, first);
    return true;
  }
}
