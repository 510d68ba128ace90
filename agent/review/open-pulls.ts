import type { PlanConfig } from "../config/config.ts";
import type { PullRequest } from "../forge/forge.ts";
import type { PlanState } from "./plan-status.ts";

/** A plan is made again after so long, ms: what the room server holds changes without a word. */
export const STALE_MS = 600_000;

/** After a change of a room that it touches a plan is made again, but not before so long, ms. */
const ROOM_MS = 60_000;

/** What is known of an open pull request. */
export interface KnownPull {
  readonly pull: PullRequest;
  /** The head that was to be planned last; null: none was. */
  readonly triedHead: string | null;
  /** Null: it was not planned yet. */
  readonly planned: PlannedPull | null;
  /** Monotonic ms before which it is not tried again; 0: at once. */
  readonly notBeforeMs: number;
  /** Failures in a row. */
  readonly failures: number;
  /** What kept the newest plan from being published; null: nothing did. */
  readonly error: PullError | null;
  /** A webhook was about it. */
  readonly isWoken: boolean;
  /** What was planned last did not come to its end, or was not whole. */
  readonly isUnfinished: boolean;
  /** A room that it touches changed. */
  readonly isRoomChanged: boolean;
}

export interface PullError {
  readonly reason: string;
  readonly message: string;
}

/** A forge that is still looking at a push may not know it. */
export const NO_HEAD: PullError = {
  reason: "PlanNotPublished",
  message: "the forge does not say yet which commit its head is",
};

export interface PlannedPull {
  readonly head: string;
  readonly base: string;
  /** Of the labels that were on. */
  readonly labels: string;
  readonly digest: string;
  readonly state: PlanState;
  readonly rooms: ReadonlySet<string>;
  readonly atMs: number;
  /** ISO time. */
  readonly at: string;
}

export type PlanCause =
  | "new"
  | "new head"
  | "again"
  | "branch moved"
  | "labels"
  | "room changed"
  | "stale"
  /** It may have a head that the list does not show; nothing else is known to be new. */
  | "webhook";

/** Why a pull request is to be planned now; null: it is not. */
export function whyDue(
  known: KnownPull,
  { base, nowMs }: { readonly base: string; readonly nowMs: number },
): PlanCause | null {
  const { pull, triedHead, planned, notBeforeMs, isRoomChanged } = known;
  if (triedHead === null) return "new";
  if (triedHead !== pull.headSha) return "new head";
  if (nowMs < notBeforeMs) return null;
  if (planned === null || known.isUnfinished) return "again";
  if (planned.base !== base) return "branch moved";
  if (planned.labels !== labelsKey(pull)) return "labels";
  if (isRoomChanged && nowMs - planned.atMs >= ROOM_MS) return "room changed";
  if (nowMs - planned.atMs >= STALE_MS) return "stale";
  return known.isWoken ? "webhook" : null;
}

export function labelsKey({ labels }: Pick<PullRequest, "labels">): string {
  return JSON.stringify(labels.map(({ id, name }) => `${id ?? ""} ${name}`).sort());
}

export interface ChosenPulls {
  readonly chosen: readonly PullRequest[];
  readonly drafts: readonly PullRequest[];
  readonly forks: readonly PullRequest[];
  /** Over `MostPullRequests`: the oldest. */
  readonly leftOut: readonly PullRequest[];
}

/** Which open pull requests are planned: the newest of those that may be, by number. */
export function choosePulls(
  list: readonly PullRequest[],
  { forks, mostPullRequests }: Pick<PlanConfig, "forks" | "mostPullRequests">,
): ChosenPulls {
  const ours = list.filter(({ isOurBase, state }) => isOurBase && state === "open");
  const ready = ours.filter(({ isDraft }) => !isDraft);
  const allowed = ready
    .filter(({ isFork }) => forks || !isFork)
    .toSorted((one, other) => other.number - one.number);
  return {
    chosen: allowed.slice(0, mostPullRequests).reverse(),
    drafts: ours.filter(({ isDraft }) => isDraft),
    forks: forks ? [] : ready.filter(({ isFork }) => isFork),
    leftOut: allowed.slice(mostPullRequests),
  };
}
