import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import type { FaultCase, RunGiven } from "./fault-case.ts";
import type { FaultWorld } from "./fault-world.ts";
import { isFetch } from "./git-requests.ts";
import { inWorld } from "./outage.ts";

const NINE_DAYS_MS = 9 * 24 * 3_600_000;

/** Where the source of the story keeps its clone, and what lies beside it while it is made anew. */
interface Clones {
  readonly clone: string;
  readonly fresh: string;
  readonly aside: string;
}

/** Moments of a clone that is made anew, by what a bystander sees of them. */
const MOMENTS: Readonly<Record<string, (clones: Clones) => boolean>> = {
  // The server keeps the new clone waiting for its pack.
  asked: ({ fresh }) => existsSync(fresh),
  brought: ({ fresh }) => hasPack(fresh),
  "taking-its-place": ({ aside }) => existsSync(aside),
};

/** The agent dies while a clone is made anew: whichever of the two is there afterwards, no commit is missed and nothing stays behind. */
export const rotationKillCases: readonly FaultCase[] = [
  {
    id: "P1.13",
    title: "kill -9: a clone is made anew",
    variants: Object.keys(MOMENTS),
    withinCycles: 3,
    run: (run) => inWorld({}, run, play),
  },
];

async function play(world: FaultWorld, _given: unknown, run: RunGiven): Promise<number> {
  const clone = join(world.world.data, "git", "specs");
  const clones = { clone, fresh: `${clone}.new`, aside: `${clone}.old` };
  if (run.variant === "asked") keepWaiting(world);
  await dies(world, clones, run.variant);
  run.count("kills of the agent", 1);
  const isCutOff = existsSync(clones.fresh) || existsSync(clones.aside);
  run.count("new clones cut off", isCutOff ? 1 : 0);
  world.world.git.heal();
  world.push();
  const killedMs = Date.now();
  await world.startAgent();
  await world.converged();
  const cycles = await world.cyclesToConverge(killedMs);
  await eventually("the clone is made anew", () => birthOf(clone) > killedMs - NINE_DAYS_MS / 2);
  await eventually("nothing lies beside it", () => {
    const left = readdirSync(join(clone, "..")).filter((name) => name.startsWith("specs."));
    return left.length === 0;
  });
  world.push();
  await world.converged();
  return cycles;
}

/** The clone was made so long ago that the next sync has it made anew. */
function growOld(clone: string): void {
  const file = join(clone, "clone.json");
  const birth = JSON.parse(readFileSync(file, "utf8")) as { readonly bytes: number };
  writeFileSync(file, JSON.stringify({ ...birth, atMs: Date.now() - NINE_DAYS_MS }));
}

function birthOf(clone: string): number {
  const file = join(clone, "clone.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { atMs: number }).atMs : 0;
}

/** The first fetch is answered: that of the sync by which the clone is looked at. */
function keepWaiting({ world }: FaultWorld): void {
  let fetches = 0;
  world.git.fault = (request) => {
    if (isFetch(request)) fetches += 1;
    return isFetch(request) && fetches > 1 ? { kind: "hang" } : undefined;
  };
}

/** Looks as often as it can, and kills in the same turn in which it sees the moment. One that was missed comes again. */
async function dies(world: FaultWorld, clones: Clones, moment: string): Promise<void> {
  const { agent } = world;
  const { pid } = agent;
  const isNow = MOMENTS[moment];
  if (pid === undefined || isNow === undefined) throw new Error(`no agent, or no ${moment}`);
  for (let tries = 0; tries < 10; tries += 1) {
    growOld(clones.clone);
    world.push();
    if (!(await comes(() => isNow(clones)))) continue;
    process.kill(pid, "SIGKILL");
    expect(await agent.ended).to.deep.equal({ code: null, signal: "SIGKILL" });
    return;
  }
  throw new Error(`not seen: ${moment}`);
}

async function comes(isNow: () => boolean): Promise<boolean> {
  const untilMs = performance.now() + 5000;
  while (performance.now() < untilMs) {
    if (isNow()) return true;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return false;
}

function hasPack(clone: string): boolean {
  const folder = join(clone, "objects", "pack");
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".pack"));
}
