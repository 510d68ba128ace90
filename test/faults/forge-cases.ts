import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import type { ForgeFault } from "../support/forge/gitea-fault.ts";
import type { FaultCase, RunGiven } from "./fault-case.ts";
import { PATIENCE_MS } from "./fault-world.ts";
import type { Asks } from "./forge-side.ts";
import { AFTER, BEFORE, inForgeWorld, ROOM, WAITING } from "./forge-world.ts";
import type { ForgeFaultWorld } from "./forge-world.ts";

const ANSWERS: Readonly<Record<string, ForgeFault>> = {
  "401": { kind: "status", status: 401, body: '{"message":"invalid token"}' },
  "403": { kind: "status", status: 403, body: '{"message":"no"}' },
  "404": { kind: "status", status: 404, body: '{"message":"not found"}' },
  "429": { kind: "status", status: 429, headers: { "retry-after": "1" } },
  "500": { kind: "status", status: 500, body: '{"message":""}' },
  "301": { kind: "status", status: 301, headers: { location: "/api/v1/repos/a/b" } },
  HTML: { kind: "html" },
  hang: { kind: "hang" },
  stall: { kind: "stall" },
  reset: { kind: "reset" },
  "cut JSON": { kind: "cut" },
  null: { kind: "json", body: "null" },
};

/** Neither git nor the API can be reached. */
const DOWN = "down";

const EVERYTHING: Asks = () => true;
const HISTORY: Asks = ({ path }) => path.includes("/timeline");
const LOOKUP: Asks = ({ path }) => /\/commits\/\w+\/pull$/.test(path);
const OPEN_ONES: Asks = ({ path }) => path.includes("/pulls?");
const COMMENT: Asks = ({ method, path }) => method === "POST" && path.includes("/comments");
const STATUS: Asks = ({ method, path }) => method === "POST" && path.includes("/statuses/");

/** What of the API is spoilt, which the seed says. */
function part(parts: readonly Asks[], { seed }: RunGiven): Asks {
  return parts[(seed - 1) % parts.length] ?? EVERYTHING;
}

/** Seeds spoil everything, the history, and what says of which pull request a commit is. There 404 is an answer as any other. */
function ofLabels(run: RunGiven): Asks {
  return part([EVERYTHING, HISTORY, run.variant === "404" ? OPEN_ONES : LOOKUP], run);
}

/** A forge that fails, lags or cannot be reached, while pull requests are opened, labelled and merged. */
export const forgeCases: readonly FaultCase[] = [
  {
    id: "L1",
    title: "forge at fault while a merge with the label confirm is read",
    variants: [...Object.keys(ANSWERS), DOWN],
    withinCycles: null,
    smoke: true,
    run: (run) => inForgeWorld(run, playConfirm),
  },
  {
    id: "L2",
    title: "forge at fault while a merge with the label dry-run is read",
    variants: [...Object.keys(ANSWERS), DOWN],
    withinCycles: null,
    run: (run) => inForgeWorld(run, playDryRun),
  },
  {
    id: "L3",
    title: "forge says late that a pull request is merged",
    variants: ["confirm 1 s", "confirm 6 s", "dry-run 1 s", "dry-run 6 s"],
    withinCycles: null,
    run: (run) => inForgeWorld(run, playLate),
  },
  {
    id: "L4",
    title: "forge at fault while a plan is published",
    variants: Object.keys(ANSWERS).filter((name) => name !== "null"),
    notApplicable: "null: an empty list, and no answer to what is written",
    withinCycles: null,
    run: (run) => inForgeWorld(run, playPlan),
  },
  {
    id: "L5",
    title: "forge at fault while the status of a commit is written",
    variants: Object.keys(ANSWERS),
    withinCycles: null,
    run: (run) => inForgeWorld(run, playStatus),
  },
];

async function putOn(world: ForgeFaultWorld, { variant }: RunGiven, on: Asks): Promise<void> {
  const fault = ANSWERS[variant];
  if (fault !== undefined) world.forge.break(fault, on);
  else await world.proxy.set({ kind: "refuse" });
}

async function heal(world: ForgeFaultWorld): Promise<void> {
  world.forge.heal();
  await world.proxy.heal();
}

/** A person saw the plan and allowed it. Meanwhile the forge fails: what leaves waits, the rest goes on, and then all is done once. */
async function playConfirm(world: ForgeFaultWorld, run: RunGiven): Promise<void> {
  const { agent } = world.plan;
  const pull = await world.open("takes three");
  await world.shown(pull);
  await world.setLabel(pull, "confirm");
  const head = await mergeAtFault(world, run, pull);
  await world.has(WAITING);
  await agent.reason(ROOM, "IntentUnknown");
  await world.says("LabelsNotRead");
  await world.mendsBoth();
  expect(await world.entities(), "while the forge is at fault").to.deep.equal(WAITING);
  await world.check({ settled: false });
  await heal(world);
  await agent.verified(ROOM, head);
  await world.has(AFTER["takes three"]);
  await world.warns("LabelsNotRead", false);
  await agentOnceConfirmed(world);
}

/** So few leave that nobody is asked; but the label says that it is only to be planned. */
async function playDryRun(world: ForgeFaultWorld, run: RunGiven): Promise<void> {
  const { agent } = world.plan;
  const pull = await world.open("takes one");
  await world.setLabel(pull, "dry-run");
  const head = await mergeAtFault(world, run, pull);
  await world.says("LabelsNotRead");
  await world.mendsBoth();
  expect(await world.entities(), "while the forge is at fault").to.include.members([...BEFORE]);
  await world.check({ settled: false });
  await heal(world);
  const { dryRun } = await agent.reason(ROOM, "DryRun");
  expect(dryRun).to.equal(head);
  await world.warns("LabelsNotRead", false);
  await world.quiet();
  expect(await world.entities(), "of a dry run").to.include.members([...BEFORE]);
}

/** Merged while the forge is at fault; where git is too, nothing is seen of it before git is back. */
async function mergeAtFault(
  world: ForgeFaultWorld,
  run: RunGiven,
  pull: Parameters<ForgeFaultWorld["merge"]>[0],
): Promise<string> {
  await putOn(world, run, ofLabels(run));
  const head = await world.merge(pull);
  if (run.variant === DOWN) {
    await isUnreachable(world);
    world.forge.break({ kind: "reset" });
    await world.proxy.heal();
  }
  await world.plan.agent.observed(head, PATIENCE_MS);
  return head;
}

async function isUnreachable({ plan }: ForgeFaultWorld): Promise<void> {
  const have = async () => {
    const { sources } = await plan.agent.status();
    return sources[0]?.lastError?.reason === "Unreachable";
  };
  await eventually("git cannot be reached", have, PATIENCE_MS);
}

async function agentOnceConfirmed({ plan }: ForgeFaultWorld): Promise<void> {
  const confirms = (await plan.agent.auditOf(ROOM)).filter(({ action }) => action === "confirm");
  expect(confirms, "confirmations in the audit").to.have.length(1);
}

/** The branch has moved, and the forge still calls the pull request open. */
async function playLate(world: ForgeFaultWorld, { variant }: RunGiven): Promise<void> {
  const { agent, gitea } = world.plan;
  const [label, seconds] = variant.split(" ");
  const isDryRun = label === "dry-run";
  const pull = await world.open(isDryRun ? "takes one" : "takes three");
  await world.shown(pull);
  await world.setLabel(pull, isDryRun ? "dry-run" : "confirm");
  gitea.pulls.mergedDelayMs = Number(seconds) * 1000;
  const head = await world.merge(pull);
  if (isDryRun) {
    expect((await agent.reason(ROOM, "DryRun")).dryRun).to.equal(head);
    expect(await world.entities(), "of a dry run").to.deep.equal(BEFORE);
    return;
  }
  await agent.verified(ROOM, head);
  await world.has(AFTER["takes three"]);
  await agentOnceConfirmed(world);
}

/** A label that is set while no plan can be shown confirms nothing; one that is set again does. */
async function playPlan(world: ForgeFaultWorld, run: RunGiven): Promise<void> {
  const { agent, people } = world.plan;
  await putOn(world, run, part([OPEN_ONES, COMMENT, HISTORY], run));
  const blind = await world.open("takes three");
  await world.says("PlanNotPublished");
  await people.setLabel(blind, "confirm");
  await world.mendsBoth();
  await world.check({ settled: false });
  await heal(world);
  await world.shown(blind);
  await world.warns("PlanNotPublished", false);
  const head = await world.merge(blind);
  await agent.observed(head, PATIENCE_MS);
  await agent.reason(ROOM, "ChangeThresholdExceeded");
  expect(await world.entities(), "after a label that nobody was shown a plan for").to.deep.equal(
    BEFORE,
  );
  await world.check();
  const seen = await world.open("takes three");
  await world.shown(seen);
  await world.setLabel(seen, "confirm");
  await agent.verified(ROOM, await world.merge(seen));
  await world.has(AFTER["takes three"]);
}

/** Rooms do not wait for it, and it is written afterwards. */
async function playStatus(world: ForgeFaultWorld, run: RunGiven): Promise<void> {
  const { agent } = world.plan;
  const pull = await world.open("adds");
  await world.shown(pull);
  await putOn(world, run, STATUS);
  const head = await world.merge(pull);
  await agent.verified(ROOM, head);
  await world.says("SyncStatusNotWritten");
  await world.mendsBoth();
  await world.check({ settled: false });
  await heal(world);
  await world.plan.synced(head, /^success: /);
  await world.warns("SyncStatusNotWritten", false);
}
