import { expect } from "chai";
import { setFaults } from "../support/devserver-client.ts";
import type { FaultGiven } from "../support/devserver-client.ts";
import { eventually } from "../support/eventually.ts";
import type { FaultCase, RunGiven } from "./fault-case.ts";
import { PATIENCE_MS } from "./fault-world.ts";
import type { FaultWorld } from "./fault-world.ts";
import { inWorld } from "./outage.ts";
import type { Outage } from "./outage.ts";

export interface RoomOutage extends Omit<Outage, "putOn" | "heal"> {
  /** The devserver's switches, for the room of the story alone unless they name another. */
  readonly faults?: (variant: string) => readonly FaultGiven[];
  readonly putOn?: Outage["putOn"];
  readonly heal?: Outage["heal"];
  /** Whether the room of the other source can be followed meanwhile. Default: true. */
  readonly sparesOther?: boolean;
  /** Reasons of which the room of the story has one while the fault lasts. Default: none is asked for. */
  readonly reasons?: readonly string[] | ((variant: string) => readonly string[]);
  /** Whether things may be removed meanwhile, as the story wants it, or not even afterwards. Default: true. */
  readonly removes?: boolean | "never";
  /** Whether the story has to come through while the fault lasts, so that its end changes nothing. Default: false. */
  readonly comesThrough?: boolean;
}

/**
 * A RoomServer at fault. The agent has converged, the fault is put on, and the story goes on. Then it is over, and the room
 * follows. A room that fails is left alone for longer and longer, so that a person asks for most of these passes.
 */
export function roomOutage(outage: RoomOutage): FaultCase {
  return { ...outage, run: (run) => inWorld(outage, run, playRoom) };
}

export async function playRoom(world: FaultWorld, outage: RoomOutage, run: RunGiven) {
  const { lasts = 5, sparesOther = true, removes = true, comesThrough = false } = outage;
  const { roomServerUrl } = world.world;
  const removed = await world.removals();
  const faults = outage.faults?.(run.variant) ?? [];
  await outage.putOn?.(world, run);
  await setFaults(roomServerUrl, ...faults.map((fault) => ({ room: world.story.room, ...fault })));
  world.push();
  if (sparesOther) world.pushOther();
  const pushedMs = Date.now();
  await world.world.observed(undefined, PATIENCE_MS);
  if (comesThrough) await world.converged();
  else await morePasses(world, typeof lasts === "number" ? lasts : lasts(run.variant));
  if (sparesOther) await world.otherConverged();
  const { reasons } = outage;
  if (reasons !== undefined)
    await oneOf(world, typeof reasons === "function" ? reasons(run.variant) : reasons);
  await outage.during?.(world, run);
  if (removes !== true) expect(await world.removals(), "removals meanwhile").to.deep.equal(removed);
  await world.check({ settled: false });
  const healedMs = Date.now();
  await setFaults(roomServerUrl);
  await outage.heal?.(world, run);
  if (!comesThrough) await ask(world);
  await world.converged();
  if (!sparesOther) await world.otherConverged();
  if (removes === "never") expect(await world.removals(), "removals").to.deep.equal(removed);
  return world.cyclesToConverge(comesThrough ? pushedMs : healedMs);
}

/** So many passes over the room of the story, one after the other; a person asks for each. */
export async function morePasses(world: FaultWorld, count: number): Promise<void> {
  for (let pass = 0; pass < count; pass += 1) await ask(world);
}

async function ask({ world, story }: FaultWorld): Promise<void> {
  await world.apply({ roomId: story.room });
}

async function oneOf({ world, story }: FaultWorld, reasons: readonly string[]): Promise<void> {
  await eventually(
    `${story.room} is told one of ${reasons.join(", ")}`,
    async () => {
      const room = await world.room(story.room);
      const found = [...room.conditions, ...room.refusals].map(({ reason }) => reason);
      if (found.some((reason) => reasons.includes(reason))) return true;
      throw new Error(JSON.stringify(room));
    },
    PATIENCE_MS,
  );
}
