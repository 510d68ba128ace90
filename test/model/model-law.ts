import type { Item } from "../../agent/plan/item.ts";
import type { Action } from "../../agent/plan/plan.ts";
import type { DriftPolicy } from "../../agent/spec/drift-annotation.ts";
import type { RoomOwner, Room } from "../../agent/room/room.ts";
import type { Yes } from "./model-yes.ts";

/** What a room holds, or should: item by item, with what an artifact is made of and what an entity is called. */
export type Holding = ReadonlyMap<Item, string>;

/** A spec as the law sees it. */
export interface Wish {
  readonly revision: string;
  readonly version: number;
  readonly text: string;
  readonly drift: DriftPolicy;
  readonly items: Holding;
}

export const LIMITS = { entity: 2, artifact: 1, share: 0.5 } as const;

/**
 * How one room is to be treated, whatever happens: what it must hold, what may be taken out of it and what must be refused.
 * It knows nothing of plans, passes, intents and calls.
 */
export class RoomLaw {
  /** A spec names it: it may be written to. */
  owned = false;
  /** When it was let go of, while a call may be on its way that was sent before anybody could tell. */
  crossingMs: number | null = null;
  /** The newest good spec that was told. */
  newest: Wish | null = null;
  /** Why the newest may not be carried out, beside what it would remove: broken file, emptied source, dry run, version. */
  obstacles: readonly string[] = [];
  /** What is kept up while the newest may not be. */
  enforced: Wish | null = null;
  /** Nothing is removed without a yes from a room that was never seen as its spec says. */
  verifiedBefore = false;
  /** The history was rewritten under it: until it has converged, only a yes that names it lets anything go. */
  rewritten = false;
  /** Revisions that were the newest while it was so. */
  readonly marked = new Set<string>();
  /** What it was seen to be last. */
  verified: Wish | null = null;
  readonly yes = new Map<string, Yes>();
  /** What it holds may be that of others, but for these. */
  inDoubt = false;
  ours: ReadonlySet<Item> = new Set();

  /** The newest spec was posted. */
  get isPosted(): boolean {
    return this.newest?.revision.startsWith("api@") ?? false;
  }

  /** May this be made of what is there? Then exactly that must be made of it, in the end; else nothing may be done. */
  allows(wish: Wish, found: Holding, nowMs: number): boolean {
    const leaving = this.leaving(wish, found, nowMs);
    const open = leaving.filter((item) => !this.covers(item, nowMs, { wish }));
    const countOf = (kind: string) => open.filter((item) => item.startsWith(`${kind}/`)).length;
    if (open.length === 0) return true;
    if (this.inDoubt && open.some((item) => !this.ours.has(item))) return false;
    if (!this.verifiedBefore || open.length > found.size * LIMITS.share) return false;
    return countOf("entity") <= LIMITS.entity && countOf("artifact") <= LIMITS.artifact;
  }

  /** What goes when a room is made what `wish` says: all that it does not name, but for what is held. */
  leaving(wish: Wish, found: Holding, nowMs: number): readonly Item[] {
    const extra = extraItems(wish, found);
    if (!this.rewritten || wish.revision.startsWith("api@")) return extra;
    return extra.filter((item) => this.covers(item, nowMs, { wish, byName: true }));
  }

  /** A confirmation of a posted spec covers removals for that spec alone. */
  covers(item: Item, nowMs: number, by: { wish: Wish; byName?: boolean }): boolean {
    return [...this.yes.values()].some(
      ({ named, boundTo, items, used, expiresMs }) =>
        (named || by.byName !== true) &&
        (boundTo === null || boundTo === by.wish.revision) &&
        items.has(item) &&
        !used.has(item) &&
        nowMs < expiresMs,
    );
  }

  /** Confirmations of other posted specs do not come back with their specs. */
  unbind(newest: string): void {
    for (const { boundTo, items, used } of this.yes.values()) {
      if (boundTo !== null && boundTo !== newest) for (const item of items) used.add(item);
    }
  }

  /** Whatever was confirmed of these items is spent: they were removed, or the spec names them again. */
  spend(items: Iterable<Item>): void {
    for (const item of items) for (const { used } of this.yes.values()) used.add(item);
  }

  /** What the agent knows of whose the things in it are. */
  judge({ verifiedBefore, inDoubt = null, inventory }: Room): void {
    this.verifiedBefore = verifiedBefore;
    this.inDoubt = inDoubt !== null;
    this.ours = new Set(inventory);
  }

  /** It lost its spec: what was confirmed of that ends with it. */
  spendAll(): void {
    for (const { items } of this.yes.values()) this.spend(items);
  }

  /** It was found to be as `revision` says: where that is the newest, nothing is left that was confirmed. */
  foundAs(revision: string): void {
    if (revision !== this.newest?.revision || this.obstacles.length > 0) return;
    for (const { boundTo, items, used } of this.yes.values())
      if (boundTo === null || boundTo === revision) for (const item of items) used.add(item);
  }

  /** What the room must be made into; null: it stays as it is. */
  target(found: Holding, nowMs: number): Wish | null {
    if (!this.owned) return null;
    const head = this.obstacles.length === 0 ? this.newest : null;
    return [head, this.enforced].find((w) => w !== null && this.allows(w, found, nowMs)) ?? null;
  }
}

function extraItems(wish: Wish, found: Holding): readonly Item[] {
  return [...found.keys()].filter((item) => !wish.items.has(item));
}

export function missingItems(wish: Wish, found: Holding): readonly Item[] {
  return [...wish.items].filter(([item, made]) => found.get(item) !== made).map(([item]) => item);
}

export const REMOVALS: ReadonlySet<string> = new Set(["kick", "delete"]);

export interface Intended {
  readonly law: RoomLaw;
  readonly found: Holding;
  readonly actions: readonly Action[];
  readonly nowMs: number;
  /** What was found cannot be believed: it is no reason to remove anything. */
  readonly isOdd: boolean;
  /** Something could not be believed, and a second read has to decide: until then removals are held and the rest may go on. */
  readonly isDoubted: boolean;
}

/** What is wrong with making a room what `wish` says by these actions. */
export function wrongWith(
  wish: Wish | null,
  { law, found, actions, nowMs, isOdd, isDoubted }: Intended,
): readonly string[] {
  if (wish === null) return ["no spec is there"];
  const { obstacles, newest } = law;
  const isNewest = wish.text === newest?.text;
  const isEnforced = wish.text === law.enforced?.text;
  const leaving = law.leaving(wish, found, nowMs);
  const removals = actions.filter(({ kind }) => REMOVALS.has(kind));
  const kicks = removals.filter(({ kind }) => kind === "kick").length;
  const isFree = obstacles.length === 0 && newest !== null;
  const isHeld = isOdd || (isDoubted && removals.length === 0);
  const allows = (one: Wish) => isHeld || law.allows(one, found, nowMs);
  const wrong: Readonly<Record<string, boolean>> = {
    "the room is nobody's": !law.owned,
    "neither newest nor enforced": !isNewest && !isEnforced,
    [`in spite of ${obstacles.join()}`]: isNewest && !isEnforced && obstacles.length > 0,
    "not the newest, which might be": !isNewest && isFree && !isDoubted && allows(newest),
    [`removes ${extraItems(wish, found).join()} of ${[...found.keys()].join()}`]: !allows(wish),
    "removes on the word of a lie": isOdd && removals.length > 0,
    "removes what the spec names": removals.some(({ item }) => wish.items.has(item)),
    "removes what is held": removals.some(({ item }) => !leaving.includes(item)),
    "removes what is not there": removals.some(({ item }) => !found.has(item)),
    "kicks too many": kicks > LIMITS.entity,
    "deletes too many": removals.length - kicks > LIMITS.artifact,
  };
  return Object.keys(wrong).filter((what) => wrong[what]);
}

/** Who owns a room of git once its source was polled: the configured source if its head names the room, and never another. */
export function wrongOwner(
  owner: RoomOwner | null,
  { source, isNamed }: { readonly source: string | null; readonly isNamed: boolean },
): readonly string[] {
  const isForeign = owner?.kind === "git" && owner.source !== source;
  const isMissed = source !== null && isNamed && owner === null;
  return [
    ...(isForeign ? [`belongs to ${owner.source}, which is not configured`] : []),
    ...(isMissed ? [`has no owner, and ${source} names it`] : []),
  ];
}

/** Where a room is not exactly what a spec says. */
export function differences(wish: Wish | null, found: Holding): readonly Item[] {
  return wish === null ? [] : [...extraItems(wish, found), ...missingItems(wish, found)];
}

/** Where a room that is said to be as a spec says is not. What an entity is called may not show: the status says so. */
export function wrongClaim(
  wish: Wish | null,
  { blocked }: Pick<Room, "blocked">,
  found: Holding,
): readonly Item[] {
  if (wish?.drift === "off") return [];
  const unseen = new Set(
    blocked
      .filter(({ item, reason }) => reason === "NotObservable" && item.startsWith("entity/"))
      .map(({ item }) => item),
  );
  return differences(wish, found).filter((item) => !found.has(item) || !unseen.has(item));
}

/** The items a row says are being refused. */
export function refusedItems(row: Room | null): readonly Item[] {
  return row?.refusals.flatMap(({ items }) => items) ?? [];
}

/** The digest of the inputs that are not tried again; null when there are none. */
export function quarantineOf(row: MaybeQuarantined | null): string | null {
  return row?.quarantine?.digest ?? null;
}

type MaybeQuarantined = Room & { readonly quarantine?: { readonly digest: string } | null };

/** What keeps the newest spec from being carried out, beside what it would remove. */
export function obstaclesOf(
  row: Room | null,
  newest: Wish | null,
  known: {
    readonly isBroken: boolean;
    readonly isEmptied: boolean;
    readonly isWindowClosed: boolean;
    readonly verifiedTexts: ReadonlySet<string>;
  },
): readonly string[] {
  const isQuarantined = row !== null && quarantineOf(row) === row.head?.digest;
  return [
    ...(known.isBroken ? ["broken"] : []),
    ...(known.isEmptied ? ["emptied"] : []),
    ...(row !== null && row.dryRun !== null ? ["dry run"] : []),
    ...(isQuarantined ? ["quarantined"] : []),
    ...(known.isWindowClosed && row?.enforced?.digest !== row?.head?.digest ? ["window"] : []),
    ...(row !== null && isRegressed(row, newest, known.verifiedTexts) ? ["version"] : []),
  ];
}

/** What is wrong with the list of items that a commit is taken to confirm, where `refused` was being refused. */
export function wrongYes(
  items: readonly Item[],
  heard: { readonly named: boolean; readonly items: ReadonlySet<Item> } | undefined,
  refused: ReadonlySet<Item>,
): readonly string[] {
  if (heard === undefined) return ["the commit says no such thing"];
  const more = items.filter((item) => !heard.items.has(item));
  const over = heard.named ? more.filter((item) => !refused.has(item)) : more;
  const lacks = [...heard.items].filter((item) => !items.includes(item));
  return [
    ...over.map((item) => `covers ${item} as well`),
    ...lacks.map((item) => `does not cover ${item}`),
  ];
}

/** Down to a version that was never verified, or of which nobody can say that it is built on what was applied. */
function isRegressed(
  { appliedVersion: applied, versionConfirmed, head, lineage }: Room,
  newest: Wish | null,
  verifiedTexts: ReadonlySet<string>,
): boolean {
  const isLower = applied !== null && newest !== null && newest.version < applied.specVersion;
  if (!isLower || versionConfirmed === head?.digest) return false;
  return !verifiedTexts.has(newest.text) || lineage !== applied.lineage;
}
