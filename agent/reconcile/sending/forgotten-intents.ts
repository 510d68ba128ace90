import type { IntentRow } from "../../room/rows.ts";
import type { StoreChange } from "../../store/store.ts";
import type { AuditSubject } from "../audit.ts";
import type { ReconcileDeps } from "../pass.ts";
import { endIntents, type EndedIntent } from "./end-intents.ts";

const FORGOTTEN =
  "the agent forgot the room before a read could tell whether this was done: look into the room";

/** Ends the intents of a room that is about to be forgotten: what may have been done in it stays in the audit. */
export function forgottenIntents(
  subject: Pick<AuditSubject, "row" | "cause">,
  intents: readonly IntentRow[],
  deps: Pick<ReconcileDeps, "trail">,
): readonly StoreChange[] {
  return unreadIntents({ ...subject, message: FORGOTTEN }, intents, deps);
}

/** Ends intents that no read settles any more. `message`: why, and what to do. */
export function unreadIntents(
  { row, cause, message }: Pick<AuditSubject, "row" | "cause"> & { readonly message: string },
  intents: readonly IntentRow[],
  deps: Pick<ReconcileDeps, "trail">,
): readonly StoreChange[] {
  const ended = intents.map((intent): EndedIntent => {
    const { id, action, phase, specVersion, revision, correlationId } = intent;
    const metadata = { message, attemptedBy: correlationId };
    const waiting = intent.unrecorded === true ? { intendedAt: intent.createdAt } : {};
    const inputs = { specVersion, revision };
    return { id, action, phase, state: "unknown", metadata, inputs, ...waiting };
  });
  const closing = { ended, confirmations: [], inventory: row.inventory };
  return [...endIntents(closing, { row, cause, inputs: row.head }, deps).changes];
}
