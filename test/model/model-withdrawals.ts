import type { Item } from "../../agent/plan/item.ts";
import type { CommitRange } from "../../agent/source/spec-source.ts";
import type { StoreChange } from "../../agent/store/store.ts";
import type { Told } from "./model-heard.ts";
import type { RoomLaw } from "./model-law.ts";
import type { Yes } from "./model-yes.ts";

/** What the newest commits did to one room, oldest first. */
interface Done {
  readonly oid: string;
  /** What the branch got back by it. */
  readonly back: ReadonlySet<Item>;
  /** What it left there cannot be read. */
  readonly isOut: boolean;
}

/** What ends a confirmation before it is used up: that the agent ends those that it must, and no others. */
export class ModelWithdrawals {
  readonly #done = new Map<string, readonly Done[]>();

  told(roomId: string, history: CommitRange["history"], commits: readonly Told[]): void {
    const done = commits.map(({ oid, merged, before, after }): Done => {
      // The branch itself gets back what the merge brings.
      if (merged) return { oid, back: new Set(), isOut: false };
      // Of another history it is not known what its commits are built on.
      if (history === "first") return { oid, back: new Set(), isOut: true };
      const items = [...(after?.items.keys() ?? [])];
      const back = new Set(items.filter((item) => before?.items.has(item) !== true));
      return { oid, back, isOut: (before !== null && after === null) || history === "rewritten" };
    });
    this.#done.set(roomId, done);
  }

  /** Notes what the agent withdrew, and gives back what is wrong with that. */
  wrote(changes: readonly StoreChange[], laws: ReadonlyMap<string, RoomLaw>): readonly string[] {
    const isWithdrawal = (change: StoreChange) =>
      change.kind === "audit" && change.record.action === "confirmation.withdrawn";
    return changes.flatMap((change, at) => {
      const next = changes[at + 1];
      if (change.kind !== "confirmationUsed" || next?.kind !== "audit" || !isWithdrawal(next))
        return [];
      const { room: roomId } = next.record.metadata;
      if (typeof roomId !== "string") return [];
      const law = laws.get(roomId);
      const yes = law?.yes.get(change.id);
      const wrong = change.items.filter((item) => !this.#mayEnd(roomId, item, { law, yes }));
      for (const item of change.items) yes?.used.add(item);
      return wrong.map((item) => `${roomId}: ${change.id} does not cover ${item} any more`);
    });
  }

  #mayEnd(
    roomId: string,
    item: Item,
    { law, yes }: { readonly law: RoomLaw | undefined; readonly yes: Yes | undefined },
  ): boolean {
    const done = this.#done.get(roomId) ?? [];
    const isBack = done.some(({ back, isOut }) => isOut || back.has(item));
    if (law === undefined || isBack || !law.owned || law.isPosted || law.rewritten) return true;
    return law.newest?.items.has(item) === true || (yes !== undefined && yes.boundTo !== null);
  }

  /** What is still confirmed by a commit although a later one, which counts now, gave it back. */
  missed(laws: ReadonlyMap<string, RoomLaw>, nowMs: number): readonly string[] {
    return [...laws].flatMap(([roomId, { yes }]) => {
      const done = this.#done.get(roomId) ?? [];
      return [...yes].flatMap(([id, { items, used, expiresMs }]) => {
        const from = done.findIndex(({ oid }) => id === `commit/${oid}/${roomId}`);
        const later = done.slice(from + 1);
        const back = new Set(later.flatMap((one) => [...one.back]));
        const left = [...items].filter((item) => back.has(item) && !used.has(item));
        const isLeft = nowMs < expiresMs && left.length > 0;
        return isLeft ? [`${roomId}: ${id} still covers ${left.join()}`] : [];
      });
    });
  }
}
