import type { CommitLabels, LabelConfirm, ReviewedPulls } from "./commit-labels.ts";
import type { CommitWords } from "./commit-words.ts";
import { didYouMean, type MeantBy } from "./ignored-reasons.ts";
import type { RoomDraft, RoomDrafts } from "./room-drafts.ts";

export interface LabelView {
  /** The commit that the labels speak at. */
  readonly words: CommitWords;
  /** The rooms that it touches. */
  readonly touched: readonly string[];
  /** The rooms that lines of the commit hold, which do not count as trailers. */
  readonly held: ReadonlyMap<string, unknown>;
  readonly drafts: RoomDrafts;
  /** A room of this source, or of none. */
  readonly isOurs: (roomId: string) => boolean;
  /** A name is a room that the commit may speak for. */
  readonly isRoom: (name: string) => boolean;
  readonly meantBy: MeantBy | undefined;
}

/**
 * Notes in the drafts what labels say of a merge, which adds to what its commits say, and gives back the rooms that they make a dry
 * run. A dry run of a room that is not known holds whatever the merge changes: the name may be a typing error.
 */
export function readLabels(labels: CommitLabels | undefined, view: LabelView): ReadonlySet<string> {
  const { dryRuns, confirms } = labels ?? NOTHING;
  const { words, touched, drafts } = view;
  const commit = words.record.oid;
  const dry = new Set<string>();
  for (const roomId of touched)
    if (labels?.reviewed !== undefined || drafts.has(roomId))
      drafts.of(roomId).reviewed = toReviewed(labels?.reviewed, roomId);
  for (const { line, room } of dryRuns) {
    const isKnown = room === null || view.isRoom(room);
    if (!isKnown)
      drafts.report({ commit, line, reason: NOT_A_ROOM(room, view.meantBy?.(room)) }, touched);
    for (const roomId of room !== null && isKnown ? [room] : touched) {
      const draft = drafts.of(roomId);
      draft.dryRun.hold({ commit, label: line });
      draft.named ||= room !== null;
      dry.add(roomId);
    }
  }
  for (const label of confirms) confirm(label, view, dry);
  return dry;
}

function toReviewed(by: ReviewedPulls | undefined, roomId: string): RoomDraft["reviewed"] {
  if (by === undefined) return null;
  return { pullRequest: by.pullRequest, plan: by.plans.get(roomId) ?? null };
}

const NOTHING: CommitLabels = { dryRuns: [], confirms: [] };

function confirm(label: LabelConfirm, view: LabelView, dry: ReadonlySet<string>): void {
  const { words, drafts, held } = view;
  const { line } = label;
  const commit = words.record.oid;
  for (const [roomId, items] of label.items) {
    if (!view.isOurs(roomId)) {
      drafts.report({ commit, line, reason: NOT_OURS(roomId) }, []);
      continue;
    }
    const draft = drafts.of(roomId);
    if (dry.has(roomId) || held.has(roomId) || draft.dryRun.isOn) {
      drafts.report({ commit, line, reason: DRY_RUN_WINS }, [roomId]);
      continue;
    }
    const said = { ...words, label };
    for (const item of items) if (!draft.confirmed.has(item)) draft.confirmed.set(item, said);
    draft.named = true;
  }
}

const DRY_RUN_WINS =
  "a `Dry-Run` of the same push wins in this room: confirm in a later commit that names the room";
const NOT_OURS = (roomId: string) =>
  `room "${roomId}" belongs to another source, or this one may not manage it`;
const NOT_A_ROOM = (roomId: string, meant: string | undefined) =>
  `no room "${roomId}" belongs to this source${didYouMean(meant)}, so whatever the merge changes is only planned: ` +
  "check the id in the label's name";
