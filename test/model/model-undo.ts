import type { Action } from "../../agent/plan/plan.ts";
import type { IntentRow } from "../../agent/room/rows.ts";
import { REMOVALS } from "./model-law.ts";

/** What is wrong with taking a pass back by these actions: it touches what the pass did, and removes what the pass added. */
export function wrongUndo(
  actions: readonly Action[],
  pass: { readonly attempted: readonly Action[]; readonly quarantined: boolean },
): readonly string[] {
  const kinds = new Map(pass.attempted.map(({ item, kind }) => [item, kind]));
  const foreign = actions.filter(({ item }) => !kinds.has(item));
  const removals = actions.filter(({ kind }) => REMOVALS.has(kind));
  const taken = removals.filter(({ item }) => !ADDITIONS.has(kinds.get(item) ?? ""));
  return [
    ...foreign.map(({ item }) => `undoes ${item}, which the pass left alone`),
    ...taken.map(({ item }) => `removes ${item}, which the pass did not add`),
    ...(pass.quarantined ? [] : ["undoes before the quarantine is written"]),
  ];
}

const ADDITIONS: ReadonlySet<string> = new Set(["join", "replace", "seed", "promote"]);

/** Whether a batch of intents takes a pass back. */
export function isUndo(intents: readonly IntentRow[]): boolean {
  return intents.some((intent) => "phase" in intent && intent.phase === "ROLLBACK");
}
