import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import type { AuditRecord } from "../../../agent/status/audit-record.ts";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import { everyRoom } from "../../../agent/store/every-room.ts";
import { ConfigWorld } from "../../support/config-world.ts";
import { eventually } from "../../support/eventually.ts";
import { specYaml } from "../../support/spec-yaml.ts";

type Sources = (config: ConfigWorld) => readonly Readonly<Record<string, unknown>>[];
type Others = Readonly<Record<string, unknown>>;

interface Case {
  readonly name: string;
  readonly before: Sources;
  readonly after: Sources;
  readonly others?: Others;
  /** Done by a person before the configuration changes. */
  readonly earlier?: (config: ConfigWorld) => Promise<void>;
}

const both: Sources = (config) => [config.source("alpha"), config.source("beta")];
const alone: Sources = (config) => [config.source("alpha")];

/**
 * `alpha` and `beta` both have files of their own, and beta has a file that names alpha's first room as well. Changes that
 * do not meet are made by one reload: each case is two agents.
 */
const CASES: readonly Case[] = [
  {
    name: "a source is added in front of another",
    before: alone,
    after: (config) => [config.source("beta"), config.source("alpha")],
  },
  {
    name: "the source that owns a claimed room is removed",
    before: both,
    after: (config) => [config.source("beta")],
  },
  { name: "all sources are removed", before: both, after: () => [] },
  {
    name: "a source is renamed",
    before: both,
    after: (config) => [config.source("gamma", {}, "alpha"), config.source("beta")],
  },
  {
    name: "a suspended source is renamed",
    before: alone,
    after: (config) => [config.source("gamma", {}, "alpha")],
    earlier: async ({ world }) => {
      const body = JSON.stringify({ reason: "drill" });
      const headers = { "Content-Type": "application/json" };
      await fetch(`${world.url}/sources/alpha/suspend`, { method: "POST", headers, body });
    },
  },
  {
    name: "a source points to another repository, and one follows another branch",
    before: both,
    after: (config) => [
      config.source("alpha", {}, "other"),
      config.source("beta", { Ref: { Branch: "next" } }),
    ],
  },
  {
    name: "a source may not manage a claimed room any more, and one is read from another folder",
    before: both,
    after: (config) => [
      config.source("alpha", { AllowedRooms: ["room-a2"] }),
      config.source("beta", { Path: "more" }),
    ],
  },
  {
    name: "drift is left alone, and windows are closed",
    before: both,
    after: (config) => [
      config.source("alpha", { Drift: { Policy: "report" } }),
      config.source("beta"),
    ],
    others: {
      Operator: {
        SyncWindows: [{ Kind: "deny", Schedule: "* * * * *", Duration: "1h", TimeZone: "UTC" }],
      },
    },
  },
];

/** Which of two sources is read first is chance. What is not chance differs each time. */
const MORE_PLAYS = 5;

describe("a reload gives what a restart with the new file gives", function () {
  this.timeout(180_000);
  for (const each of CASES)
    it(`when ${each.name}`, async () => {
      let [reloaded, restarted] = await playedBothWays(each);
      for (let more = MORE_PLAYS; more > 0 && !isDeepStrictEqual(reloaded, restarted); more -= 1)
        [reloaded, restarted] = await playedBothWays(each);
      const without = (lines: readonly string[], others: readonly string[]) =>
        lines.filter((line) => !others.includes(line));
      expect(without(reloaded, restarted), "only after the reload").to.deep.equal([]);
      expect(without(restarted, reloaded), "only after the restart").to.deep.equal([]);
      expect(reloaded).to.deep.equal(restarted);
    });
});

function playedBothWays(each: Case) {
  return Promise.all([
    played(each, async (config) => {
      config.write(each.after(config), each.others);
      expect((await config.ask()).status).to.equal(200);
    }),
    played(each, async (config) => {
      config.write(each.after(config), each.others);
      await config.world.stop();
      await config.world.start();
    }),
  ]);
}

async function played(each: Case, change: (config: ConfigWorld) => Promise<void>) {
  const config = await ConfigWorld.create({ Operator__Reconciliation__IntervalSeconds: "0.2" });
  const { world } = config;
  world.patienceMs = PATIENCE_MS;
  world.implementations = {
    ...world.implementations,
    watchFile: () => ({ stop: async () => undefined }),
  };
  try {
    commitAll(config);
    config.write(each.before(config));
    await world.start();
    await world.verified("room-a1", config.repository("alpha").head());
    claim(config);
    await eventually("beta was polled since", () => isAtHead(config, "beta"), PATIENCE_MS);
    await settled(config);
    await each.earlier?.(config);
    const known = (await world.audit()).length;
    await change(config);
    await settled(config);
    const status = await world.status();
    const audit = (await world.audit()).slice(known);
    await world.stop();
    const rows = await rowsOf(world.data);
    return plain({ status, rows, audit: audit.filter(isSame) }, config);
  } finally {
    await world.remove();
  }
}

function commitAll(config: ConfigWorld): void {
  const entities = ["E-01"];
  const alpha = config.repository("alpha");
  alpha.commit({
    "a1.room.yaml": specYaml({ roomId: "room-a1", entities }),
    "more/a2.room.yaml": specYaml({ roomId: "room-a2", entities }),
  });
  alpha.commit({ note: "n" }, { message: "Note\n\nConfirm: room-a1" });
  const second = (roomId: string) => specYaml({ roomId, version: 2, entities: ["E-01", "E-02"] });
  config.repository("other").commit({
    "a1.room.yaml": second("room-a1"),
    "c1.room.yaml": specYaml({ roomId: "room-c1", entities }),
  });
  const beta = config.repository("beta");
  beta.commit({
    "b1.room.yaml": specYaml({ roomId: "room-b1", entities }),
    "more/b2.room.yaml": specYaml({ roomId: "room-b2", entities }),
  });
  beta.commit(
    { "b1.room.yaml": second("room-b1") },
    { branch: "next", parents: [beta.head() as string] },
  );
}

/** A file of beta names alpha's first room, once that has its owner. */
function claim(config: ConfigWorld): void {
  const file = specYaml({ roomId: "room-a1", entities: ["E-01"] });
  config.repository("beta").commit({ "claim.room.yaml": file });
}

/** Time of three passes, ms, in which each source is polled so often: what changes does so at the next of them. */
const QUIET_MS = 600;
const QUIET_POLLS = 3;
const PATIENCE_MS = 60_000;
/** Between two looks, ms: reading the status is most of the work. */
const PAUSE_MS = 100;

/** The status stays the same for a while, in which each source was polled and passes found nothing new. */
async function settled({ world }: ConfigWorld): Promise<void> {
  let last = "";
  let sinceMs = performance.now();
  const polls = new Set<string>();
  await eventually(
    "the agent has settled",
    async () => {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      const { rooms, sources } = await world.status();
      const bare = { isReconciling: null, lastReconcile: null, lastPoll: null, nextPoll: null };
      const now = JSON.stringify([...rooms, ...sources].map((each) => ({ ...each, ...bare })));
      if (now !== last) {
        sinceMs = performance.now();
        polls.clear();
      }
      last = now;
      for (const { name, lastPoll } of sources)
        if (lastPoll !== null) polls.add(`${name} ${lastPoll}`);
      const isPolled = sources.every(
        ({ name }) => [...polls].filter((poll) => poll.startsWith(`${name} `)).length > QUIET_POLLS,
      );
      return isPolled && performance.now() - sinceMs >= QUIET_MS;
    },
    PATIENCE_MS,
  );
}

/** True as well where the source is not configured. */
async function isAtHead(config: ConfigWorld, name: string): Promise<boolean> {
  const source = (await config.world.status()).sources.find((one) => one.name === name);
  const head = config.repository(name).head();
  return source === undefined || source.observedRevision === `main@sha1:${head}`;
}

/** What both ways write of it: not the reload itself, nor that news met a pass that had begun, which is chance. */
function isSame({ action, metadata }: AuditRecord): boolean {
  return !action.startsWith("config.") && metadata["reason"] !== "Superseded";
}

async function rowsOf(path: string) {
  const store = await openSqliteStore({
    path,
    nowMs: () => Date.now(),
    onWrite: () => undefined,
    onSetAside: () => [],
    onDamage: () => undefined,
  });
  try {
    // Its version counts how often it was written.
    const rooms = await Array.fromAsync(everyRoom(store), (row) => ({ ...row, version: 0 }));
    const sources = (await store.readSources()).map((row) => ({ ...row, lastGood: null }));
    const suspensions = await store.readDocuments("suspension");
    return { rooms, sources, suspensions };
  } finally {
    await store.close();
  }
}

const VOLATILE = new Set([
  "timestamp",
  "correlationId",
  "lastReconcile",
  "lastPoll",
  "nextPoll",
  "isReconciling",
  "queuedRequests",
  "startedAt",
  "loadedAt",
  "run",
  "confirmedRequests",
  "requestId",
]);

/** Without times, ids and addresses; audit records by what they say, not by when. */
function plain(
  facts: { readonly [name: string]: unknown; readonly audit: readonly unknown[] },
  { world }: ConfigWorld,
): readonly string[] {
  const text = JSON.stringify(facts, (key, value: unknown) =>
    VOLATILE.has(key) ? undefined : value,
  );
  const base = world.git.url("").replace(/\/$/, "");
  const bare = text
    .replaceAll(base, "GIT")
    .replaceAll(world.folder, "FOLDER")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/(?<=[":@ ])[0-9a-f]{40,64}(?=[",: ])/g, "OID")
    .replaceAll(/"(?:durationMs|duration|revision|digest|\w+Ms)":[\d.]+/g, '"n":0');
  const { audit, ...others } = JSON.parse(bare) as { audit: readonly unknown[] };
  const records = audit.map((record) => JSON.stringify(record)).sort();
  return [...linesOf(others, ""), ...records];
}

/** `rows.rooms.0.owner: null`, one line for each value. */
function linesOf(value: unknown, at: string): readonly string[] {
  if (typeof value !== "object" || value === null) return [`${at}: ${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([name, member]) => linesOf(member, `${at}.${name}`));
}
