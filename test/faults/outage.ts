import { expect } from "chai";
import type { FaultCase, RunGiven, RunReport } from "./fault-case.ts";
import { FaultWorld } from "./fault-world.ts";
import type { FaultWorldGiven } from "./fault-world.ts";

/** A fault that goes on for a while and is over at once: how it is put on, what is seen meanwhile, how it is healed. */
export interface Outage extends Omit<FaultCase, "run">, FaultWorldGiven {
  /** Cycles it lasts. Default: 5. */
  readonly lasts?: number;
  putOn(world: FaultWorld, run: RunGiven): Promise<void> | void;
  heal(world: FaultWorld, run: RunGiven): Promise<void> | void;
  /** Reasons of which the source has one while the fault lasts. */
  readonly sourceReasons?: readonly string[];
  /** Looks for itself at what else has to hold while the fault lasts, at its end. */
  during?(world: FaultWorld, run: RunGiven): Promise<void>;
}

/**
 * A git server at fault. The agent has converged, the fault is put on, the next commit is pushed, and somebody throws an
 * entity out of the room. While it lasts nothing is removed, what was known before goes on being enforced, and the room of
 * another source follows its own commits. Then it is over, and the room follows.
 */
export function gitOutage(outage: Outage): FaultCase {
  return { ...outage, run: (run) => inWorld(outage, run, playGit) };
}

type Play = (world: FaultWorld, outage: Outage, run: RunGiven) => Promise<number>;

async function inWorld(outage: Outage, run: RunGiven, play: Play): Promise<RunReport> {
  const world = await FaultWorld.create(run, outage);
  try {
    await world.begin();
    const cycles = await play(world, outage, run);
    await world.quiet();
    await world.check();
    return { cycles, invariants: world.invariants };
  } finally {
    await world.remove();
  }
}

async function playGit(world: FaultWorld, outage: Outage, run: RunGiven): Promise<number> {
  const { room } = world.story;
  const removed = await world.removals();
  await outage.putOn(world, run);
  world.push();
  world.pushOther();
  await world.world.kickByHand(room, "E-01");
  await world.morePolls(outage.lasts ?? 5);
  await world.otherConverged();
  await world.mended("E-01");
  expect(await world.removals(), "removals while git is at fault").to.deep.equal(removed);
  if (outage.sourceReasons !== undefined) {
    expect(outage.sourceReasons).to.include(await world.sourceReason());
  }
  await outage.during?.(world, run);
  await world.check();
  const healedMs = Date.now();
  await outage.heal(world, run);
  await world.converged();
  return world.cyclesToConverge(healedMs);
}
