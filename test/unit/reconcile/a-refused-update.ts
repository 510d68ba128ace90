import { expect } from "chai";
import type { ReconcileOptions } from "../../../agent/reconcile/pass.ts";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { PassWorld } from "../../support/pass-world.ts";

export const ada = (displayName: string) => ({ id: "E-1", displayName });
export const ONE = { entities: [ada("v1"), "E-2"] };
export const TWO = { version: 2, entities: [ada("v2"), "E-2"] };

/** The RoomServer takes no entity with one of these names. */
export function refuseNames(world: PassWorld, ...names: readonly string[]): void {
  world.server.refuse = ({ displayName }) =>
    names.includes(displayName ?? "")
      ? { kind: "refused", status: 400, message: `not ${displayName}` }
      : null;
}

export function nameOf(world: PassWorld, id = "E-1"): string {
  return world.room().entities.find((one) => one.id === id)?.displayName ?? "absent";
}

/** Changes the name behind the agent's back. */
export function rename(world: PassWorld, displayName: string): void {
  world.server.change(A_ROOM, (room) => ({
    ...room,
    entities: room.entities.map((one) => (one.id === "E-1" ? { ...one, displayName } : one)),
  }));
}

/** A room that is verified at ONE, and whose update to TWO was refused. */
export async function aRefusedUpdate(options: Partial<ReconcileOptions> = {}): Promise<PassWorld> {
  const world = new PassWorld(options);
  await world.verified(ONE);
  refuseNames(world, "v2");
  await world.push(TWO);
  await world.pass();
  expect(nameOf(world)).to.equal("v1");
  expect(world.server.writes).to.deep.equal(["kick E-1", "join E-1", "join E-1"]);
  world.forget();
  return world;
}
