import { MOST_REHEARSALS, type Rehearsal } from "../room/rehearsals.ts";
import type { DryRun } from "../room/room.ts";
import { toDryRun } from "./to-dry-run.ts";
import type { RoomChange } from "./room-changes.ts";
import type { DryRunWord } from "./room-intent.ts";

/** What the commits read so far say of one room's dry run. */
export class DryRunDraft {
  #word: DryRunWord = { kind: "unchanged" };
  /** The dry run of a spec that ended last: it lasts where that spec is back in the end. */
  #asked: { readonly oid: string; readonly dryRun: DryRun } | null = null;
  /** The last good spec of the room; null: no file of it is left; undefined: no commit has touched it. */
  #oid: string | null | undefined;
  #lastSpec: string | null = null;
  /** The newest commit that touches the room leaves it a file that cannot be read. */
  #isBroken = false;
  /** The dry runs that a later commit ended, by the blob id of their spec, the newest at the end. */
  readonly #ended = new Map<string, DryRun>();
  readonly #confirmed = new Set<string | null>();
  /** What is said without any `Confirm`; null: no `Confirm` names the room since the last `Dry-Run`. */
  #without: DryRunDraft | null = null;

  get word(): DryRunWord {
    return this.#word;
  }

  /** What these commits would say if none of them named the room in `Confirm`. */
  get unconfirmed(): DryRunWord {
    return this.#without?.word ?? this.#word;
  }

  /** The last good spec that a commit left, though its file may be gone since; null: none did. */
  get lastSpec(): string | null {
    return this.#lastSpec;
  }

  get isOn(): boolean {
    return this.#word.kind === "on";
  }

  /** Newest first, and one more than a room remembers, so that it can be seen that there were more. */
  get ended(): readonly Rehearsal[] {
    const all = [...this.#ended].map(([oid, dryRun]) => ({ ...dryRun, oid }));
    return all.toReversed().slice(0, MOST_REHEARSALS + 1);
  }

  /** The specs that a commit confirmed by the room's name; null: the one that the room had before these commits. */
  get confirmed(): readonly (string | null)[] {
    return [...this.#confirmed];
  }

  /** A commit touches the room; that it is a dry run is noted afterwards. */
  touched(change: Pick<RoomChange, "was" | "is" | "isLost" | "reseeded">): void {
    this.#without?.touched(change);
    const { was, is, isLost, reseeded } = change;
    const byName = this.#word.kind === "off" && this.#word.byName === true;
    if (this.#word.kind === "on") this.#end(this.#word, this.#oid === undefined ? was : this.#oid);
    if (reseeded) this.#asked = null;
    this.#word = {
      kind: "off",
      ...(byName ? { byName } : {}),
      ...(this.#asked === null ? {} : { asked: this.#asked }),
    };
    this.#isBroken = is === null && !isLost;
    if (is !== null || isLost) this.#oid = is;
    this.#lastSpec = is ?? this.#lastSpec;
  }

  hold(dryRun: DryRun): void {
    this.#word = { kind: "on", ...dryRun };
    this.#without = null;
  }

  /** A commit names the room in `Confirm`. */
  confirm(): void {
    this.#without ??= this.#copy();
    this.#word = { kind: "off", byName: true };
    this.#asked = null;
    if (this.#oid === null) return;
    this.#confirmed.add(this.#oid ?? null);
    if (this.#oid !== undefined) this.#ended.delete(this.#oid);
  }

  /** As far as its word depends on it. */
  #copy(): DryRunDraft {
    const copy = new DryRunDraft();
    copy.#word = this.#word;
    copy.#asked = this.#asked;
    copy.#oid = this.#oid;
    copy.#isBroken = this.#isBroken;
    return copy;
  }

  /**
   * A later commit touches the room. A dry run of a commit that leaves the room without a file is about no spec, and one of a
   * commit that breaks the file is not about the spec before it.
   */
  #end(on: DryRun, oid: string | null): void {
    if (oid === null) return;
    const dryRun = toDryRun(on);
    this.#asked = { oid, dryRun };
    if (this.#isBroken) return;
    this.#ended.delete(oid);
    this.#ended.set(oid, dryRun);
  }
}
