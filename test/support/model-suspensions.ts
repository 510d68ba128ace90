import type { Operator } from "../../agent/api/operator.ts";
import { OperatorError } from "../../agent/kernel/errors.ts";
import type { SuspendScope } from "../../agent/room/suspension.ts";
import type { StoreChange } from "../../agent/store/store.ts";
import { settled } from "./fake-clock.ts";

/** Which rooms are suspended, as it is stored. */
export class ModelSuspensions {
  /** When each was stored, by room id. */
  readonly #since = new Map<string, number>();

  get rooms(): readonly string[] {
    return [...this.#since.keys()];
  }

  wrote(change: StoreChange, nowMs: number): void {
    if (change.kind !== "document" || change.collection !== "suspension") return;
    const roomId = change.key.slice("room/".length);
    if (change.document === null) this.#since.delete(roomId);
    else this.#since.set(roomId, nowMs);
  }

  /** Whether no call may go to the room: one that is on its way as the order is stored may. */
  isClosed(roomId: string, nowMs: number): boolean {
    const sinceMs = this.#since.get(roomId);
    return sinceMs !== undefined && sinceMs !== nowMs;
  }
}

/** What an order needs of the model's world. */
interface Ordered {
  readonly watch: { readonly violations: string[] };
  live(): Promise<{ readonly operator: Pick<Operator, "suspend" | "resume"> }>;
}

/** A person suspends or resumes a room. The store may refuse it, and the agent may die meanwhile. */
export async function order(
  world: Ordered,
  verb: "suspend" | "resume",
  roomId: string,
): Promise<void> {
  const { operator } = await world.live();
  const scope: SuspendScope = { kind: "room", roomId };
  const common = { scope, correlationId: verb, actor: "Ada" };
  const asked =
    verb === "suspend"
      ? operator.suspend({ ...common, reason: "model", until: null })
      : operator.resume(common);
  asked.catch((error: unknown) => {
    if (error instanceof OperatorError && error.code === "StoreUnavailable") return;
    world.watch.violations.push(`${roomId}: ${verb} failed: ${String(error)}`);
  });
  await settled();
}
