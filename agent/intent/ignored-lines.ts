import { legible } from "../kernel/shortened.ts";
import type { IgnoredLine } from "./trailers.ts";

/** A trailer that does not count for a room, as `IntentIgnored` reports it. */
export interface IgnoredIntent extends IgnoredLine {
  readonly commit: string;
}

/** The same for people, on a room and on a source. */
export function ignoredText({ commit, line, reason }: IgnoredIntent): string {
  return `\`${line}\` of commit ${commit} does not count: ${reason}`;
}

/** A trailer that does not count, with the rooms it was reported on; none if its commit touches no known room. */
export interface IgnoredReport extends IgnoredIntent {
  /** At most ten of them. */
  readonly rooms: readonly string[];
  readonly roomCount: number;
}

/** How many lines of one fetch are reported on one room, on the source and in the log; a push may hold any number. */
const LINES_KEPT = 5;
const ROOMS_KEPT = 10;

/** The newest lines, and how many there were. */
export class IgnoredLines<T extends IgnoredIntent = IgnoredIntent> {
  readonly #kept: T[] = [];
  #dropped: { readonly count: number; readonly newest: string } | null = null;

  add(line: T): void {
    this.#kept.push(line);
    if (this.#kept.length <= LINES_KEPT) return;
    const newest = this.#kept.shift()?.commit ?? line.commit;
    this.#dropped = { count: (this.#dropped?.count ?? 0) + 1, newest };
  }

  /** Oldest first; the lines that were left out are one entry at the beginning, made by `toEntry`. */
  list(toEntry: (dropped: IgnoredIntent) => T): readonly T[] {
    if (this.#dropped === null) return [...this.#kept];
    const { count, newest } = this.#dropped;
    const reason = `${count === 1 ? "1 older line of the same fetch also does" : `${count} older lines of the same fetch also do`} not count`;
    return [toEntry({ commit: newest, line: "…", reason }), ...this.#kept];
  }
}

/** A line with the rooms it is reported on, in as much as a log line shows. */
export function toReport(line: IgnoredIntent, roomIds: readonly string[]): IgnoredReport {
  const rooms = roomIds.slice(0, ROOMS_KEPT).map((roomId) => legible(roomId));
  return { ...line, rooms, roomCount: roomIds.length };
}
