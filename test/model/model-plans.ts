import type { CommitRange } from "../../agent/source/spec-source.ts";
import type { Room } from "../../agent/room/room.ts";
import type { Plan, Told } from "./model-heard.ts";
import type { Wish } from "./model-law.ts";

/** Of one room, by its inputs: the text of a spec, and its items with their seeds. */
type Plans = Map<string, Plan>;

/** Whether the agent has the room: what is said of another one may count or not. */
export interface ToldOf {
  readonly roomId: string;
  readonly owned: boolean;
}

/** What commits asked only to plan, and what a person said yes to since: whatever the branch goes back to, that stays so. */
export class ModelPlans {
  readonly #counted = new Map<string, Plans>();
  /** Which commits said yes to which plans, by room, text and commits. */
  readonly #yes = new Set<string>();
  readonly #asked = new Set<string>();
  #told: readonly (ToldOf & { readonly plans: Plans; readonly spent: ReadonlySet<string> })[] = [];

  /** Commits are told; they count when their head does. `wish`: the spec before them. */
  told(
    room: ToldOf,
    history: CommitRange["history"],
    { commits, wish: before }: { readonly commits: readonly Told[]; readonly wish: Wish | null },
  ): void {
    const plans: Plans = new Map();
    const spentOn = new Set<string>();
    let touched = before;
    for (const { oid, words, spent = null, merged, merges, touches, isEmpty, after } of commits) {
      if (merges) continue;
      if (touches) touched = after;
      const text = inputsOf(touched);
      if (text === null) continue;
      const names = (scope: typeof words.confirm) =>
        scope !== "all" && (!merged || touches) && scope?.includes(room.roomId) === true;
      const isNamed = history !== "rewritten" && names(words.confirm) && !merged;
      const isAll = words.dryRun === "all" && (touches || (isEmpty && isNamed));
      if (names(words.dryRun) || (isAll && history !== "first")) {
        plans.set(text, { asks: oid });
        if (touched !== null) this.#asked.add(JSON.stringify([room.roomId, touched.text]));
      } else if (isNamed && history === "descends") {
        const known = plans.get(text) ?? this.#planAt(room.roomId, text);
        if (room.owned) this.#yes.add(JSON.stringify([room.roomId, text, known, oid]));
        plans.set(text, "confirmed");
      } else if (names(spent) && !merged) {
        const known = plans.get(text) ?? this.#planAt(room.roomId, text);
        if (!this.#yes.has(JSON.stringify([room.roomId, text, known, oid]))) continue;
        plans.set(text, "confirmed");
        spentOn.add(text);
      }
    }
    this.#told = [...this.#told, { ...room, plans, spent: spentOn }];
  }

  /** Other commits are told, or told again. */
  forget(): void {
    this.#told = [];
  }

  count(): void {
    for (const { roomId, owned, plans } of this.#told)
      for (const [text, plan] of plans)
        if (owned) this.#of(roomId).set(text, plan);
        else this.#of(roomId).delete(text);
    this.#told = [];
  }

  /** A person ended the dry run of a spec by a request. */
  ended(row: Room, before: Room | null, wish: Wish | null): void {
    const text = inputsOf(wish);
    const isSame = before?.head?.digest === row.head?.digest && row.owner !== null;
    const isEnded = before !== null && before.dryRun !== null && row.dryRun === null;
    if (isSame && isEnded && text !== null) this.#of(row.roomId).set(text, "confirmed");
  }

  /** See `Seen.isSpent`. */
  isSpent(roomId: string, wish: Wish | null): boolean {
    const text = inputsOf(wish);
    const told = this.#told.find((one) => one.roomId === roomId);
    return text !== null && told?.spent.has(text) === true;
  }

  /** Commits asked to plan the spec, with whichever seeds. */
  isAsked(roomId: string, wish: Wish | null): boolean {
    return wish !== null && this.#asked.has(JSON.stringify([roomId, wish.text]));
  }

  planOf(roomId: string, wish: Wish | null): Plan | null {
    return this.#planAt(roomId, inputsOf(wish));
  }

  #planAt(roomId: string, text: string | null): Plan | null {
    return (text === null ? null : this.#of(roomId).get(text)) ?? null;
  }

  #of(roomId: string): Plans {
    const plans = this.#counted.get(roomId) ?? new Map();
    this.#counted.set(roomId, plans);
    return plans;
  }
}

function inputsOf(wish: Wish | null): string | null {
  return wish === null ? null : JSON.stringify([wish.text, [...wish.items]]);
}
