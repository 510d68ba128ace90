import { dependencyLayers } from "../../plan/dependencies.ts";
import { splitItem, type Item } from "../../plan/item.ts";
import type { Action } from "../../plan/plan.ts";
import { isRemoval } from "../../plan/removals.ts";
import { isJoinedBack, notRepeated, TOO_MANY_REFUSED } from "../sending/refused-updates.ts";
import { failedBefore, waitingForTheirEnd } from "../sending/equal-failures.ts";
import type { ActionResult } from "../sending/perform-action.ts";
import { intentChanges, notSent, Sender, toIntent } from "../sending/sender.ts";
import { namesDmVisibility } from "../dm-visibility.ts";
import { MOST_REFUSED_UPDATES } from "../../room/refused-update.ts";
import type { IntentRow } from "../../room/rows.ts";
import { isPrune, PRUNING } from "../../room/prune.ts";
import { isSuperseded } from "../undo/undo-run.ts";
import { enforcing } from "../../room/enforced-inputs.ts";
import type { Applied, Judged, ReconcileDeps } from "../pass.ts";

/**
 * APPLY: action by action, in the plan's order. Every intent is durable before the first call (L3). One failed action does
 * not stop the others, except that a refused token, a server that answers nothing, a newer revision and shutdown do, and
 * that removals of a kind wait when an addition of that kind was refused for good. An update that was refused before and whose
 * entity is as it was joined back then has that answer again, without a call.
 */
export async function apply(judged: Judged, deps: ReconcileDeps): Promise<Applied> {
  const { row, inputs, plan } = judged;
  const known = notRepeated(plan, row, {
    inputs: inputs.digest,
    nowMs: deps.steady.nowMs(),
  });
  const intents = intentsOf(
    judged,
    plan.actions.filter((action) => !known.has(action)),
    deps,
  );
  const keepsDmVisibility = row.keepsDmVisibility || namesDmVisibility(judged.desired);
  const after = {
    ...row,
    ...(isPrune(inputs) ? PRUNING : enforcing(row, inputs)),
    attemptedRevision: inputs.revision,
    keepsDmVisibility,
  };
  const changes = intentChanges(judged, [...intents.values()], deps);
  // Where nothing is sent, the end of the pass says all of it.
  if (intents.size > 0)
    await judged.signals.saving(() => deps.rooms.writePass({ before: row, after }, changes));
  await deps.onPassPoint?.({ point: "intended", roomId: row.roomId });
  deps.cache.drop(judged.row.roomId);
  const rules = new ApplyRules(judged);
  const sender = new Sender(judged, deps, {
    isSuperseded: () =>
      isPrune(inputs) ? isSuperseded(judged, deps) : judged.signals.superseded(),
    obstacle: (action) => rules.obstacle(action),
  });
  for (const action of plan.actions) {
    const intent = intents.get(action);
    const result = intent === undefined ? known.get(action)?.result : await sender.send(intent);
    if (result !== undefined) rules.learn(action, result);
  }
  const { reports, stoppedBy, closed } = sender;
  return { ...judged, reports, notRepeated: [...known.values()], stoppedBy, closed };
}

/** Those of actions that failed before have no audit records yet. */
function intentsOf(
  judged: Judged,
  actions: readonly Action[],
  deps: ReconcileDeps,
): ReadonlyMap<Action, IntentRow> {
  const { row, inputs, cause } = judged;
  const before = failedBefore(row, inputs);
  const asked = { trigger: cause.trigger, nowMs: deps.steady.nowMs() };
  const waiting = waitingForTheirEnd(actions, before, asked);
  return new Map(
    actions.map((action) => {
      const isUnrecorded = waiting.has(action);
      return [action, toIntent(judged, { action, phase: "APPLY", isUnrecorded }, deps)];
    }),
  );
}

/** What decides whether one action of an APPLY may be sent: what has been answered so far. */
class ApplyRules {
  /** Additions that did not come about. */
  readonly #failed = new Set<Item>();
  /** What each item of the spec depends on. */
  readonly #needs: ReadonlyMap<Item, readonly Item[]>;
  readonly #refusedKinds = new Set<string>();
  readonly #named: ReadonlySet<string>;
  /** Updates whose entities have older attributes instead. */
  #joinedBack = 0;

  constructor({ desired, confirmations }: Judged) {
    this.#needs = new Map(
      dependencyLayers(desired.spec).flatMap((layer) =>
        layer.map(({ item, needs }): [Item, readonly Item[]] => [item, needs]),
      ),
    );
    const rows = confirmations.filter((row) => row.named);
    this.#named = new Set(
      rows.flatMap((row) => row.items.filter((item) => !row.used.includes(item))),
    );
  }

  obstacle(action: Action): ActionResult | undefined {
    const { kind, name } = splitItem(action.item);
    if (isRemoval(action) && this.#refusedKinds.has(kind) && !this.#named.has(action.item)) {
      return notSent(
        "HeldByFailedAddition",
        `an addition of the same kind (${kind}) was refused; correct it, or name the room in a confirmation`,
      );
    }
    const failed = this.#needsOf(action).find((need) => this.#failed.has(need));
    if (failed !== undefined)
      return notSent("DependencyFailed", `${name} depends on ${failed}, which failed`);
    if (action.kind === "replace" && this.#joinedBack >= MOST_REFUSED_UPDATES)
      return notSent("Refused", TOO_MANY_REFUSED);
    return undefined;
  }

  learn(action: Action, result: ActionResult): void {
    if (isRemoval(action)) return;
    if (isJoinedBack({ result })) this.#joinedBack += 1;
    const bad = result.kind === "failed" || result.kind === "unclear" || result.kind === "notDone";
    if (bad || (result.kind === "notSent" && result.reason === "DependencyFailed"))
      this.#failed.add(action.item);
    if (result.kind === "failed") this.#refusedKinds.add(splitItem(action.item).kind);
  }

  /** A promotion needs its own seed as well as what the spec says it depends on. */
  #needsOf({ kind, item }: Action): readonly Item[] {
    const needs = this.#needs.get(item) ?? [];
    return kind === "promote" ? [item, ...needs] : needs;
  }
}
