import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench, BenchOptions, Skipped } from "./support/bench.ts";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import { bytesUnder } from "./support/bytes-under.ts";
import { pollsOf } from "./support/git-requests.ts";
import type { GitRequest } from "./support/git-requests.ts";
import { GitSyncProcess } from "./support/git-sync-process.ts";
import type { LaunchedAgent } from "./support/launched-agent.ts";
import { machineMs } from "./support/machine-ms.ts";
import { measured, whole } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";
import { commitSpecs, roomPath, smallSpec } from "./support/specs.ts";
import { median } from "./support/statistics.ts";

const PERIOD_SECONDS = 1;
const SYNCS = 3;
const MB = 1000 ** 2;

/** The agent next to git-sync: the same git server and repository, the same period. */
export const gitSync: Bench = {
  name: "git-sync",
  rows: (quick) => sizes(quick).flatMap((rooms) => Object.values(kinds(rooms, quick))),
  run,
};

function sizes(quick: boolean): readonly number[] {
  return quick ? [10] : [10, 5000];
}

/** Longer than a minute: then workers without work are ended. */
function settleSeconds(quick: boolean): number {
  return quick ? 2 : 75;
}

function idleSeconds(quick: boolean): number {
  return quick ? 6 : 60;
}

function kinds(rooms: number, quick: boolean) {
  const subject = `git-sync next to the agent, ${whole(rooms)} specs`;
  const ratio = { of: "git-sync" };
  const row = (what: string, unit: RowKind["unit"]): RowKind => ({
    what: `${subject}: ${what}`,
    unit,
    ratio,
  });
  const seconds = settleSeconds(quick) + idleSeconds(quick);
  return {
    content: row(`process start to head ingested or link there, p50 of ${SYNCS}`, "s"),
    peak: row("peak RSS of the tree until then, and until rooms are verified", "MB"),
    requests: row("requests of an idle poll", ""),
    bytes: row("bytes of an idle poll", "B"),
    cpu: row("processor time of an idle poll", "ms"),
    rss: row(`RSS of the tree after ${seconds} idle seconds`, "MB"),
    push: row("push to room verified or link switched, p50", "ms"),
    disk: row("disk, all of it", "MB"),
  } satisfies Record<string, RowKind>;
}

async function run(options: BenchOptions): Promise<readonly Measured[] | Skipped> {
  const program = process.env["GIT_SYNC_BIN"];
  if (program === undefined || program === "") {
    return { skipped: "set GIT_SYNC_BIN to the git-sync program, version 4, to run it" };
  }
  const figures: Measured[] = [];
  for (const rooms of sizes(options.quick)) {
    const world = await BenchWorld.create();
    try {
      figures.push(...(await new SideBySide(world, { program, rooms }).measure(options)));
    } finally {
      await world.remove();
    }
  }
  return figures;
}

/** A figure of both. */
interface Pair {
  readonly agent: number;
  readonly gitSync: number;
}

/** What both have started for: one sync into empty folders. */
interface Sync {
  readonly agent: LaunchedAgent;
  readonly gitSync: GitSyncProcess;
  readonly contentMs: Pair;
  readonly peakMb: Pair;
  readonly folders: { readonly agent: string; readonly gitSync: string };
}

class SideBySide {
  readonly #world: BenchWorld;
  readonly #program: string;
  readonly #rooms: number;

  constructor(world: BenchWorld, { program, rooms }: { program: string; rooms: number }) {
    this.#world = world;
    this.#program = program;
    this.#rooms = rooms;
  }

  async measure({ quick, say }: BenchOptions): Promise<readonly Measured[]> {
    const head = commitSpecs(this.#world.repository, this.#rooms, smallSpec);
    const syncs: Sync[] = [];
    try {
      for (let number = 0; number < SYNCS; number += 1) {
        say(`first sync of ${this.#rooms} specs by both`);
        await syncs.at(-1)?.gitSync.stop();
        syncs.push(await this.#sync(head, number));
      }
      const last = syncs.at(-1);
      if (last === undefined) throw new Error("nothing was synced");
      say("both idle");
      await sleep(settleSeconds(quick) * 1000);
      const idle = await this.#idle(last, idleSeconds(quick));
      say("pushes to both");
      const pushes: Pair[] = [];
      while (pushes.length < (quick ? 5 : 20)) pushes.push(await this.#push(last, pushes.length));
      // Both remove what the last push replaced.
      await sleep(3000);
      const row = kinds(this.#rooms, quick);
      return [
        both(row.content, seconds(middle(syncs.map(({ contentMs }) => contentMs)))),
        both(row.peak, middle(syncs.map(({ peakMb }) => peakMb))),
        both(row.requests, idle.requests),
        both(row.bytes, idle.bytes),
        both(row.cpu, idle.cpuMs),
        both(row.rss, idle.rssMb),
        both(row.push, middle(pushes)),
        both(row.disk, {
          agent: bytesUnder(last.folders.agent) / MB,
          gitSync: bytesUnder(last.folders.gitSync) / MB,
        }),
      ];
    } finally {
      await syncs.at(-1)?.gitSync.stop();
    }
  }

  /** One after the other, so that neither waits for the other's processor. Both are left running. */
  async #sync(head: string, number: number): Promise<Sync> {
    await this.#world.stopAgent();
    const folders = {
      agent: join(this.#world.folder, `agent-${number}`),
      gitSync: join(this.#world.folder, `git-sync-${number}`),
    };
    mkdirSync(folders.agent, { mode: 0o700 });
    const gitSync = await GitSyncProcess.start({
      program: this.#program,
      folder: folders.gitSync,
      repositoryUrl: this.#world.repositoryUrl,
      periodSeconds: PERIOD_SECONDS,
    });
    const linkedAtMs = await gitSync.linkedAtMs(head);
    const gitSyncPeakMb = gitSync.memory.peakMb;
    const agent = await this.#world.launchAgent({
      ...UNLIMITED,
      Store__Path: folders.agent,
      Git__Sources__0__IntervalSeconds: String(PERIOD_SECONDS),
    });
    await agent.until((log) => log.head === head && log.verified.size === this.#rooms);
    return {
      agent,
      gitSync,
      folders,
      contentMs: {
        agent: (agent.log.headAtMs ?? Number.NaN) - agent.startedAtMs,
        gitSync: linkedAtMs - gitSync.startedAtMs,
      },
      peakMb: { agent: agent.memory.peakMb, gitSync: gitSyncPeakMb },
    };
  }

  async #idle({ agent, gitSync }: Sync, forSeconds: number) {
    const cpuNow = (): Pair => ({
      agent: agent.memory.tree.cpuMs(),
      gitSync: gitSync.memory.tree.cpuMs(),
    });
    await this.#world.takeGitRequests();
    const before = cpuNow();
    await sleep(forSeconds * 1000);
    const after = cpuNow();
    const requests = await this.#world.takeGitRequests();
    const isOurs = ({ client }: GitRequest) => client === "git/room-operator";
    const ours = requests.filter(isOurs);
    const theirs = requests.filter((request) => !isOurs(request));
    const polls = { agent: pollsOf(ours), gitSync: pollsOf(theirs) };
    const bytes = (some: readonly GitRequest[]) =>
      some.reduce((sum, { bytesIn, bytesOut }) => sum + bytesIn + bytesOut, 0);
    const each = (sums: Pair): Pair => ({
      agent: sums.agent / polls.agent,
      gitSync: sums.gitSync / polls.gitSync,
    });
    return {
      requests: each({ agent: ours.length, gitSync: theirs.length }),
      bytes: each({ agent: bytes(ours), gitSync: bytes(theirs) }),
      cpuMs: each({ agent: after.agent - before.agent, gitSync: after.gitSync - before.gitSync }),
      rssMb: { agent: agent.memory.tree.rssMb(), gitSync: gitSync.memory.tree.rssMb() },
    };
  }

  /** A push at another moment of the period each time. */
  async #push({ agent, gitSync }: Sync, number: number): Promise<Pair> {
    await sleep(((number * 370) % 1000) + 200);
    agent.log.reset();
    const pushedAtMs = machineMs();
    const head = this.#world.repository.commit({
      [roomPath(0)]: smallSpec(0, number + 2, [`E-${number}`]),
    });
    const [linkedAtMs] = await Promise.all([
      gitSync.linkedAtMs(head),
      agent.until((log) => log.head === head && log.verified.size === 1),
    ]);
    return {
      agent: (agent.log.lastVerifiedAtMs ?? Number.NaN) - pushedAtMs,
      gitSync: linkedAtMs - pushedAtMs,
    };
  }
}

function both(kind: RowKind, { agent, gitSync: base }: Pair): Measured {
  return measured(kind, agent, { base });
}

function middle(pairs: readonly Pair[]): Pair {
  return {
    agent: median(pairs.map((pair) => pair.agent)),
    gitSync: median(pairs.map((pair) => pair.gitSync)),
  };
}

function seconds({ agent, gitSync: theirs }: Pair): Pair {
  return { agent: agent / 1000, gitSync: theirs / 1000 };
}
