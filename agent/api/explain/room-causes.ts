import { withoutStop } from "../../kernel/joined.ts";
import type { Refusal } from "../../guardrail/guardrail.ts";
import { listItems } from "../../guardrail/how-to-confirm.ts";
import { untilSecondRead } from "../../guardrail/suspicious-read.ts";
import { legible, listed } from "../../kernel/shortened.ts";
import { overriddenText, warningsToRead } from "../../room/warnings-to-read.ts";
import { PRUNE_OFF } from "../../room/prune.ts";
import { isFolder, pushTo } from "../../room/after-push.ts";
import type { NotRead, Room } from "../../room/room.ts";
import { ignoredText } from "../../intent/ignored-lines.ts";
import { dryRunProblem } from "../../room/dry-run-text.ts";
import { lostProblem } from "../../room/judge-owner.ts";
import { isHolding } from "../../room/judge-read.ts";
import { isQuarantined } from "../../room/choose-desired.ts";
import { gateCondition, isGateReason, isOfGate } from "../../room/write-gate.ts";
import { renameText } from "../../source/unread-specs.ts";
import { missingSpecsOf } from "../source-view.ts";
import { otherWay, waysOut } from "../ways-out.ts";
import { blockedByReason } from "../../status/attention.ts";
import type { Reason } from "../../status/reasons.ts";
import { quarantineProblem } from "../../room/quarantine-text.ts";
import {
  type Blocker,
  type Cause,
  type ExplainFacts,
  hasNoHead,
  isAtNewest,
  isFound,
  sinceOf,
  sourceInfo,
} from "./blocker.ts";
import { unblockOfIgnored } from "./ignored-line.ts";

export function orphaned(facts: ExplainFacts): readonly Blocker[] {
  const { conditions } = facts.room;
  if (!hasNoHead(facts)) return [];
  const condition = conditions.find(({ type }) => type === "Orphaned");
  const said = condition?.message ?? "no spec names this room: nothing is written to it";
  const reason = ORPHANS.find((one) => one === condition?.reason) ?? "Orphaned";
  // What its guardrail says is the same, with what would go and how to confirm it.
  const isRefused = facts.room.refusals.some((refusal) => refusal.reason === "PruneNeedsConfirm");
  if (reason === "PrunePending" && isRefused) return [];
  const since = condition?.lastTransitionTime ?? null;
  const message = reason === "Orphaned" ? `${said}${notPrunedText(facts.room)}` : said;
  const notRead = reason === "Orphaned" ? filesNotRead(facts) : [];
  if (notRead.length === 0) return [{ reason, since, message, blocks: "no" }];
  const text = `${message}. It may be in a file that is not read: ${notRead.join("; ")}`;
  const unblock =
    "If the file named is its spec, rename it, so that its name ends in .room.yaml. Otherwise add its spec file again to manage it, or send " +
    `\`DELETE /rooms/${facts.room.roomId}\` to forget it.`;
  return [{ reason, since, message: text, unblock, blocks: "no" }];
}

/** Why a room of a source that prunes stays as it is. */
function notPrunedText({ notPruned = PRUNE_OFF }: Room): string {
  return notPruned === PRUNE_OFF ? "" : `. It is not pruned: ${notPruned}`;
}

/** What sources say of files that they do not read because of their names. */
function filesNotRead({ others }: ExplainFacts): readonly string[] {
  return others.flatMap(({ name, info, row }) =>
    (info === null ? [] : missingSpecsOf(info, row))
      .filter(({ reason }) => reason !== "NoSpecsFound")
      .map(({ message }) => `source ${name}: ${withoutStop(message)}`),
  );
}

/** Reasons of a room without an owner. */
const ORPHANS = ["Orphaned", "PrunePending", "Pruned"] as const;

/** The newest spec may not be used at all; meanwhile the last accepted one is enforced. */
export function headProblem(facts: ExplainFacts, earlier: readonly Blocker[]): readonly Blocker[] {
  const { headProblem: problem, enforced, owner } = facts.room;
  if (problem === null || lostProblem(facts.room) !== null) return [];
  const { reason, message, revision } = problem;
  if (owner === null && isFound(reason, earlier)) return [];
  const meanwhile =
    owner === null
      ? "the room has no owner: it is left as it is"
      : enforced === null
        ? "no valid spec yet: the room is read but not changed"
        : `meanwhile the room is kept as ${enforced.revision} says`;
  const { notRead } = problem;
  // What to do stands first where a file is only to be renamed.
  const at = notRead === undefined ? `at ${revision}: ` : "";
  const text = `${at}${withoutStop(message)}; ${meanwhile}`;
  const unblock = notRead === undefined ? {} : { unblock: renameStep(notRead, facts) };
  return [{ reason, since: sinceOf(facts, reason), message: text, ...unblock, blocks: "yes" }];
}

function renameStep({ source, path }: NotRead, { others }: ExplainFacts): string {
  const info = others.find(({ name }) => name === source)?.info ?? null;
  const push = info !== null && isFolder(info) ? "" : `, and ${pushTo(info?.ref ?? null)}`;
  return `${renameText([path]) ?? `Rename ${legible(path)}`}${push}; if it is not meant as a spec, delete it: then the room is an orphan.`;
}

/** The newest inputs were rolled back; meanwhile what was enforced before is. */
export function quarantined({ room }: ExplainFacts): readonly Blocker[] {
  if (!isQuarantined(room) || room.owner === null) return [];
  const { reason, message } = quarantineProblem(room.roomId, room.quarantine);
  return [{ reason, since: room.quarantine.since, message, blocks: "yes" }];
}

export function overridden({ room }: ExplainFacts): readonly Blocker[] {
  const message = overriddenText(room);
  if (message === null) return [];
  return [{ reason: "Overridden", since: room.head?.committedAt ?? null, message, blocks: "yes" }];
}

export function dryRun(facts: ExplainFacts): readonly Blocker[] {
  const { dryRun: asked } = facts.room;
  if (asked === null || facts.room.owner === null) return [];
  const empty = dryRunProblem(facts.room, { isEmpty: true });
  const isEmpty = facts.room.conditions.some(({ message }) => message === empty.message);
  const { reason, message } = isEmpty ? empty : dryRunProblem(facts.room);
  const text = isEmpty ? message : `${message}${changesText(facts.room)}`;
  return [{ reason, since: sinceOf(facts, reason), message: text, blocks: "yes" }];
}

/** The first changes of the plan that is not carried out. */
function changesText({ pendingDiff }: Room): string {
  const { items = [], moreItems = 0 } = pendingDiff ?? {};
  const total = items.length + moreItems;
  if (total === 0) return "";
  const names = items.map(({ action, item }) => `${action} ${item}`);
  return `; changes: ${listed(names, { total })}`;
}

/** What the RoomServer shows is not believed: nothing is removed until a second read decides. */
export function suspicion({ room }: ExplainFacts): readonly Blocker[] {
  if (!isHolding(room.suspicion)) return [];
  const { message, since } = room.suspicion;
  const held = room.refusals.filter(({ reason }) => reason === "SuspiciousRead");
  const text = untilSecondRead(
    message,
    held.flatMap(({ items }) => items),
  );
  return [{ reason: "SuspiciousRead", since, message: text, blocks: "yes" }];
}

/** What guardrails say: with effect `refusal` the whole plan waits, with `hold` the removals named. */
export function refusals(effect: Refusal["effect"]): Cause {
  return (facts, earlier) => {
    const all = facts.room.refusals.filter(
      (refusal) => refusal.effect === effect && !isFound(refusal.reason, earlier),
    );
    // The enforced inputs may be refused for the same reason as the head.
    const once = new Map(all.map((refusal) => [`${refusal.reason} ${refusal.message}`, refusal]));
    return [...once.values()].map((refusal, at, each): Blocker => {
      const { reason, message, items, confirmable } = refusal;
      const before = each.slice(0, at);
      const shown = before.find((other) => items.every((item) => other.items.includes(item)));
      const removals = shown === undefined ? listItems(items) : `among those of ${shown.reason}`;
      return {
        reason,
        since: sinceOf(facts, reason),
        message: items.length === 0 ? message : `${withoutStop(message)}; removals: ${removals}`,
        ...(confirmable ? { unblock: confirmText(facts, { before, earlier }) } : {}),
        blocks: "yes",
      };
    });
  };
}

/** One confirmation is for a dry run and all that is refused: the first of them says how. */
function confirmText(
  facts: ExplainFacts,
  {
    before,
    earlier,
  }: { readonly before: readonly Refusal[]; readonly earlier: readonly Blocker[] },
): string {
  const isSaid = (reason: Reason) => `See ${reason}: one confirmation covers both.`;
  const said = before.find(({ confirmable }) => confirmable);
  if (said !== undefined) return isSaid(said.reason);
  const asked = earlier.find(({ reason }) => reason === "DryRun" || reason === "DryRunLookAlike");
  if (asked === undefined) return waysOut(facts.room, sourceInfo(facts));
  const other = otherWay(facts.room, sourceInfo(facts));
  return other === null ? isSaid(asked.reason) : `${isSaid(asked.reason)} ${other}`;
}

const AFTER_THE_REST =
  "What stands above this keeps the agent from correcting it: that has to end first.";

const AGENT_STOPS: readonly Reason[] = ["ShuttingDown", "StoreUnavailable", "StoreDamaged"];

/** Whether the agent may correct drift now: the whole plan is not refused, and it may and can write. */
function isCorrected({ room, agent }: ExplainFacts, earlier: readonly Blocker[]): boolean {
  const isStopped = earlier.some(
    ({ reason }) => isGateReason(reason) || AGENT_STOPS.includes(reason),
  );
  if (room.owner === null || isStopped) return false;
  const isEnforced = room.enforced !== null && room.enforced.digest !== room.head?.digest;
  const isRefused = room.refusals.some(({ effect }) => effect === "refusal");
  return !(isRefused && !isEnforced) && agent.roomServer?.ok !== false;
}

/** A gate of the room is closed: nothing is written to it, and only where something is to be written it is behind. */
export function gated(facts: ExplainFacts): readonly Blocker[] {
  const found = gateCondition(facts.room.conditions);
  if (found === undefined) return [];
  const { reason, message, lastTransitionTime: since } = found;
  return [{ reason, since, message, blocks: isAtNewest(facts) ? "no" : "yes" }];
}

/** How the last pass ended, where nothing before says it. */
export function conditions(facts: ExplainFacts, earlier: readonly Blocker[]): readonly Blocker[] {
  const found: Blocker[] = [];
  for (const condition of facts.room.conditions) {
    const { type, status, reason, message } = condition;
    const isOrphans = ORPHANS.some((one) => one === reason) && facts.room.owner === null;
    const hasOwnCause =
      isOrphans ||
      type === "PartlyManaged" ||
      type === "Orphaned" ||
      type === "AwaitingConfirm" ||
      isOfGate(condition);
    const isTrouble = type === "Ready" ? status === "False" : status === "True";
    if (hasOwnCause || !isTrouble || isFound(reason, [...earlier, ...found])) continue;
    const isStopped = type === "Drifted" && !isCorrected(facts, earlier);
    const unblock = isStopped ? { unblock: AFTER_THE_REST } : {};
    found.push({ reason, since: sinceOf(facts, reason), message, ...unblock, blocks: "yes" });
  }
  return found;
}

/** The last call of any room to the RoomServer, where this room's own pass does not say more. */
export function roomServerFails(
  facts: ExplainFacts,
  earlier: readonly Blocker[],
): readonly Blocker[] {
  const { roomServer } = facts.agent;
  const isSaid = isFound("RoomServerUnavailable", earlier) || isFound("Unauthorized", earlier);
  if (roomServer === null || roomServer.ok || isSaid || isAtNewest(facts)) return [];
  const { reason = "RoomServerUnavailable", message } = roomServer;
  return [{ reason, since: null, message, blocks: "yes" }];
}

/** Items of the spec that cannot be done now, each with its own message: the room can be at head without them. */
export function blockedItems(facts: ExplainFacts): readonly Blocker[] {
  return blockedByReason(facts.room.blocked).map(({ reason, message }) => ({
    reason,
    since: sinceOf(facts, reason),
    message,
    blocks: "no",
  }));
}

/** Warnings that the configuration asks for. */
const ASKED_FOR: readonly string[] = ["DriftOff", "DriftIgnored"];

/** What others change in the room is not looked at, or left alone; and what is odd about the change that it is at. `overridden` has a cause of its own. */
export function roomWarnings(facts: ExplainFacts): readonly Blocker[] {
  const found = facts.room.warnings.filter(({ reason }) => ASKED_FOR.includes(reason));
  const others = warningsToRead(facts.room).filter(({ reason }) => reason !== "Overridden");
  return [...found, ...others].map(({ reason, message }) => ({
    reason,
    since: null,
    message,
    blocks: "no",
  }));
}

/** A word for the agent that did not count may be what a person believes to have said. */
export function ignoredIntents(facts: ExplainFacts): readonly Blocker[] {
  if (isAtNewest(facts) || !waitsForWord(facts)) return [];
  return facts.room.intentIgnored.map((ignored) => {
    const unblock = unblockOfIgnored(ignored.line, facts);
    const message = ignoredText(ignored);
    const found = { reason: "IntentIgnored", since: null, message, blocks: "no" } as const;
    return unblock === null ? found : { ...found, unblock };
  });
}

/** Once the newest spec is verified, a word of a commit changes only what is refused or only planned. */
function waitsForWord({ room }: ExplainFacts): boolean {
  const isVerified = room.head !== null && room.verified?.digest === room.head.digest;
  return !isVerified || room.dryRun !== null || room.refusals.length > 0;
}
