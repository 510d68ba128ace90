import type { LabelConfig } from "../config/config.ts";
import type { Item } from "../plan/item.ts";
import { codeSpan, codeSpans } from "./markdown.ts";
import { changesNothing, isRefused, summaryOf } from "./plan-text.ts";
import { reviewDigest, type LabelNote, type Review, type RoomReview } from "./review.ts";
import { roomSection, section } from "./room-section.ts";

/** Forges take at least 64 KiB. */
const MOST_BYTES = 60_000;

/** Rooms without a change that are named. */
const NAMED_ROOMS = 50;

export interface PlanCommentOptions {
  readonly labels: Pick<LabelConfig, "confirm" | "dryRun">;
  /** The labels of the pull request that mean something here. */
  readonly notes: readonly LabelNote[];
  /** Default: 60,000. */
  readonly mostBytes?: number;
}

export interface PlanComment {
  /** Begins with the marker. */
  readonly text: string;
  /** By room id, of every room that it shows a plan of: the removals that it lists as refused. Nothing else can be confirmed by a label. */
  readonly shown: ReadonlyMap<string, readonly Item[]>;
}

/** What the comment of a source begins with, so that it is found again. */
export function planMarker(source: string): string {
  // Two hyphens may end a comment in HTML.
  return `<!-- room-operator/plan: ${source.replaceAll("--", "-%2D")} -->`;
}

/** The plan of a pull request in Markdown, in which no text of specs, rooms or servers means anything. */
export function planComment(review: Review, options: PlanCommentOptions): PlanComment {
  const { mostBytes = MOST_BYTES } = options;
  const head = headLines(review).join("\n");
  const [busy, idle] = [
    review.rooms.filter((room) => !changesNothing(room)),
    review.rooms.filter(changesNothing),
  ];
  const foot = [...idleLines(idle), ...allowLines(review, options)].join("\n");
  const shown = new Map<string, readonly Item[]>(idle.map(({ roomId }) => [roomId, []]));
  const texts: string[] = [];
  let left = mostBytes - Buffer.byteLength(head) - Buffer.byteLength(foot) - 500;
  let [rooms, files] = [0, 0];
  for (const { path, errors } of review.invalid) {
    const text = section(`Errors in ${codeSpan(path)}`, errors, errorParts).join("\n");
    const bytes = Buffer.byteLength(text) + 1;
    if (bytes > left) files += 1;
    else {
      left -= bytes;
      texts.push(text);
    }
  }
  for (const room of busy.toSorted(mostUrgentFirst)) {
    const { text, shown: items } = roomSection(room);
    const bytes = Buffer.byteLength(text) + 2;
    if (bytes > left) rooms += 1;
    else {
      left -= bytes;
      texts.push(text);
      if (room.result.kind === "planned" || room.result.kind === "gone")
        shown.set(room.roomId, items);
    }
  }
  return { text: [head, ...texts, ...moreLines(rooms, files), foot].join("\n\n").trim(), shown };
}

function headLines(review: Review): readonly string[] {
  const { source, head, base, baseBranch, ignored, problems } = review;
  return [
    planMarker(source),
    `### Room plan of source ${codeSpan(source)}`,
    "",
    `**${summaryOf(review)}**`,
    "",
    `Head ${codeSpan(head.slice(0, 12))}, planned against ${codeSpan(baseBranch)} at ${codeSpan(base.slice(0, 12))}. Plan ${codeSpan(reviewDigest(review))}.`,
    ...section("Not planned whole", problems, ({ message }) => [message]),
    ...section("Not read by the source", ignored, ({ path, by }) => [path, by]),
  ];
}

function errorParts(error: {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}) {
  return [`${error.line}:${error.column}`, error.message];
}

/** What a person has to look at comes first, so that it is not what has no place. */
function mostUrgentFirst(one: RoomReview, other: RoomReview): number {
  const rank = rankOf(one) - rankOf(other);
  return rank !== 0 ? rank : one.roomId < other.roomId ? -1 : 1;
}

function rankOf(room: RoomReview): number {
  if (isRefused(room)) return 0;
  const { kind } = room.result;
  return kind === "rejected" || kind === "failed" ? 1 : kind === "gone" ? 2 : 3;
}

function idleLines(idle: readonly RoomReview[]): readonly string[] {
  if (idle.length === 0) return [];
  const named = idle.slice(0, NAMED_ROOMS).map(({ roomId }) => roomId);
  const more = idle.length > named.length ? ` and ${idle.length - named.length} more` : "";
  return [`Nothing changes in ${codeSpans(named)}${more}.`, ""];
}

function moreLines(rooms: number, files: number): readonly string[] {
  const lines = [];
  if (files > 0)
    lines.push(`${count(files, "spec file")} more with errors: see the agent's status.`);
  if (rooms > 0)
    lines.push(`${count(rooms, "room")} more, not shown here: no label confirms their removals.`);
  return lines;
}

function allowLines(review: Review, { labels, notes }: PlanCommentOptions): readonly string[] {
  const { confirm, dryRun } = labels;
  const lines = notes.map(({ name, why }) =>
    why === null
      ? `The label ${codeSpan(name)} was set after this plan was shown. It counts at the merge.`
      : `**The label ${codeSpan(name)} ${why}**`,
  );
  const spaced = lines.flatMap((line) => [line, ""]);
  if (!review.rooms.some(isRefused))
    return [...spaced, `With the label ${codeSpan(dryRun)} the merge is planned only.`];
  return [
    ...spaced,
    "**To allow what is refused**, one of:",
    "",
    `- Set the label ${codeSpan(confirm)} (all rooms shown) or ${codeSpan(`${confirm}/<roomId>`)} (one room) on this pull request. It confirms the removals that the newest plan lists as refused; after another plan it must be set again.`,
    `- End the message of the commit that removes them with ${codeSpan("Confirm: true")}, or that of a later commit with ${codeSpan("Confirm: <roomId>")}.`,
    `- After the merge, send ${codeSpan('POST /apply {"roomId":"<roomId>"}')} with ${codeSpan("X-Confirm: true")} to the agent.`,
    "",
    `With the label ${codeSpan(dryRun)} or ${codeSpan(`${dryRun}/<roomId>`)} the merge is planned only.`,
  ];
}

function count(number: number, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`;
}
