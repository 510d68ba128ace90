import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { MIGRATIONS } from "../../agent/store/sqlite-migrations.ts";
import { readSchema } from "../../agent/store/sqlite-schema.ts";
import { damagePage } from "../support/damage.ts";
import { setFaults } from "../support/devserver-client.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { changeCase, type UnderWay } from "./change-case.ts";
import type { FaultCase } from "./fault-case.ts";
import { ROOM, type ProcessWorld } from "./process-world.ts";
import { CHANGE_KINDS } from "./room-changes.ts";
import { makeOlder } from "./older-store.ts";

/** Not the policy that a spec stopped naming: an agent that has forgotten the spec before cannot know of it. */
const REMEMBERED_BY_ROOMS = CHANGE_KINDS.filter((kind) => kind !== "policy");

/** Cycles in which a person has not yet said anything. */
const LASTS = 5;

const PAGE_BYTES = 4096;

function storeOf({ world }: ProcessWorld): string {
  return join(world.data, "store.db");
}

/** Kills the agent in the middle of the change. */
async function killMidway(underWay: UnderWay): Promise<void> {
  const { world, run, kind } = underWay;
  const latency = { kind: "latency", operation: kind, ms: 300, afterWork: true } as const;
  await setFaults(world.world.roomServerUrl, latency);
  underWay.push();
  await underWay.calls(1 + (run.seed % 3));
  await world.agent.killAgent();
  await setFaults(world.world.roomServerUrl);
}

/** Changes the file by SQL, and brings all of it into the file. */
function change(file: string, sql = ""): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(`${sql}; PRAGMA wal_checkpoint(TRUNCATE)`);
  } finally {
    database.close();
  }
}

/** Why the agent only observes; null when it does more. */
async function observeOnly({ world }: ProcessWorld): Promise<string | null> {
  const path = "/status";
  const { body } = await world.get<{ observeOnly?: { reason: string } | null }>(path);
  return body.observeOnly?.reason ?? null;
}

/** For a while nothing is written; then a person looks and says yes to this room. */
async function untilAPersonSaysSo(world: ProcessWorld): Promise<number> {
  const calls = await world.writesAfter(0);
  await world.morePolls(LASTS);
  await world.morePasses(LASTS);
  expect(await world.writesAfter(0), "calls before a person said yes").to.deep.equal(calls);
  const healedMs = Date.now();
  const answer = await world.world.apply({ roomId: ROOM }, { "X-Confirm": "true" });
  expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
  return healedMs;
}

/** Everything may be lost, so nothing is written until a person has looked. */
const damaged = changeCase({
  id: "P7",
  title: "store: a random page damaged",
  withinCycles: 3,
  forgets: true,
  kinds: REMEMBERED_BY_ROOMS,
  strike: async (underWay) => {
    const { world, run } = underWay;
    await killMidway(underWay);
    const file = storeOf(world);
    change(file);
    const pages = statSync(file).size / PAGE_BYTES;
    const page = 1 + Math.floor(seededRandom(run.seed)() * pages);
    damagePage(file, { page, from: 0, bytes: PAGE_BYTES });
    await world.start();
    expect(await observeOnly(world), `page ${page} of ${pages}`).to.equal("StoreDamaged");
    return untilAPersonSaysSo(world);
  },
});

/** A store that is gone is a first install: what is missing is added, what is too much waits for a yes. */
const gone = changeCase({
  id: "P8",
  title: "store deleted",
  variants: ["stopped", "running"],
  withinCycles: 3,
  forgets: true,
  kinds: REMEMBERED_BY_ROOMS,
  strike: async (underWay) => {
    const {
      world,
      run,
      change: { removes },
    } = underWay;
    const file = storeOf(world);
    if (run.variant === "running") {
      const latency = {
        kind: "latency",
        operation: underWay.kind,
        ms: 300,
        afterWork: true,
      } as const;
      await setFaults(world.world.roomServerUrl, latency);
      underWay.push();
      await underWay.calls(1);
      rmSync(file);
      await world.unhealthy();
      const calls = await world.writesAfter(0);
      await world.morePolls(LASTS);
      expect(await world.writesAfter(0), "calls without a store").to.deep.equal(calls);
      await setFaults(world.world.roomServerUrl);
      await world.stop();
    } else {
      await killMidway(underWay);
      for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
    }
    const healedMs = Date.now();
    await world.start();
    const isHeld = (await observeOnly(world)) !== null || removes.length > 0;
    return isHeld ? untilAPersonSaysSo(world) : healedMs;
  },
});

/** What was written last is lost, and that is noticed: nothing is written until a person has looked. */
const logGone = changeCase({
  id: "P9",
  title: "store: WAL deleted",
  variants: ["all-was-in-it", "the-change-was-in-it"],
  withinCycles: 3,
  forgets: true,
  kinds: REMEMBERED_BY_ROOMS,
  strike: async (underWay) => {
    const { world, run } = underWay;
    if (run.variant === "the-change-was-in-it") {
      await world.stop();
      await world.start();
    }
    await killMidway(underWay);
    for (const end of ["-wal", "-shm"]) rmSync(`${storeOf(world)}${end}`, { force: true });
    await world.start();
    expect(await observeOnly(world)).to.equal("StoreDamaged");
    return untilAPersonSaysSo(world);
  },
});

/** An older schema is brought up to date, a newer one is refused and left as it is. */
const otherSchema = changeCase({
  id: "P10",
  title: "store: older and newer schema",
  variants: ["older", "newer"],
  withinCycles: 3,
  strike: async (underWay) => {
    const { world, run } = underWay;
    const file = storeOf(world);
    await world.stop();
    underWay.push();
    if (run.variant === "older") makeOlder(file);
    else {
      change(file, "PRAGMA user_version = 999");
      const calls = await world.world.log();
      const agent = world.world.launch();
      expect((await agent.ended).code, agent.output).to.equal(1);
      expect(agent.stderr).to.match(/^StoreTooNew: .*schema 999/);
      expect(await world.world.log()).to.deep.equal(calls);
      change(file, `PRAGMA user_version = ${MIGRATIONS.length}`);
    }
    const healedMs = Date.now();
    await world.start();
    expect(schemaOf(file), "the schema").to.equal(MIGRATIONS.length);
    return healedMs;
  },
});

function schemaOf(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return readSchema(database).version;
  } finally {
    database.close();
  }
}

export const storeCases: readonly FaultCase[] = [damaged, gone, logGone, otherSchema];
