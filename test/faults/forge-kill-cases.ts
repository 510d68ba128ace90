import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import type { ForgeRequest } from "../support/forge/gitea-fault.ts";
import { mountTmpfs } from "../support/tmpfs.ts";
import type { Tmpfs } from "../support/tmpfs.ts";
import type { FaultCase, RunGiven } from "./fault-case.ts";
import { PATIENCE_MS } from "./fault-world.ts";
import type { Asks } from "./forge-side.ts";
import { AFTER, BEFORE, inForgeWorld, ROOM } from "./forge-world.ts";
import type { ForgeFaultWorld } from "./forge-world.ts";

interface Point {
  /** What is under way. */
  readonly step: "plan" | "merge";
  /** A test of requests, anew for each run. */
  readonly on: () => Asks;
}

const isComment = ({ method, path }: ForgeRequest) =>
  method === "POST" && path.includes("/comments");
const isStatus = ({ method, path }: ForgeRequest) =>
  method === "POST" && path.includes("/statuses/");
const isHistory = ({ path }: ForgeRequest) => path.includes("/timeline");

/** Where something of the forge is under way, and is only known here or only there. */
const POINTS: Readonly<Record<string, Point>> = {
  "the plan's comment": { step: "plan", on: () => isComment },
  "the plan's status": { step: "plan", on: () => isStatus },
  "comment and its record": { step: "plan", on: () => after(isComment, isHistory) },
  "open ones": {
    step: "merge",
    on:
      () =>
      ({ path }) =>
        path.includes("/pulls?"),
  },
  "whose commit": {
    step: "merge",
    on:
      () =>
      ({ path }) =>
        /\/commits\/\w+\/pull$/.test(path),
  },
  "a label's history": { step: "merge", on: () => isHistory },
  "a person's rights": {
    step: "merge",
    on:
      () =>
      ({ path }) =>
        path.includes("/collaborators/"),
  },
  "the commit's status": { step: "merge", on: () => isStatus },
};

const AGAIN = "again and again";
const KILLS = 6;

const DISK_BYTES = 16 * 1024 * 1024;
const disks = new WeakMap<ForgeFaultWorld, Tmpfs>();

/** The agent dies, or cannot write anything down, while it asks the forge or tells it something. */
export const forgeKillCases: readonly FaultCase[] = [
  {
    id: "L6",
    title: "agent killed while it asks the forge",
    smoke: true,
    variants: [...Object.keys(POINTS), AGAIN],
    withinCycles: null,
    run: (run) => inForgeWorld(run, playKill),
  },
  {
    id: "L7",
    title: "disk full while the agent asks the forge",
    variants: Object.keys(POINTS),
    withinCycles: null,
    run: (run) => inForgeWorld(run, playFull, onDisk),
  },
];

/** The second after one of the first. */
function after(first: Asks, second: Asks): Asks {
  let isOn = false;
  return (request) => {
    if (first(request)) isOn = true;
    return isOn && second(request);
  };
}

/** A person confirms what was shown; the removals are done once, whatever the agent forgot. */
async function playKill(world: ForgeFaultWorld, run: RunGiven): Promise<void> {
  const point = POINTS[run.variant];
  await tell(world, async (step, act) => {
    if (point === undefined) {
      for (let left = KILLS; left > 0; left -= 1) {
        await world.forge.killedAt(
          world.agent,
          nth(1 + (run.seed % 3)),
          left === KILLS ? act : async () => undefined,
        );
        await world.startAgent();
      }
    } else if (point.step === step) {
      await world.forge.killedAt(world.agent, point.on(), act);
      await world.startAgent();
    } else await act();
  });
}

function nth(count: number): Asks {
  let left = count;
  return () => {
    left -= 1;
    return left === 0;
  };
}

/** The disk is full from then on that the forge answers; nothing is removed that was not confirmed in writing. */
async function playFull(world: ForgeFaultWorld, run: RunGiven): Promise<void> {
  const point = POINTS[run.variant];
  const disk = disks.get(world);
  if (point === undefined || disk === undefined) throw new Error(`no point ${run.variant}`);
  await tell(world, async (step, act) => {
    if (step !== point.step) return act();
    let isFull = false;
    world.forge.at(point.on(), () => {
      disk.fill();
      isFull = true;
    });
    await act();
    await eventually("the disk is full", () => isFull, PATIENCE_MS);
    await isUnhealthy(world);
    disk.free();
  });
}

async function isUnhealthy({ plan }: ForgeFaultWorld): Promise<void> {
  const have = async () => (await plan.agent.get("/health")).status === 503;
  await eventually("it says that it is unhealthy", have, PATIENCE_MS);
}

/** A pull request is opened, its plan shown, confirmed and merged. `during` does what is to happen, and strikes. */
async function tell(
  world: ForgeFaultWorld,
  during: (step: Point["step"], act: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { plan } = world;
  let pull: Awaited<ReturnType<ForgeFaultWorld["open"]>> | null = null;
  await during("plan", async () => {
    pull = await world.open("takes three");
  });
  if (pull === null) throw new Error("no pull request was opened");
  await world.shown(pull);
  expect(await world.entities(), "before the merge").to.deep.equal(BEFORE);
  await world.check({ settled: false });
  const opened = pull;
  await world.setLabel(opened, "confirm");
  let head = "";
  await during("merge", async () => {
    head = await world.merge(opened);
  });
  await plan.agent.verified(ROOM, head);
  await world.has(AFTER["takes three"]);
  await plan.synced(head, /^success: /);
  expect(await plan.plans(opened), "comments of the agent").to.have.length(1);
}

function onDisk(world: ForgeFaultWorld): () => void {
  const disk = mountTmpfs(DISK_BYTES);
  if (disk === null) throw new Error("this case has to mount a disk, which is not permitted here");
  disks.set(world, disk);
  const { data } = world.plan.agent;
  mkdirSync(join(data, ".."), { recursive: true });
  symlinkSync(disk.path, data);
  return () => disk.unmount();
}
