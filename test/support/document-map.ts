/**
 * Rows by key, in the order they first came, kept as JSON text so that nobody shares an object with them. Changes since
 * `begin` can be taken back.
 */
export class DocumentMap<T extends object> {
  readonly #documents = new Map<string, Document<T>>();
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
    return document === undefined ? null : toRow(document);
  }

  keys(): string[] {
    return [...this.#documents.keys()];
  }

  all(): T[] {
    return this.filter(() => true);
  }

  /** The rows that `isWanted` says yes to; it must not keep or change what it is shown. */
  filter(isWanted: (row: T) => boolean): T[] {
    return [...this.#documents.values()].filter(({ row }) => isWanted(row)).map(toRow);
  }

  set(key: string, row: T): void {
    const before = this.#documents.get(key);
    this.#undo.push(() => this.#restore(key, before));
    const text = JSON.stringify(row);
    this.#documents.set(key, { text, row: JSON.parse(text) as T });
  }

  delete(key: string): void {
    const before = this.#documents.get(key);
    this.#undo.push(() => this.#restore(key, before));
    this.#documents.delete(key);
  }

  /** Deletes for good, outside of any batch. */
  drop(isGone: (row: T, key: string) => boolean): void {
    for (const [key, document] of this.#documents) {
      if (isGone(document.row, key)) this.#documents.delete(key);
    }
  }

  #restore(key: string, before: Document<T> | undefined): void {
    if (before === undefined) this.#documents.delete(key);
    else this.#documents.set(key, before);
  }
}

/** A row as text, and once more for looking at. */
interface Document<T> {
  readonly text: string;
  readonly row: T;
}

function toRow<T>({ text }: Document<T>): T {
  return JSON.parse(text) as T;
}
