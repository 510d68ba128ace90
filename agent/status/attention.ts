import { joined, withoutStop } from "../kernel/joined.ts";
import { listed, shortened } from "../kernel/shortened.ts";
import type { Condition, ConditionType } from "./condition.ts";
import type { Reason } from "./reasons.ts";

/** What of a room is looked at; every `Room` has it. */
export interface AttentionFacts {
  readonly conditions: readonly Condition[];
  readonly blocked: readonly BlockedItem[];
}

export interface BlockedItem {
  readonly item: string;
  readonly reason: Reason;
  readonly message: string;
}

/** The word and the sentence that log, audit, status, health and `explain` use alike. */
export interface Attention {
  readonly reason: Reason;
  readonly message: string;
}

/** Items that stay blocked by what the RoomServer or the configuration can do: known, and nothing to hurry for. */
const STANDING: ReadonlySet<Reason> = new Set([
  "NotObservable",
  "NotAddressable",
  "Unsupported",
  "Pending",
]);

const ASKED_FOR: ReadonlySet<Reason> = new Set(["DryRun", "SyncWindowClosed"]);

/** Whether a room is not ready because a person asked for just that, in a commit or in the configuration. */
export function isAskedFor(reason: Reason): boolean {
  return ASKED_FOR.has(reason);
}

/** Most decisive first. */
const TELLING: readonly ConditionType[] = [
  "Contested",
  "Stalled",
  "AwaitingConfirm",
  "Suspicious",
  "Orphaned",
];

/**
 * Why a room needs a person; null while it is ready, while the agent still works on all of it by itself, and for an orphan, which
 * the agent leaves alone unless a prune of it waits. Pure.
 */
export function attentionOf({ conditions, blocked }: AttentionFacts): Attention | null {
  const holds = (wanted: string) =>
    conditions.find(({ type, status }) => type === wanted && status === "True");
  const orphaned = holds("Orphaned");
  if (orphaned !== undefined && orphaned.reason !== "PrunePending") return null;
  const marked = holds("Contested") ?? holds("Stalled") ?? holds("AwaitingConfirm");
  if (marked !== undefined) return isAskedFor(marked.reason) ? null : toAttention(marked);
  const ready = conditions.find(({ type }) => type === "Ready");
  if (ready?.status === "False") {
    if (isAskedFor(ready.reason)) return null;
    if (holds("Reconciling") === undefined) return toAttention(ready);
  }
  // What an item waits for may be done by the next pass.
  const isOwn = ({ reason }: Attention) =>
    !STANDING.has(reason) && (ready?.status !== "False" || reason !== "DependencyFailed");
  return blockedByReason(blocked).find(isOwn) ?? null;
}

/** Everything that a room is not ready for or cannot do now, most decisive first, each once. Empty for a room at rest. */
export function troublesOf({ conditions, blocked }: AttentionFacts): readonly Attention[] {
  const ready = conditions.filter(({ type, status }) => type === "Ready" && status !== "True");
  const marked = TELLING.flatMap((wanted) =>
    conditions.filter(({ type, status }) => type === wanted && status === "True"),
  );
  const all = [...ready, ...marked].map(toAttention).concat(blockedByReason(blocked));
  return all.filter(
    ({ reason, message }, at) =>
      all.findIndex((one) => one.reason === reason && one.message === message) === at,
  );
}

/** One entry for each reason, with the items and their messages. */
export function blockedByReason(blocked: readonly BlockedItem[]): readonly Attention[] {
  const byReason = new Map<Reason, Map<string, string[]>>();
  for (const { reason, item, message } of blocked) {
    const byMessage = byReason.get(reason) ?? new Map<string, string[]>();
    byReason.set(reason, byMessage);
    const items = byMessage.get(message) ?? [];
    items.push(item);
    byMessage.set(message, items);
  }
  return [...byReason].map(([reason, byMessage]) => {
    const texts = [...byMessage].map(([message, items]) => `${listed(items)}: ${message}`);
    const last = texts.length - 1;
    const parts = texts.map((text, at) => (at === last ? text : withoutStop(text)));
    return { reason, message: listed(parts, { separator: "; ", each: BLOCKED_TEXT }) };
  });
}

/** What is shown of one message about blocked items, and of a log line's detail. */
const BLOCKED_TEXT = 500;
const DETAIL = 2000;

/** `reason`, `reasons` (where there are more) and `detail` for one log line. */
export function troubleFields(troubles: readonly Attention[]): Readonly<Record<string, unknown>> {
  const [first] = troubles;
  if (first === undefined) return {};
  const reasons = [...new Set(troubles.map(({ reason }) => reason))];
  const all = [...new Set(troubles.map(({ message }) => message))];
  // One that says the same and more stands for both.
  const messages = all.filter((one) => !all.some((more) => more !== one && more.startsWith(one)));
  return {
    reason: first.reason,
    ...(reasons.length > 1 ? { reasons } : {}),
    detail: shortened(joined(messages), DETAIL),
  };
}

function toAttention({ reason, message }: Condition): Attention {
  return { reason, message };
}
