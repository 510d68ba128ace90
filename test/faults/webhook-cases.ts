import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import type { FaultCase, RunGiven } from "./fault-case.ts";
import { PATIENCE_MS } from "./fault-world.ts";
import type { FaultWorld } from "./fault-world.ts";
import { inWorld } from "./outage.ts";
import { WebhookSender, webhookSettings } from "./webhook-sender.ts";
import type { Announced } from "./webhook-sender.ts";

/** Seconds between two polls, and while webhooks are relied on. */
const PACE = { normal: 0.2, slow: 1.2 };

/** Polls may look for what was announced beside those of the interval. */
const CYCLES = 3;

const NEVER = "f".repeat(40);

interface Play {
  readonly world: FaultWorld;
  readonly forge: WebhookSender;
  readonly run: RunGiven;
}

/** What becomes of the deliveries of some pushes, and how often the source is polled after it. */
interface Mishap {
  /** Pushes and delivers. Gives back since when (wall ms) the head can be seen by who polls. */
  readonly play: (given: Play) => Promise<number>;
  /** Absent: either. */
  readonly pace?: keyof typeof PACE;
}

const MISHAPS: Readonly<Record<string, Mishap>> = {
  lost: {
    pace: "normal",
    play: async ({ world }) => {
      world.push();
      return Date.now();
    },
  },
  doubled: {
    pace: "slow",
    play: async ({ world, forge }) => {
      const since = Date.now();
      const sent = forge.sign(push(world));
      const statuses = await inTurn(5, () => forge.post(sent));
      expect(statuses, "answers").to.deep.equal([202, 200, 200, 200, 200]);
      return since;
    },
  },
  "out of order": {
    play: async ({ world, forge }) => {
      const since = Date.now();
      const pushes = [push(world), push(world), push(world)];
      for (const announced of pushes.reverse()) {
        expect(await forge.announce(announced)).to.equal(202);
      }
      return since;
    },
  },
  "before the commit": {
    pace: "slow",
    play: async ({ world, forge }) => {
      const announced = push(world);
      // As a replica that lags.
      world.world.repository.forceBranch(announced.before);
      expect(await forge.announce(announced)).to.equal(202);
      await world.morePolls(3);
      const since = Date.now();
      world.world.repository.forceBranch(announced.after);
      return since;
    },
  },
  "of no commit": {
    pace: "normal",
    play: async ({ world, forge }) => {
      const before = world.world.repository.head() ?? "";
      expect(await forge.announce({ before, after: NEVER })).to.equal(202);
      await world.morePolls(2);
      const since = Date.now();
      world.push();
      return since;
    },
  },
  "a thousand": { play: flood },
  "git is down": {
    pace: "slow",
    play: async ({ world, forge }) => {
      await world.git.proxy.set({ kind: "refuse" });
      expect(await forge.announce(push(world))).to.equal(202);
      await world.morePolls(2);
      expect(await world.sourceReason()).to.equal("Unreachable");
      const since = Date.now();
      await world.git.proxy.heal();
      return since;
    },
  },
  "the agent is killed": {
    pace: "normal",
    play: async ({ world, forge, run }) => {
      const delivered = forge.announce(push(world));
      await world.agent.killAgent();
      run.count("kills of the agent", 1);
      await delivered;
      return startAnew(world);
    },
  },
  "the agent stops": {
    pace: "normal",
    play: async ({ world, forge }) => {
      const announced = push(world);
      world.agent.signal("SIGTERM");
      const statuses = await inTurn(20, () => forge.announce(announced));
      for (const status of statuses) expect(status).to.be.oneOf([202, 503, null]);
      await world.agent.end();
      return startAnew(world);
    },
  },
};

/** Deliveries of webhooks that get lost, come twice, too early, or in the wrong company. */
export const webhookCases: readonly FaultCase[] = [
  {
    id: "W1",
    title: "webhook deliveries go wrong",
    variants: Object.keys(MISHAPS),
    withinCycles: CYCLES,
    run: (run) => inWorld({ settings: settingsOf(run) }, run, play),
  },
  {
    id: "W2",
    title: "an announced commit never comes",
    withinCycles: CYCLES,
    run: (run) => inWorld({ settings: settingsOf(run) }, run, playNever),
  },
];

function settingsOf(run: RunGiven): Record<string, string> {
  return { Git__Sources__0__IntervalSeconds: String(PACE.normal), ...webhookSettings(run) };
}

async function play(world: FaultWorld, _given: unknown, run: RunGiven): Promise<number> {
  const mishap = MISHAPS[run.variant];
  if (mishap === undefined) throw new Error(`no mishap ${run.variant}`);
  const forge = await trusted(world, run);
  world.pushOther();
  await world.world.kickByHand(world.story.room, "E-01");
  const since = await mishap.play({ world, forge, run });
  await world.converged();
  await world.otherConverged();
  await world.mended("E-01");
  await world.check();
  const cycles = await world.cyclesToConverge(since);
  if (mishap.pace !== undefined) await hasPace(world, mishap.pace);
  return cycles;
}

/** Two minutes of polls do not show it: that is a warning, and webhooks are relied on no more until one is right again. */
async function playNever(world: FaultWorld, _given: unknown, run: RunGiven): Promise<number> {
  const forge = await trusted(world, run);
  const before = world.world.repository.head() ?? "";
  expect(await forge.announce({ before, after: NEVER })).to.equal(202);
  await eventually("the commit is known to be missing", () => isMissing(world), 2 * PATIENCE_MS);
  await hasPace(world, "normal");
  await world.check();
  const since = Date.now();
  expect(await forge.announce(push(world))).to.equal(202);
  await world.converged();
  const cycles = await world.cyclesToConverge(since);
  await hasPace(world, "slow");
  expect(await isMissing(world), "the warning").to.equal(false);
  return cycles;
}

/** A first push that is announced as it should be: from then on the source is polled less often. */
async function trusted(world: FaultWorld, { seed }: RunGiven): Promise<WebhookSender> {
  const forge = new WebhookSender(seed, () => world.world.url);
  expect(await forge.announce(push(world))).to.equal(202);
  await world.converged();
  await hasPace(world, "slow");
  return forge;
}

/** A thousand at once, of which half is not signed, and a push in their midst that one of them announces. */
async function flood({ world, forge, run }: Parameters<Mishap["play"]>[0]): Promise<number> {
  const before = { asks: world.asks.length, polls: await world.polls() };
  const { rssMb } = world.resources();
  const announced = push(world);
  const since = Date.now();
  const kinds = Array.from({ length: 1000 }, (_, at) => at % 2 === 0);
  const statuses: (number | null)[] = [];
  const work = async () => {
    for (let isSigned = kinds.pop(); isSigned !== undefined; isSigned = kinds.pop()) {
      const sent = isSigned ? forge.sign(announced) : forge.forge(announced);
      statuses.push(await forge.post(sent));
    }
  };
  await Promise.all(Array.from({ length: 20 }, work));
  const counts = new Map([...Map.groupBy(statuses, (each) => each)].map(([k, v]) => [k, v.length]));
  run.count("deliveries", statuses.length);
  run.count("deliveries turned away", counts.get(429) ?? 0);
  expect([...counts.keys()]).to.have.members([202, 403, 429]);
  expect(counts.get(202), "taken").to.be.at.most(300);
  const asked = world.asks.length - before.asks;
  const polls = (await world.polls()) - before.polls;
  expect(asked, "git requests meanwhile").to.be.at.most(4 * (polls + 1));
  expect(world.resources().rssMb, "memory, MB").to.be.at.most(rssMb + 100);
  return since;
}

function push(world: FaultWorld): Announced {
  const before = world.world.repository.head() ?? "";
  return { before, after: world.push() };
}

async function startAnew(world: FaultWorld): Promise<number> {
  const since = Date.now();
  await world.startAgent();
  return since;
}

async function hasPace(world: FaultWorld, pace: keyof typeof PACE): Promise<void> {
  let seen: unknown;
  await eventually(`the pace is ${pace}`, async () => {
    seen = (await sourceOf(world)).webhook?.intervalSeconds;
    if (seen === PACE[pace]) return true;
    throw new Error(`it is polled each ${String(seen)} s`);
  });
}

async function isMissing(world: FaultWorld): Promise<boolean> {
  const { warnings } = await sourceOf(world);
  return warnings.some(({ reason }) => reason === "AnnouncedCommitMissing");
}

async function sourceOf({ world }: FaultWorld) {
  const { sources } = await world.status();
  const source = sources.find(({ name }) => name === "specs");
  if (source === undefined) throw new Error("the source of the story is not there");
  return source;
}

async function inTurn<T>(count: number, act: () => Promise<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for (let at = 0; at < count; at += 1) all.push(await act());
  return all;
}
