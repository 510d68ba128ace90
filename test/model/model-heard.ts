import type { Item } from "../../agent/plan/item.ts";
import type { CommitRange } from "../../agent/source/spec-source.ts";
import type { Room } from "../../agent/room/room.ts";
import type { Wish } from "./model-law.ts";
import { IN_PLACE, NOT_REMEMBERED } from "../../agent/room/dry-run-text.ts";

/** What a commit says, in the words the law is told. */
export interface Words {
  readonly confirm: "all" | readonly string[] | null;
  readonly dryRun: "all" | readonly string[] | null;
}

/** A commit as it concerns one room; a side without a good spec is null. */
export interface Told {
  readonly oid: string;
  readonly words: Words;
  /** Its `Confirm`, where that counted before and counts no more. Absent: it has none. */
  readonly spent?: Words["confirm"];
  /** It came in by a merge, and speaks for what it does itself; `merges`: it is one, and says nothing. */
  readonly merged: boolean;
  readonly merges: boolean;
  readonly touches: boolean;
  /** It touches no room. */
  readonly isEmpty: boolean;
  readonly before: Wish | null;
  readonly after: Wish | null;
}

/** What the commits of one fetch mean for a room. */
export interface Heard {
  /** By commit: what it must cover, beside what was being refused when it names the room. */
  readonly yes: ReadonlyMap<string, { readonly named: boolean; readonly items: Set<Item> }>;
  /** The commit that makes it a dry run, null where one ends it, undefined where none speaks of it. */
  readonly dryRun: string | null | undefined;
  /**
   * The commit that asked for a dry run of a spec which later ones changed: it counts again if the spec is back in the end. Those that
   * asked for one where there was no good spec come after it, and may count in its place.
   */
  readonly asked: readonly string[];
  /** A commit names the room in `Confirm:`, and so ends its dry run, whatever it is at. */
  readonly ended: boolean;
  /** Commits that touch the room and name others in `Dry-Run:`; where there is no such room, this one is held. */
  readonly maybe: ReadonlySet<string>;
  /** A commit names the room in `Confirm:`, and none touches it after that. */
  readonly confirmedByName: boolean;
}

function hear(roomId: string, commits: readonly Told[]): Heard {
  const yes = new Map<string, { named: boolean; items: Set<Item> }>();
  const takenOut = new Set<Item>();
  let dryRun: string | null | undefined;
  let asked: readonly string[] = [];
  let ended = false;
  let confirmedByName = false;
  for (const { oid, words, merged, merges, touches, isEmpty, before, after } of commits) {
    if (merges) continue;
    const speaksOf = (scope: Words["confirm"]) =>
      scope === "all" ? touches : (!merged || touches) && (scope?.includes(roomId) ?? false);
    const named = speaksOf(words.confirm) && words.confirm !== "all" && !merged;
    const out = before && after ? keysWithout(before, after) : [];
    if (touches) [dryRun, confirmedByName] = [null, false];
    const isMeant = words.dryRun === "all" && isEmpty && named;
    if (speaksOf(words.dryRun) || isMeant)
      [dryRun, asked] = [oid, after === null ? [...asked, oid] : [oid]];
    else if (speaksOf(words.confirm)) {
      yes.set(oid, { named, items: new Set([...out, ...(named ? takenOut : [])]) });
      if (named) [dryRun, confirmedByName, asked, ended] = [null, true, [], true];
    }
    for (const item of out) takenOut.add(item);
    // What cannot be read may have been anything.
    for (const item of after ? keysWithout(after, before) : []) {
      takenOut.delete(item);
      for (const { items } of yes.values()) items.delete(item);
    }
  }
  const maybe = commits.filter(
    ({ touches, words }) => touches && words.dryRun !== null && words.dryRun !== "all",
  );
  return {
    yes,
    dryRun,
    asked,
    ended,
    confirmedByName,
    maybe: new Set(maybe.map(({ oid }) => oid)),
  };
}

function keysWithout(a: Wish, b: Wish | null): readonly Item[] {
  return [...a.items.keys()].filter((item) => b?.items.has(item) !== true);
}

export const NOTHING: Heard = {
  yes: new Map(),
  dryRun: undefined,
  asked: [],
  ended: false,
  confirmedByName: false,
  maybe: new Set(),
};

/** Of a first head only a dry run that names the room counts, of a rewritten history any, and no yes. */
export function heardOf(
  roomId: string,
  history: CommitRange["history"],
  told: readonly Told[],
): Heard {
  if (history === "rewritten")
    return hear(
      roomId,
      told.map((one) => ({ ...one, words: { ...one.words, confirm: null } })),
    );
  if (history === "descends") return hear(roomId, told);
  const head = told.at(-1);
  const named = head?.words.dryRun !== "all" && head?.words.dryRun?.includes(roomId);
  return named === true ? { ...NOTHING, dryRun: head?.oid } : NOTHING;
}

/** Commits asked only to plan a spec (the newest that did), or a person confirmed it by the room's name. */
export type Plan = { readonly asks: string } | "confirmed";

export interface Seen {
  /** The row is at the inputs that came with those commits, for the first time. */
  readonly isNew: boolean;
  /** They came with a forced push. */
  readonly isForced: boolean;
  /** A forced push brought the spec back that a commit left in the room. */
  readonly leaves: (commit: string) => boolean;
  /** A commit left the newest spec in the room. */
  readonly left: (commit: string) => boolean;
  readonly isOnBranch: (commit: string) => boolean;
  /** What earlier commits and people said of the newest spec; null: nothing. */
  readonly plan: Plan | null;
  /** Of the newest commits one asks to plan the newest spec, and one above it confirmed that when it was read before. */
  readonly isSpent: boolean;
  /** Commits asked to plan the newest spec, with whichever seeds. */
  readonly isAsked: boolean;
}

/**
 * A dry run begins where a commit says so, or goes on from before; other inputs end it, or a person does who names the room. Where
 * a forced push brings others that the room is held to already, it does not go on; where it brings others, it is in doubt. A forced
 * push to what was only to be planned makes it that again, unless a person said yes to it.
 */
export function wrongDryRun(row: Room, before: Room | null, seen: Heard & Seen): readonly string[] {
  const { dryRun, asked, ended, isNew, isForced, leaves, maybe, plan } = seen;
  const was = before?.dryRun ?? before?.dryRunLeft ?? null;
  const kept = [before?.enforced, before?.verified];
  const past = [before?.enforcedBefore, before?.detour?.past?.enforced];
  const isOneOf = (those: typeof kept) => those.some((one) => one?.digest === row.head?.digest);
  const isHeldTo = isOneOf(kept);
  if (row.dryRun !== null) {
    const { commit, lookAlike } = row.dryRun;
    if ([dryRun, ...asked].includes(commit)) return [];
    const isDoubt = [IN_PLACE, NOT_REMEMBERED].includes(lookAlike?.line ?? "");
    if (isNew && isForced && plan === "confirmed" && !isDoubt)
      return [`a dry run of ${commit}, of what a person confirmed`];
    const isInPlace = lookAlike?.line === IN_PLACE;
    if (isNew && isInPlace && was === null && !seen.isAsked)
      return ["a dry run in the place of none"];
    if (leaves(commit)) return [];
    if (lookAlike !== undefined && maybe.has(commit)) return [];
    if (isNew && isForced && isHeldTo) return [`a dry run of ${commit} lasts over what is kept up`];
    if (isNew && isForced && !seen.isOnBranch(commit))
      return [`a dry run of ${commit}, which is not on the branch`];
    if (isNew && isForced && isInPlace) return [];
    if (was?.commit === commit) return [];
    return [`a dry run of ${commit}, not of ${dryRun}`];
  }
  if (isNew && typeof dryRun === "string" && !seen.isSpent)
    return [`the dry run of ${dryRun} is not in its row`];
  const isGone = row.owner?.kind !== "git" || row.overridden;
  if (
    isNew &&
    isForced &&
    !isGone &&
    !isOneOf([...kept, ...past]) &&
    plan !== null &&
    plan !== "confirmed"
  )
    return [`carries out what ${plan.asks} asked only to plan`];
  const isKept = before === null || was === null || isGone;
  if (isKept || before.overridden || before.head?.digest !== row.head?.digest) return [];
  const isOfAnother = was.oid !== undefined && !seen.left(was.commit);
  return ended || seen.isSpent || isOfAnother
    ? []
    : [`the dry run of ${was.commit} ended by itself`];
}
