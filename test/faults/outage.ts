import { expect } from "chai";
import type { FaultCase, RunGiven, RunReport } from "./fault-case.ts";
import { FaultWorld } from "./fault-world.ts";
import type { FaultWorldGiven } from "./fault-world.ts";

export type Step = (world: FaultWorld, run: RunGiven) => Promise<void> | void;

/** A fault that goes on for a while and is over at once: how it is put on, what is seen meanwhile, how it is healed. */
export interface Outage extends Omit<FaultCase, "run">, FaultWorldGiven {
  /** Makes what takes long to make, before the agent starts. */
  readonly prepare?: Step;
  /** Cycles it lasts. Default: 5. */
  readonly lasts?: number | ((variant: string) => number);
  readonly putOn: Step;
  readonly heal: Step;
  /** Looks at what else has to hold while the fault lasts, at its end. */
  readonly during?: Step;
}

export interface GitOutage extends Outage {
  /** Reasons of which the source has one while the fault lasts. Default: none is asked for. */
  readonly reasons?: readonly string[] | ((variant: string) => readonly string[]);
  /** Requests that a poll may cost meanwhile. Default: 4, for what the server speaks, the refs, and two for a fetch. */
  readonly requestsAPoll?: number;
  /** When the story goes on: while the fault lasts, or as its end. Default: `during`. */
  readonly pushes?: "during" | "atEnd";
}

/** Sockets and files by which an agent may have grown when a fault is over. */
const MORE_OPEN = 12;

/**
 * A git server at fault. The agent has converged, the fault is put on, the story goes on, and somebody throws an entity out of
 * the room. While it lasts nothing is removed, what was known before goes on being enforced, and the room of another source
 * follows its own commits. Then it is over, and the room follows.
 */
export function gitOutage(outage: GitOutage): FaultCase {
  return { ...outage, run: (run) => inWorld(outage, run, playGit) };
}

/** Plays something in a world that has converged, and sees that it has come to rest afterwards. */
export async function inWorld<Given extends FaultWorldGiven & Pick<Outage, "prepare">>(
  given: Given,
  run: RunGiven,
  play: (world: FaultWorld, given: Given, run: RunGiven) => Promise<number | null>,
): Promise<RunReport> {
  const world = await FaultWorld.create(run, given);
  try {
    await given.prepare?.(world, run);
    await world.begin();
    const { open } = world.resources();
    world.logged = (await world.world.log()).length;
    const cycles = await play(world, given, run);
    await world.quiet();
    await world.check();
    expect(world.resources().open, "open files and sockets").to.be.at.most(open + MORE_OPEN);
    return { cycles, invariants: world.invariants };
  } finally {
    await world.remove();
  }
}

export async function playGit(
  world: FaultWorld,
  outage: GitOutage,
  run: RunGiven,
): Promise<number> {
  const { lasts = 5, pushes = "during", requestsAPoll = 4, reasons } = outage;
  const removed = await world.removals();
  const before = { polls: await world.polls(), requests: world.asks.length };
  await outage.putOn(world, run);
  if (pushes === "during") world.push();
  world.pushOther();
  await world.world.kickByHand(world.story.room, "E-01");
  await world.morePolls(typeof lasts === "number" ? lasts : lasts(run.variant));
  const asked = world.asks.length - before.requests;
  const polls = (await world.polls()) - before.polls;
  expect(asked, "git requests meanwhile").to.be.at.most(requestsAPoll * (polls + 1));
  await world.otherConverged();
  await world.mended("E-01");
  if (reasons !== undefined) {
    const known = typeof reasons === "function" ? reasons(run.variant) : reasons;
    expect(known).to.include(await world.sourceReason());
  }
  await outage.during?.(world, run);
  expect(await world.removals(), "removals while git is at fault").to.deep.equal(removed);
  await world.check();
  const healedMs = Date.now();
  await outage.heal(world, run);
  await world.healed();
  if (pushes === "atEnd") world.push();
  await world.converged();
  return world.cyclesToConverge(healedMs);
}
