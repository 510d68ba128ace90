import { dependencyLayers } from "../../plan/dependencies.ts";
import { splitItem, type Item } from "../../plan/item.ts";
import type { Action } from "../../plan/plan.ts";
import { isRemoval } from "../../plan/removals.ts";
import type { IntentRow } from "../../room/rows.ts";
import type { ActionReport, ActionResult, NotSentReason } from "../sending/action-report.ts";
import { namesDmVisibility } from "../dm-visibility.ts";
import { enforcing } from "../../room/enforced-inputs.ts";
import type { Applied, Judged, ReconcileDeps } from "../pass.ts";
import {
  intentChanges,
  makeReady,
  sendIntent,
  toIntent,
  UNANSWERED_LIMIT,
} from "../sending/write-intents.ts";

/**
 * APPLY: action by action, in the plan's order. Every intent is durable before the first call (L3). One failed action does
 * not stop the others, except that a refused token, a server that answers nothing, a newer revision and shutdown do, and
 * that removals of a kind wait when an addition of that kind was refused for good.
 */
export async function apply(judged: Judged, deps: ReconcileDeps): Promise<Applied> {
  const intents = judged.plan.actions.map((action) =>
    toIntent(judged, { action, phase: "APPLY" }, deps),
  );
  const { row, inputs } = judged;
  const keepsDmVisibility = row.keepsDmVisibility || namesDmVisibility(judged.desired);
  const after = {
    ...row,
    ...enforcing(row, inputs),
    attemptedRevision: inputs.revision,
    keepsDmVisibility,
  };
  await deps.rooms.writePass({ before: row, after }, intentChanges(judged, intents, deps));
  await deps.reached?.({ point: "intended", roomId: row.roomId });
  deps.cache.drop(judged.row.roomId);
  const run = new ApplyRun(judged, deps);
  for (const intent of intents) await run.take(intent);
  return { ...judged, reports: run.reports, stoppedBy: run.stoppedBy };
}

/** One APPLY under way: what has been answered so far decides what may still be sent. */
class ApplyRun {
  readonly reports: ActionReport[] = [];
  stoppedBy: Applied["stoppedBy"] = null;
  readonly #judged: Judged;
  readonly #deps: ReconcileDeps;
  /** Additions that did not come about. */
  readonly #failed = new Set<Item>();
  /** What each item of the spec depends on. */
  readonly #needs: ReadonlyMap<Item, readonly Item[]>;
  readonly #refusedKinds = new Set<string>();
  readonly #named: ReadonlySet<string>;
  #unanswered = 0;

  constructor(judged: Judged, deps: ReconcileDeps) {
    this.#judged = judged;
    this.#deps = deps;
    this.#needs = new Map(
      dependencyLayers(judged.desired.spec).flatMap((layer) =>
        layer.map(({ item, needs }): [Item, readonly Item[]] => [item, needs]),
      ),
    );
    const rows = judged.confirmations.filter((row) => row.named);
    this.#named = new Set(
      rows.flatMap((row) => row.items.filter((item) => !row.used.includes(item))),
    );
  }

  async take(intent: IntentRow): Promise<void> {
    const { action } = intent;
    const ready = await makeReady(intent, this.#deps);
    const obstacle = this.#obstacle(action);
    const startedMs = this.#deps.clock.monotonicMs();
    const result: ActionResult = obstacle ?? (await sendIntent(this.#judged, ready, this.#deps));
    this.#learn(action, result);
    const durationMs = this.#deps.clock.monotonicMs() - startedMs;
    this.reports.push({ id: intent.id, action, result, durationMs });
  }

  #obstacle(action: Action): ActionResult | undefined {
    const { signals } = this.#judged;
    if (this.stoppedBy === null && signals.stopping()) this.stoppedBy = "shutdown";
    if (this.stoppedBy === null && signals.superseded()) this.stoppedBy = "superseded";
    switch (this.stoppedBy) {
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
      case null:
        return this.#itemObstacle(action);
    }
  }

  #itemObstacle(action: Action): ActionResult | undefined {
    const { kind, name } = splitItem(action.item);
    if (isRemoval(action) && this.#refusedKinds.has(kind) && !this.#named.has(action.item)) {
      return notSent(
        "HeldByFailedAddition",
        `an addition of the same kind (${kind}) was refused; mend it, or name the room in a confirmation`,
      );
    }
    const failed = this.#needsOf(action).find((need) => this.#failed.has(need));
    if (failed !== undefined)
      return notSent("DependencyFailed", `${name} depends on ${failed}, which failed`);
    return undefined;
  }

  /** A promotion needs its own seed as well as what the spec says it depends on. */
  #needsOf({ kind, item }: Action): readonly Item[] {
    const needs = this.#needs.get(item) ?? [];
    return kind === "promote" ? [item, ...needs] : needs;
  }

  #learn(action: Action, result: ActionResult): void {
    const isAddition = !isRemoval(action);
    const bad = result.kind === "failed" || result.kind === "unclear" || result.kind === "notDone";
    if (isAddition && (bad || (result.kind === "notSent" && result.reason === "DependencyFailed")))
      this.#failed.add(action.item);
    if (isAddition && result.kind === "failed") this.#refusedKinds.add(splitItem(action.item).kind);
    if (result.kind === "unauthorized") this.stoppedBy = "unauthorized";
    const unanswered = result.kind === "unclear" || result.kind === "notDone";
    if (result.kind !== "notSent") this.#unanswered = unanswered ? this.#unanswered + 1 : 0;
    if (this.#unanswered >= UNANSWERED_LIMIT && this.stoppedBy === null)
      this.stoppedBy = "unavailable";
  }
}

function notSent(reason: NotSentReason, message: string): ActionResult {
  return { kind: "notSent", reason, message };
}
