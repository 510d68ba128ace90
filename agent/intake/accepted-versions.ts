import { firstParentLine } from "../intent/first-parent-line.ts";
import { isNewOwner } from "../room/judge-owner.ts";
import type { Room } from "../room/room.ts";
import { LOST_SPEC, OTHER_OWNER, OTHER_SPEC } from "../room/withdrawals.ts";
import type { StoreChange } from "../store/store.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { COMMIT_GONE, NOT_READ, NOT_SHOWN } from "./ended-confirms.ts";
import type { RoomNewsGiven } from "./room-news.ts";

/** The room as the news leaves it. */
type After = Pick<Room, "roomId" | "owner" | "head" | "versionConfirmed" | "confirmedHead">;

/** What a person accepted of the room's version after the news, and by which commit. */
export function versionAfter(
  row: After,
  given: RoomNewsGiven,
): Partial<
  Pick<Room, "versionConfirmed" | "versionConfirmedBy" | "confirmedHead" | "planConfirmed">
> {
  const { intent, history } = given;
  if (intent?.confirmedByName === true && row.head !== null) {
    const { naming } = intent;
    const by = naming === undefined ? null : { commit: naming.originId, actor: naming.actor };
    return { versionConfirmed: row.head.digest, versionConfirmedBy: by };
  }
  if (whyVersionEnds(row, given) === null) return {};
  // What a first clone finds was merged before there was an agent to plan it.
  return history === "first" ? NOT_ACCEPTED : { ...NOT_ACCEPTED, planConfirmed: null };
}

const NOT_ACCEPTED = { versionConfirmed: null, versionConfirmedBy: null, confirmedHead: null };

/** The record of an acceptance that ended before the lower version was applied. */
export function versionWithdrawn(
  row: After,
  given: RoomNewsGiven,
  { trail, log }: Pick<IntakeDeps, "trail" | "log">,
): readonly StoreChange[] {
  const { before, source, revision, correlationId } = given;
  if (before === null || row.versionConfirmed !== null || !isWaiting(before)) return [];
  const { roomId: room, versionConfirmedBy: by } = before;
  const confirmed = by == null ? {} : { confirmedBy: by.actor, confirmedIn: by.commit };
  const about = { room, revision, ...confirmed, lifted: ["SpecVersionRegressed"] };
  const why = whyVersionEnds({ ...row, versionConfirmed: before.versionConfirmed }, given);
  const message = `${why ?? OTHER_SPEC}: a lower version needs a new confirmation`;
  log.info({ ...about, detail: message }, "confirmation withdrawn");
  return [trail.event("confirmation.withdrawn", { ...about, source, message }, { correlationId })];
}

/** A lower version was accepted for the very inputs that the room has, and not applied yet. */
function isWaiting({ head, versionConfirmed, appliedVersion }: Room): boolean {
  if (head === null || appliedVersion === null || head.digest !== versionConfirmed) return false;
  return head.specVersion < appliedVersion.specVersion;
}

/** Why the acceptance of a lower version counts no more; null: it does, or there is none. */
function whyVersionEnds(
  { owner, head, versionConfirmed }: After,
  given: RoomNewsGiven,
): string | null {
  const { before, news, source } = given;
  if (before === null || versionConfirmed === null) return null;
  if (news.kind === "gone") return news.isLeftBehind === true ? null : LOST_SPEC;
  if (head !== null && head.digest !== versionConfirmed) return OTHER_SPEC;
  if (news.kind !== "inputs" && news.kind !== "intentOnly") return null;
  if (given.history === "first") return NOT_SHOWN;
  if (isNewOwner(before, source)) return OTHER_OWNER;
  return whyOfCommits(owner?.kind === "git" ? owner.path : null, given);
}

function whyOfCommits(path: string | null, given: RoomNewsGiven): string | null {
  const { before, history, kept, commits = [] } = given;
  if (given.isUnread === true) return NOT_READ;
  const commit = before?.versionConfirmedBy?.commit;
  // A request gave it, or an agent that did not note the commit.
  if (commit === undefined)
    return history === "rewritten" ? NOT_SHOWN : changedAfter(-1, path, commits);
  if (kept?.includes(commit) === false) return COMMIT_GONE;
  return changedAfter(
    commits.findIndex(({ oid }) => oid === commit),
    path,
    commits,
  );
}

/** A commit on the branch itself that changed the room's file behind this place, be that undone since. */
function changedAfter(
  place: number,
  path: string | null,
  commits: NonNullable<RoomNewsGiven["commits"]>,
): string | null {
  const line = firstParentLine(commits);
  const by = commits.findLast(
    ({ oid, touches }, at) =>
      at > place && line.has(oid) && touches.some((touch) => touch.path === path),
  );
  return by === undefined ? null : `commit ${by.oid.slice(0, 12)} changed the room's file since`;
}
