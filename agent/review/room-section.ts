import type { Item } from "../plan/item.ts";
import type { PlanItem } from "../plan/plan-items.ts";
import { shownItems } from "../plan/shown-items.ts";
import { codeSpan } from "./markdown.ts";
import { changeKind, type ChangeKind } from "./plan-text.ts";
import { refusedOf, roomDigest, type RoomReview } from "./review.ts";

/** Lines of one room that are shown unfolded. */
const UNFOLDED = 12;

/** What a room's list of refused removals may take, in bytes. */
const REFUSED_BYTES = 8_000;

/** Items of a list that nothing depends on. */
const LISTED = 100;

/** Findings of one kind that are shown. */
const FINDINGS = 10;

export interface RoomSection {
  readonly text: string;
  /** The removals that it lists as refused. */
  readonly shown: readonly Item[];
}

/** One room of the comment. */
export function roomSection(room: RoomReview): RoomSection {
  const { shown, left } = listedRefused(refusedOf(room));
  const lines = [...resultLines(room), ...refusedLines(room, shown, left), ...findingLines(room)];
  const digest = roomDigest(room);
  const head = [
    codeSpan(room.path),
    ...(room.isNew ? ["new room"] : []),
    ...(digest === null ? [] : [`plan ${codeSpan(digest)}`]),
  ].join(" · ");
  const body = lines.length > UNFOLDED ? folded(lines) : lines;
  return { text: [`#### ${codeSpan(room.roomId)}`, "", head, "", ...body, ""].join("\n"), shown };
}

/** The blank lines make Markdown of what is inside. */
function folded(lines: readonly string[]): readonly string[] {
  return [`<details><summary>${lines.length} lines</summary>`, "", ...lines, "", "</details>"];
}

function resultLines({ result }: RoomReview): readonly string[] {
  switch (result.kind) {
    case "failed":
      return [`Not planned: ${codeSpan(result.message)}`];
    case "rejected":
      return [`Not applied: ${codeSpan(result.reason)}: ${codeSpan(result.message)}`];
    case "gone":
      return result.prunes.length === 0
        ? ["Its spec file is removed: the room is orphaned, and nothing is removed from it."]
        : [
            `Its spec file is removed. What the agent put into the room is removed once a person confirms it after the merge, by ${codeSpan("Confirm: <roomId>")} in a commit or by a request, not by a label:`,
            "",
            ...bounded(result.prunes).map((item) => `- ${codeSpan(item)}`),
          ];
    case "planned": {
      const { items, moreItems } = shownItems(result.plan);
      const more = moreItems === 0 ? [] : [`- ${moreItems} more changes are not shown`];
      const closed =
        result.closed === null ? [] : [`Written later: ${codeSpan(result.closed)}`, ""];
      const kinds = (["added", "changed", "removed"] as const).flatMap((kind) =>
        changeLines(kind, items),
      );
      const policies = result.plan.removedPolicies.map(
        (item) => `- no longer named: ${codeSpan(item)}`,
      );
      const all = [...kinds, ...policies, ...more];
      return [...closed, ...(all.length === 0 ? ["Nothing changes."] : all)];
    }
  }
}

/** Items that are shown of one list. */
function bounded(items: readonly Item[]): readonly string[] {
  const more = items.length - LISTED;
  return more <= 0 ? items : [...items.slice(0, LISTED), `… ${more} more`];
}

function changeLines(kind: ChangeKind, items: readonly PlanItem[]): readonly string[] {
  return items
    .filter((item) => changeKind(item) === kind)
    .map(({ item, before, after }) => {
      const name = `- ${kind} ${codeSpan(item)}`;
      const json = (side: PlanItem["before"]) => codeSpan(JSON.stringify(side));
      if (kind === "changed") return `${name}: ${json(before)} → ${json(after)}`;
      return kind === "added" ? `${name}: ${json(after)}` : name;
    });
}

function listedRefused(items: readonly Item[]) {
  const shown: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    bytes += Buffer.byteLength(codeSpan(item)) + 4;
    if (bytes > REFUSED_BYTES || codeSpan(item).includes("…")) continue;
    shown.push(item);
  }
  return { shown, left: items.length - shown.length };
}

function refusedLines({ result }: RoomReview, shown: readonly Item[], left: number) {
  const lines = [];
  if (shown.length > 0) {
    lines.push("", "**Refused until a person confirms it:**", "");
    lines.push(...shown.map((item) => `- ${codeSpan(item)}`));
  }
  if (left > 0)
    lines.push(`- ${left} more removals are refused and not shown; no label confirms them`);
  const refusals = result.kind === "planned" ? result.refusals : [];
  if (refusals.length > 0) lines.push("", "**Why:**", "");
  for (const { reason, message } of refusals)
    lines.push(`- ${codeSpan(reason)}: ${codeSpan(message)}`);
  return lines;
}

function findingLines({ result, seeds, warnings }: RoomReview): readonly string[] {
  const blocked = result.kind === "planned" ? result.plan.blocked : [];
  const isSeed = new Set<string>(seeds.map(({ message }) => message));
  const others = blocked.filter(({ message }) => !isSeed.has(message));
  return [
    ...section("Seeds that cannot be used", seeds, (seed) => [
      seed.path,
      seed.reason,
      seed.message,
    ]),
    ...section("Blocked", others, (one) => [one.item, one.reason, one.message]),
    ...section("Warnings of the spec", warnings, ({ line, column, message }) => [
      `${line}:${column}`,
      message,
    ]),
  ];
}

/** Each finding as a line of code spans. */
export function section<T>(
  title: string,
  findings: readonly T[],
  parts: (finding: T) => readonly string[],
): readonly string[] {
  if (findings.length === 0) return [];
  const shown = findings.slice(0, FINDINGS).map(
    (one) =>
      `- ${parts(one)
        .map((part) => codeSpan(part))
        .join(" ")}`,
  );
  const left = findings.length - shown.length;
  return ["", `**${title}:**`, "", ...shown, ...(left > 0 ? [`- ${left} more`] : [])];
}
