import { legible } from "../kernel/shortened.ts";
import { splitItem, type Item } from "./item.ts";
import { observabilityDigests } from "./observability-digests.ts";
import { unseenDifferences } from "./unseen-differences.ts";
import type { Action, ActionKind, NotObservableMark, Plan } from "./plan.ts";
import type { RoomState } from "./room-state.ts";
import { indexState, type StateIndex } from "./state-index.ts";

/** Whether `action` is one that was written before, against the same answer, and did not show. */
export function isMarked(
  action: Action,
  marks: ReadonlyMap<string, NotObservableMark>,
  observed: StateIndex,
): boolean {
  const mark = marks.get(markKey(action));
  if (mark === undefined) return false;
  const digests = observabilityDigests(action, observed);
  return mark.desired === digests.desired && mark.observed === digests.observed;
}

export function indexMarks(
  marks: readonly NotObservableMark[],
): ReadonlyMap<string, NotObservableMark> {
  return new Map(marks.map((mark) => [markKey(mark), mark]));
}

/**
 * The marks that VERIFY leaves: one for each action that `remaining` (the plan made from the read-back `observed`) still
 * has although the server took a write for the same thing in this pass.
 */
export function toNotObservableMarks(verified: {
  readonly succeeded: readonly Action[];
  readonly remaining: Plan;
  readonly observed: RoomState;
}): readonly NotObservableMark[] {
  const observed = indexState(verified.observed);
  const written = new Set(verified.succeeded.map(aspectKey));
  return verified.remaining.actions
    .filter((action) => written.has(aspectKey(action)))
    .filter((action) => action.kind !== "promote" || isUnpromoted(action.item, observed))
    .map((action) => toNotObservableMark(action, observed));
}

/** The mark that keeps `action` from being planned again while both sides stay as they are. */
export function toNotObservableMark(action: Action, observed: StateIndex): NotObservableMark {
  const { item, kind } = action;
  const differences = unseenDifferences(action, observed);
  return { item, kind, ...observabilityDigests(action, observed), differences };
}

/** The time of a pass, as far as marks go. */
export interface MarkTime {
  readonly nowMs: number;
  /** Names this run of the agent. */
  readonly run: string;
  /** A person asked for the pass. */
  readonly asked: boolean;
}

/** One write that does not show proves nothing: it may have been lost. */
const WRITES_UNTIL_HELD = 3;
const ONE_MORE_AFTER_MS = 3_600_000;

/**
 * The marks that hold their items back: after three writes, and until one more try is due. That is when a person asks, after a
 * restart, and after an hour. A policy that the server shows nowhere is written once and tried again only when a person asks.
 */
export function holdingMarks(
  marks: readonly NotObservableMark[],
  time: MarkTime,
): readonly NotObservableMark[] {
  return marks.filter((mark) => holdsBack(mark, time));
}

function holdsBack(mark: NotObservableMark, { nowMs, run, asked }: MarkTime): boolean {
  const { writes } = mark;
  if (writes === undefined || asked) return false;
  if (mark.kind === "setPolicy" && isShownNowhere(mark)) return true;
  const ageMs = nowMs - Date.parse(writes.lastAt);
  return writes.count >= WRITES_UNTIL_HELD && writes.run === run && ageMs < ONE_MORE_AFTER_MS;
}

function isShownNowhere({ differences = [] }: NotObservableMark): boolean {
  return differences.every(({ read }) => read === null);
}

/** Marks after a pass: `fresh` ones count on from those of the same write that the same answer followed. */
export function countedMarks(
  fresh: readonly NotObservableMark[],
  before: readonly NotObservableMark[],
  time: MarkTime,
): readonly NotObservableMark[] {
  const known = indexMarks(before);
  return fresh.map((mark) => {
    const last = known.get(markKey(mark));
    const isSame = last?.desired === mark.desired && last.observed === mark.observed;
    const count = (isSame ? (last.writes?.count ?? 1) : 0) + 1;
    const lastAt = new Date(time.nowMs).toISOString();
    return { ...mark, writes: { count, lastAt, run: time.run } };
  });
}

/**
 * Whether a mark says that the room is not what its spec wants: a policy, an artifact's content or its promotion reads
 * otherwise. Any other attribute, and what the server shows nowhere, is not known.
 */
export function isDenied(mark: NotObservableMark): boolean {
  const { kind, differences = [] } = mark;
  if (kind === "setPolicy") return !isShownNowhere(mark);
  if (kind === "promote") return differences.some(({ read }) => read !== null);
  return kind === "seed" && differences.some(({ attribute }) => attribute === "content");
}

/** `policy/maxArtifactsPerEntity: wanted 7, reads 100 after 3 writes`. */
export function markText({ item, kind, writes, differences = [] }: NotObservableMark): string {
  const count = writes?.count ?? 1;
  const parts = differences.slice(0, 3).map(({ attribute, wanted, read }) => {
    const name = kind === "setPolicy" ? "" : `${attribute} `;
    return `${name}wanted ${wanted}, ${read === null ? "not shown" : `reads ${read}`}`;
  });
  const more = differences.length > 3 ? `; and ${differences.length - 3} more` : "";
  return `${legible(item)}: ${parts.join("; ")}${more} after ${count} ${count === 1 ? "write" : "writes"}`;
}

/** A promote may remain only because its seed does; then its own read-back has nothing to say. */
function isUnpromoted(item: Item, observed: StateIndex): boolean {
  return observed.artifacts.get(splitItem(item).name)?.isPromoted === false;
}

export function markKey(marked: { readonly kind: ActionKind; readonly item: Item }): string {
  return `${marked.kind} ${marked.item}`;
}

/** A join that did not show leaves a join or a replace, so both write the same thing. */
function aspectKey(action: Action): string {
  return markKey({ kind: action.kind === "replace" ? "join" : action.kind, item: action.item });
}
