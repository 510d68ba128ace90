import { SHOWN_ENTRIES } from "./cut-names.ts";

/** Which entries of each list are shown: `count` of them, after the first `offset`. */
export interface Page {
  readonly offset: number;
  readonly count: number;
}

/** Of each list where many rooms, or many lists of one room, are shown together. */
export const FIRST_ENTRIES: Page = { offset: 0, count: SHOWN_ENTRIES };
export const ALL_ENTRIES: Page = { offset: 0, count: Number.POSITIVE_INFINITY };

/** A list that is shown in part. */
export interface CutList {
  readonly list: string;
  readonly shown: number;
  readonly total: number;
}

/** Shows one page of each list, and notes which lists have more entries than that. */
export class ListPager {
  readonly page: Page;
  readonly #cut: CutList[] = [];

  constructor(page: Page) {
    this.page = page;
  }

  show<T>(list: string, all: readonly T[]): readonly T[] {
    const { offset, count } = this.page;
    const shown = all.slice(offset, offset + count);
    if (shown.length < all.length) this.#cut.push({ list, shown: shown.length, total: all.length });
    return shown;
  }

  /** Absent where nothing is left out. */
  get cutLists(): { readonly cutLists?: readonly CutList[] } {
    return this.#cut.length === 0 ? {} : { cutLists: this.#cut };
  }
}
