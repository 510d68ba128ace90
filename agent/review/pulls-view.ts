import type { PullRequest } from "../forge/forge.ts";
import type { KnownPull, PullError } from "./open-pulls.ts";

/** Pull requests that are shown; more are counted. */
const SHOWN = 20;

/** The open pull requests of a source, as people are shown them. */
export interface PullsView {
  /** ISO time of the last look; null before the first. */
  readonly lastLook: string | null;
  readonly list: readonly PullView[];
  /** How many are open; more than `list` has where there are many. */
  readonly count: number;
  /** False: the forge has more than it listed. */
  readonly isWhole: boolean;
  /** What the forge failed with; null: it did not. */
  readonly error: PullError | null;
}

export interface PullView {
  readonly number: number;
  readonly url: string;
  /** `waiting`: not planned yet; the last three are not planned, and why. */
  readonly state: "success" | "failure" | "error" | "waiting" | "draft" | "fork" | "leftOut";
  /** Commit id of the head that was planned; null: none was. */
  readonly plannedHead: string | null;
  readonly planDigest: string | null;
  readonly plannedAt: string | null;
  readonly error: PullError | null;
}

export function toPullsView(given: {
  readonly known: readonly KnownPull[];
  readonly drafts: readonly PullRequest[];
  readonly forks: readonly PullRequest[];
  readonly leftOut: readonly PullRequest[];
  readonly failure: PullError | null;
  readonly lastLook: string | null;
  readonly isWhole: boolean;
}): PullsView {
  const { known, drafts, forks, leftOut, failure, lastLook, isWhole } = given;
  const unplanned = (state: PullView["state"]) => (pull: PullRequest) => ({ ...bare(pull), state });
  const all = [
    ...known.map(knownView),
    ...drafts.map(unplanned("draft")),
    ...forks.map(unplanned("fork")),
    ...leftOut.map(unplanned("leftOut")),
  ].toSorted((one, other) => other.number - one.number);
  const error = failure === null ? null : { reason: failure.reason, message: failure.message };
  return { lastLook, list: all.slice(0, SHOWN), count: all.length, isWhole, error };
}

function knownView({ pull, planned, error }: KnownPull): PullView {
  if (planned === null) return { ...bare(pull), state: "waiting", error };
  const { head, digest, at, state } = planned;
  return {
    number: pull.number,
    url: pull.url,
    state,
    plannedHead: head,
    planDigest: digest,
    plannedAt: at,
    error,
  };
}

function bare({ number, url }: PullRequest): Omit<PullView, "state"> {
  return { number, url, plannedHead: null, planDigest: null, plannedAt: null, error: null };
}
