import { listed } from "../kernel/shortened.ts";
import { itemsOf } from "../plan/spec-items.ts";
import { unseenOf, untilLagEnds } from "../room/removing.ts";
import type { Outcome } from "../room/outcome.ts";
import type { Attempt, ReconcileDeps } from "./pass.ts";

/** A state that may be older than what the agent removed. */
export interface Lag {
  readonly message: string;
  /** Ms until a read shows what is there. */
  readonly afterMs: number;
}

/**
 * Why a room is not known to hold what its spec names, though a read shows that; null: it is. The agent has just removed some of it,
 * and the state may lag.
 */
export function untilShown(
  { row, desired }: Pick<Attempt, "row" | "desired">,
  deps: Pick<ReconcileDeps, "steady" | "options">,
): Lag | null {
  const { staleToleranceMs: toleranceMs } = deps.options;
  const afterMs = untilLagEnds(row, { nowMs: deps.steady.nowMs(), toleranceMs });
  if (afterMs === 0) return null;
  const wanted = itemsOf(desired);
  const items = unseenOf(row).filter((item) => wanted.has(item));
  if (items.length === 0) return null;
  const message = `The RoomServer answered that it removed ${items.length} of what the spec names (${listed(items)}), and still shows that; its state may lag, and the next read decides`;
  return { message, afterMs };
}

/** How a pass ends that had nothing to do. */
export function waitUntilShown(lag: Lag | null): Outcome | undefined {
  return lag === null ? undefined : { kind: "waiting", reason: "NotConverged", ...lag };
}
