import { toIso } from "../../kernel/clock.ts";
import type { Action } from "../../plan/plan.ts";
import type { IntentPhase, IntentRow } from "../../room/rows.ts";
import { closedGate, type ClosedGate } from "../../room/write-gate.ts";
import type { StoreChange } from "../../store/store.ts";
import { intendedRecord } from "../audit.ts";
import type { Attempt, ReconcileDeps } from "../pass.ts";
import { toCall } from "../read-room.ts";
import { olderEntity } from "./older-entity.ts";
import {
  type ActionReport,
  type ActionResult,
  type NotSentReason,
  performAction,
  type StoppedBy,
} from "./perform-action.ts";

/** Whose actions they are. */
export type Acting = Pick<Attempt, "row" | "inputs" | "cause" | "signals">;

export function toIntent(
  { row, cause, inputs }: Acting,
  {
    action,
    phase,
    isUnrecorded = false,
  }: {
    readonly action: Action;
    readonly phase: IntentPhase;
    readonly isUnrecorded?: boolean;
  },
  deps: Pick<ReconcileDeps, "newId" | "clock">,
): IntentRow {
  return {
    id: deps.newId(),
    roomId: row.roomId,
    correlationId: cause.correlationId,
    revision: inputs.revision,
    specVersion: inputs.specVersion,
    phase,
    action,
    state: "open",
    createdAt: toIso(deps.clock.nowMs()),
    ...(isUnrecorded ? { unrecorded: true } : {}),
  };
}

/**
 * Intents and their audit records, where those do not wait for the end: to be durable before the first call (L3). `undoes`: the
 * pass that they undo.
 */
export function intentChanges(
  acting: Acting & { readonly undoes?: string },
  intents: readonly IntentRow[],
  deps: Pick<ReconcileDeps, "trail">,
): StoreChange[] {
  return intents.flatMap((intent): StoreChange[] => [
    { kind: "intent", row: intent },
    ...(intent.unrecorded === true ? [] : [intendedRecord(acting, intent, deps)]),
  ]);
}

/** After so many actions in a row without any answer the server is taken to be down and the rest waits for the next pass. */
export const UNANSWERED_LIMIT = 3;

/** What only one kind of run knows. */
export interface SenderRules {
  readonly isSuperseded: () => boolean | Promise<boolean>;
  /** Why this one action is not sent although nothing stops the run. */
  readonly obstacle: (action: Action) => ActionResult | undefined;
}

/** Sends intents one by one until something stops it: shutdown, a newer revision, a closed gate, a server that is gone. */
export class Sender {
  readonly reports: ActionReport[] = [];
  /** The gate that closed under way; null: none did. */
  closed: ClosedGate | null = null;
  #stoppedBy: StoppedBy | null = null;
  readonly #acting: Acting;
  readonly #deps: ReconcileDeps;
  readonly #rules: SenderRules;
  #unanswered = 0;

  constructor(acting: Acting, deps: ReconcileDeps, rules: SenderRules) {
    this.#acting = acting;
    this.#deps = deps;
    this.#rules = rules;
  }

  get stoppedBy(): StoppedBy | null {
    return this.#stoppedBy;
  }

  async send(intent: IntentRow): Promise<ActionResult> {
    const { clock } = this.#deps;
    const ready = await makeReady(intent, this.#deps);
    await this.#look();
    const obstacle = this.#stopped() ?? this.#rules.obstacle(intent.action);
    const startedMs = clock.monotonicMs();
    const result = obstacle ?? (await sendIntent(this.#acting, ready, this.#deps));
    this.#learn(result);
    const durationMs = clock.monotonicMs() - startedMs;
    const { id, action, createdAt } = intent;
    const waiting = intent.unrecorded === true ? { intendedAt: createdAt } : {};
    this.reports.push({ id, action, result, durationMs, ...waiting });
    return result;
  }

  /** Whether anything stops the run from here on. The first cause stands. */
  async #look(): Promise<void> {
    const { signals, row } = this.#acting;
    if (this.#stoppedBy === null && signals.stopping()) this.#stoppedBy = "shutdown";
    if (this.#stoppedBy === null && (await this.#rules.isSuperseded()))
      this.#stoppedBy = "superseded";
    if (this.#stoppedBy !== null) return;
    this.closed = closedGate(this.#deps.gates, row);
    if (this.closed !== null) this.#stoppedBy = "closed";
  }

  #stopped(): ActionResult | undefined {
    switch (this.#stoppedBy) {
      case "unauthorized":
        return notSent("Unauthorized", "the RoomServer refused the token earlier in this pass");
      case "unavailable":
        return notSent(
          "RoomServerUnavailable",
          `${UNANSWERED_LIMIT} calls in a row were not answered`,
        );
      case "superseded":
        return notSent("Superseded", "a newer revision came in");
      case "shutdown":
        return notSent("ShuttingDown", "the agent is stopping");
      case "closed":
        return this.closed === null ? undefined : notSent(this.closed.reason, this.closed.message);
      case null:
        return undefined;
    }
  }

  #learn(result: ActionResult): void {
    if (result.kind === "unauthorized") this.#stoppedBy = "unauthorized";
    const unanswered = result.kind === "unclear" || result.kind === "notDone";
    if (result.kind !== "notSent") this.#unanswered = unanswered ? this.#unanswered + 1 : 0;
    if (this.#unanswered >= UNANSWERED_LIMIT) this.#stoppedBy ??= "unavailable";
  }
}

/** An intent with what its call needs. */
interface ReadyIntent {
  readonly intent: IntentRow;
  readonly bytes: Uint8Array | null;
}

/** Reads what the call needs, before it is decided whether it may still go out. */
async function makeReady(
  intent: IntentRow,
  { store }: Pick<ReconcileDeps, "store">,
): Promise<ReadyIntent> {
  const { action } = intent;
  return { intent, bytes: action.kind === "seed" ? await store.readSeed(action.oid) : null };
}

/** Carries out what an intent says. */
async function sendIntent(
  acting: Acting,
  { intent, bytes }: ReadyIntent,
  { server, store, onPassPoint }: Pick<ReconcileDeps, "server" | "store" | "onPassPoint">,
): Promise<ActionResult> {
  const { roomId, action } = intent;
  const call = toCall(acting, intent.id);
  const older = (id: string) => olderEntity(acting.row, id, store);
  const [result] = await Promise.all([
    performAction({ roomId, action, call, bytes, older }, server),
    onPassPoint?.({ point: "sent", roomId, intent }),
  ]);
  await onPassPoint?.({ point: "answered", roomId, intent });
  return result;
}

export function notSent(reason: NotSentReason, message: string): ActionResult {
  return { kind: "notSent", reason, message };
}
