/**
 * Rows by key, in the order they first came, kept as JSON text so that nobody shares an object with them. Changes since
 * `begin` can be taken back.
 */
export class DocumentMap<T> {
  readonly #documents = new Map<string, string>();
  #undo: (() => void)[] = [];

  begin(): void {
    this.#undo = [];
  }

  rollback(): void {
    for (const undo of this.#undo.toReversed()) undo();
    this.#undo = [];
  }

  has(key: string): boolean {
    return this.#documents.has(key);
  }

  get(key: string): T | null {
    const document = this.#documents.get(key);
    return document === undefined ? null : (JSON.parse(document) as T);
  }

  all(): T[] {
    return [...this.#documents.values()].map((document) => JSON.parse(document) as T);
  }

  set(key: string, row: T): void {
    const before = this.#documents.get(key);
    this.#undo.push(() => this.#restore(key, before));
    this.#documents.set(key, JSON.stringify(row));
  }

  delete(key: string): void {
    const before = this.#documents.get(key);
    this.#undo.push(() => this.#restore(key, before));
    this.#documents.delete(key);
  }

  /** Deletes for good, outside of any batch. */
  drop(isGone: (row: T, key: string) => boolean): void {
    for (const [key, document] of this.#documents) {
      if (isGone(JSON.parse(document) as T, key)) this.#documents.delete(key);
    }
  }

  #restore(key: string, before: string | undefined): void {
    if (before === undefined) this.#documents.delete(key);
    else this.#documents.set(key, before);
  }
}
