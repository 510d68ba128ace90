import type { CallFailure, WriteResult } from "../../../agent/roomserver/room-server.ts";
import type { Reconciled } from "../../../agent/reconcile/reconciler.ts";
import { PassWorld } from "../../support/pass-world.ts";

/** A final no. */
export const refused = (status: number): WriteResult => ({
  kind: "refused",
  status,
  message: "no",
});
export const UNAUTHORIZED: CallFailure = { kind: "unauthorized", status: 401, message: "expired" };
export const TIMEOUT: CallFailure = { kind: "unavailable", message: "timeout", maybeDone: true };

export const ONE = { version: 1, entities: ["E-1"], artifacts: ["notes"] };
/** From ONE: three joins (E-2, E-3, E-4). */
export const TWO = { version: 2, entities: ["E-1", "E-2", "E-3", "E-4"], artifacts: ["notes"] };

/** A room that is verified at ONE, and to which TWO is pushed. */
export async function anAttempt(
  ...made: ConstructorParameters<typeof PassWorld>
): Promise<PassWorld> {
  const world = new PassWorld(...made);
  await world.verified(ONE);
  await world.push(TWO);
  return world;
}

/** A pass of which all joins but the first are refused: two of TWO's three. */
export async function rollBack(world: PassWorld): Promise<Reconciled> {
  world.server.failAt("join", 2, refused(403), 2);
  const passed = await world.pass();
  world.server.heal();
  return passed;
}

/** The ids in the room, sorted. */
export function entitiesIn(world: PassWorld): readonly string[] {
  return world
    .room()
    .entities.map(({ id }) => id)
    .sort();
}

/** The room's conditions as `type status reason`. */
export async function conditionsOf(world: PassWorld): Promise<readonly string[]> {
  const { conditions } = await world.row();
  return conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`);
}
