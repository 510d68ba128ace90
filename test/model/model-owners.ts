import type { Room } from "../../agent/room/room.ts";
import type { SourceRow } from "../../agent/room/rows.ts";
import { wrongOwner } from "./model-law.ts";

/** Which source the agent is configured with, and what it may own by that. */
export class ModelOwners {
  /** Null: no source is configured. */
  source: string | null = "specs";
  /** By source, the head of its newest snapshot that counts. */
  readonly #heads = new Map<string, string>();

  /** The head that counts of the source that is configured; empty: none yet. */
  get head(): string {
    return this.#heads.get(this.source ?? "") ?? "";
  }

  /** True when a source's head is another one than before. */
  isNewHead({ name, observedHead }: SourceRow): boolean {
    if (observedHead === null || observedHead === this.#heads.get(name)) return false;
    this.#heads.set(name, observedHead);
    return true;
  }

  /** What is wrong with the owner of a row that was written. */
  wrongWith({ owner }: Room): readonly string[] {
    return wrongOwner(owner, { source: this.source, isNamed: false });
  }

  /** Whether a room lost its owner by the configuration. */
  isLost({ lostOwner }: Room): boolean {
    return lostOwner != null && lostOwner.source !== this.source;
  }

  /** Whether what was confirmed in a room ends with this change: it lost its spec, or gets another one from another source. */
  endsYes(row: Room, before: Room | null): boolean {
    if (before === null) return false;
    if (row.owner === null) return before.owner !== null && !this.isLost(row);
    const { owner, lostOwner, head } = before;
    const isSame = owner?.kind === row.owner.kind && sourceOf(owner) === sourceOf(row.owner);
    return !isSame && (owner !== null || lostOwner === null || head?.digest !== row.head?.digest);
  }
}

function sourceOf(owner: Room["owner"]): string | null {
  return owner?.kind === "git" ? owner.source : null;
}
