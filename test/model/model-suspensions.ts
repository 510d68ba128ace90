import type { Operator } from "../../agent/api/operator.ts";
import { toIso } from "../../agent/kernel/clock.ts";
import { OperatorError } from "../../agent/kernel/errors.ts";
import type { SuspendScope } from "../../agent/room/suspension.ts";
import type { StoreChange } from "../../agent/store/store.ts";
import { settled } from "../support/fake-clock.ts";

/** Which rooms are suspended, as it is stored. */
export class ModelSuspensions {
  /** When each was stored and ends, by room id. */
  readonly #known = new Map<string, { readonly sinceMs: number; readonly untilMs: number }>();

  get rooms(): readonly string[] {
    return [...this.#known.keys()];
  }

  wrote(change: StoreChange, nowMs: number): void {
    if (change.kind !== "document" || change.collection !== "suspension") return;
    const roomId = change.key.slice("room/".length);
    if (change.document === null) {
      this.#known.delete(roomId);
      return;
    }
    const { until } = change.document;
    this.#known.set(roomId, {
      sinceMs: nowMs,
      untilMs: until === null ? Infinity : Date.parse(until),
    });
  }

  /** Whether no call may go to the room: one that is on its way as the order is stored may. */
  isClosed(roomId: string, nowMs: number): boolean {
    const known = this.#known.get(roomId);
    return known !== undefined && known.sinceMs !== nowMs && nowMs < known.untilMs;
  }
}

/** What an order needs of the model's world. */
interface Ordered {
  readonly watch: { readonly violations: string[] };
  steadyMs(): number;
  live(): Promise<{ readonly operator: Pick<Operator, "suspend" | "resume"> }>;
}

/**
 * A person suspends (for `forMs`, or until it is resumed) or resumes a room. The store may refuse it, and the agent may die
 * meanwhile.
 */
export async function order(
  world: Ordered,
  verb: "suspend" | "resume",
  { roomId, forMs = null }: { readonly roomId: string; readonly forMs?: number | null },
): Promise<void> {
  const { operator } = await world.live();
  const scope: SuspendScope = { kind: "room", roomId };
  const until = forMs === null ? null : toIso(world.steadyMs() + forMs);
  const common = { scope, correlationId: verb, actor: "Ada" };
  const asked =
    verb === "suspend"
      ? operator.suspend({ ...common, reason: "model", until })
      : operator.resume(common);
  asked.catch((error: unknown) => {
    if (error instanceof OperatorError && error.code === "StoreUnavailable") return;
    world.watch.violations.push(`${roomId}: ${verb} failed: ${String(error)}`);
  });
  await settled();
}
