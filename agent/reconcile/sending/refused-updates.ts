import { createHash } from "node:crypto";
import { canonicalJson } from "../../kernel/json.ts";
import { shortened } from "../../kernel/shortened.ts";
import { desiredAttributes, observedAttributes } from "../../plan/entity-differences.ts";
import type { Item } from "../../plan/item.ts";
import type { Action, Plan } from "../../plan/plan.ts";
import {
  isWaiting,
  MOST_REFUSED_MESSAGES,
  MOST_REFUSED_UPDATES,
  type RefusedUpdate,
} from "../../room/refused-update.ts";
import type { Room } from "../../room/room.ts";
import type { ActionReport, ActionResult } from "./perform-action.ts";

type Replace = Extract<Action, { kind: "replace" }>;

/** What is said of a room that has as many refused updates as are remembered. */
export const TOO_MANY_REFUSED = `it is not sent, because the RoomServer refused ${MOST_REFUSED_UPDATES} other updates of this room`;

const MESSAGE_CHARACTERS = 1000;

/** The updates of a plan that are not sent again, each with the answer that an earlier pass got. */
export function notRepeated(
  plan: Plan,
  { refusedUpdates = [] }: Pick<Room, "refusedUpdates">,
  { inputs, nowMs }: { readonly inputs: string; readonly nowMs: number },
): ReadonlyMap<Action, ActionReport> {
  const waiting = refusedUpdates.filter((one) => one.inputs === inputs && isWaiting(one, nowMs));
  const known = new Map(waiting.map((one) => [one.item, one]));
  const isFull = known.size >= MOST_REFUSED_UPDATES;
  const reports = new Map<Action, ActionReport>();
  if (known.size === 0) return reports;
  for (const action of plan.actions) {
    if (action.kind !== "replace") continue;
    const before = known.get(action.item);
    const result =
      before?.digest === digestOf(action) ? sameAnswer(before) : isFull ? TOO_MANY : null;
    if (result !== null) reports.set(action, { id: "", action, result, durationMs: 0 });
  }
  return reports;
}

const TOO_MANY: ActionResult = {
  kind: "failed",
  status: null,
  reason: "Refused",
  message: TOO_MANY_REFUSED,
};

function sameAnswer({ status, message }: RefusedUpdate): ActionResult {
  const said = message ?? "the RoomServer refused it";
  return { kind: "failed", status, reason: "Refused", message: said, joinedBack: true };
}

export interface Refusing {
  readonly before: readonly RefusedUpdate[];
  /** What was sent, with its answers. */
  readonly reports: readonly ActionReport[];
  /** The digest of the inputs that are enforced; null: none are. */
  readonly inputs: string | null;
  /** What is left to do by the read that followed; null: there was none that counts. */
  readonly left: readonly Action[] | null;
  /** ISO time, as of `RefusedUpdate`. */
  readonly nowIso: string;
}

/**
 * The refused updates of a room after a pass: those that still stand as they were joined back, and new ones. Without a read an
 * entity is taken to be what it was before its update, as the RoomServer said of the join.
 */
export function refusedUpdatesAfter(refusing: Refusing): readonly RefusedUpdate[] {
  const { before, reports, inputs, left, nowIso } = refusing;
  if (inputs === null) return [];
  const same = before.filter((one) => one.inputs === inputs);
  const answers = new Map(
    reports.filter(isJoinedBack).map(({ action, result }) => [action.item, result]),
  );
  if (left !== null) return standing(left, { inputs, nowIso, known: same, answers });
  const sent = reports.map(({ action }) => action);
  const fresh = standing(sent, { inputs, nowIso, known: [], answers });
  const others = same.filter(({ item }) => !answers.has(item));
  return [...others, ...fresh].slice(0, MOST_REFUSED_UPDATES);
}

/** What of these actions was refused, now or before. */
function standing(
  actions: readonly Action[],
  given: {
    readonly inputs: string;
    readonly nowIso: string;
    readonly known: readonly RefusedUpdate[];
    readonly answers: ReadonlyMap<Item, ActionResult>;
  },
): readonly RefusedUpdate[] {
  const { inputs, nowIso: triedAt, answers } = given;
  const known = new Map(given.known.map((one): [Item, RefusedUpdate] => [one.item, one]));
  const after: RefusedUpdate[] = [];
  for (const action of actions) {
    if (action.kind !== "replace" || after.length === MOST_REFUSED_UPDATES) continue;
    const { item } = action;
    const digest = digestOf(action);
    const answer = answers.get(item);
    const old = known.get(item);
    if (answer?.kind === "failed")
      after.push(toRefused({ item, inputs, digest, triedAt }, answer, after));
    else if (old?.digest === digest) after.push(old);
  }
  return after;
}

function toRefused(
  named: Pick<RefusedUpdate, "item" | "inputs" | "digest" | "triedAt">,
  { status, message }: Extract<ActionResult, { kind: "failed" }>,
  { length }: readonly RefusedUpdate[],
): RefusedUpdate {
  const said =
    length < MOST_REFUSED_MESSAGES ? { message: shortened(message, MESSAGE_CHARACTERS) } : {};
  return { ...named, status, ...said };
}

/** Whether the RoomServer refused an entity for good and has it with older attributes. */
export function isJoinedBack({ result }: Pick<ActionReport, "result">): boolean {
  return result.kind === "failed" && result.joinedBack === true;
}

function digestOf({ entity, previous }: Replace): string {
  const sides = [desiredAttributes(entity), observedAttributes(previous)];
  return createHash("sha256").update(canonicalJson(sides)).digest("hex").slice(0, 32);
}
