import type { Config } from "../config/config.ts";
import {
  httpApi,
  IMPLEMENTATIONS,
  openStore,
  roomServer,
  specSource,
  type Implementations,
} from "./implementations.ts";
import { systemClock, type Clock } from "../kernel/clock.ts";
import { randomId, type IdSource, type Random } from "../kernel/ids.ts";
import { SteadyTime, type ClockReading } from "../kernel/steady-time.ts";
import { KeyBackoff } from "../queue/backoff.ts";
import { WorkQueue } from "../queue/work-queue.ts";
import { WorkerPool } from "../queue/worker-pool.ts";
import { CorrectionCounts } from "../reconcile/correction-counts.ts";
import { FingerprintCache } from "../reconcile/desired-room.ts";
import { judgeAndLoadRooms } from "../intake/judge-and-load-rooms.ts";
import type { LoadedRooms } from "../intake/load-rooms.ts";
import { ObserveOnly } from "../reconcile/observe-only.ts";
import { reconcileOptions } from "../reconcile/reconcile-options.ts";
import { Reconciler } from "../reconcile/reconciler.ts";
import type { PassObserver } from "../room/pass-points.ts";
import { AuditTrail } from "../store/audit-trail.ts";
import { RoomWriter } from "../store/room-writer.ts";
import { StateCache } from "../reconcile/state-cache.ts";
import type { RoomServer } from "../roomserver/room-server.ts";
import type { Room } from "../room/room.ts";
import type { ClockRow } from "../room/rows.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { createFolderSeeds } from "../request/folder-seeds.ts";
import { createLiveOperator } from "./live-operator.ts";
import { LiveState } from "./live-state.ts";
import { Maintenance } from "./maintenance.ts";
import { PendingRequests } from "../request/pending-requests.ts";
import { PersonRequests } from "../request/person-requests.ts";
import { PostedInputs } from "../request/posted-inputs.ts";
import { Replacements } from "../request/replacements.ts";
import { RoomPasses } from "./room-passes.ts";
import { SourcePolls } from "../request/source-polls.ts";
import { RunningAgent } from "./running-agent.ts";
import { RoomTally } from "./room-tally.ts";
import { reassessOthers, RunningSource } from "../trigger/running-source.ts";

/** The whole agent: `start` resolves once it serves its API, `stop` once nothing of it is left. Both idempotent. */
export interface Agent {
  start(): Promise<{ readonly url: string }>;
  stop(): Promise<void>;
}

export interface AgentOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock?: Clock;
  readonly newId?: IdSource;
  readonly random?: Random;
  /** Those that are not handed in are the real ones. */
  readonly implementations?: Partial<Implementations>;
  /** Hears of the points that passes reach; nobody by default. */
  readonly reached?: PassObserver;
}

/** A call under way when the agent is told to stop may go on for so long; the whole stop takes less than 10 s. */
const GRACE_MS = 6000;

/** What the seeds of a posted spec may weigh where no source says more. */
const SEED_BYTES = 16 * 1024 ** 2;

/** A person waits this long for the answer of `/apply`. */
const APPLY_WAIT_MS = 30_000;

/** The composition root. Nothing happens before `start`. */
export function createAgent(config: Config, options: AgentOptions): Agent {
  const edges = {
    clock: systemClock,
    newId: randomId,
    random: Math.random,
    reached: () => undefined,
    ...options,
  };
  const { clock, newId } = edges;
  const given: Given = {
    ...edges,
    config,
    trail: new AuditTrail({ clock, newId, operatorVersion: config.operator.version }),
    implementations: { ...IMPLEMENTATIONS, ...options.implementations },
  };
  let running: Promise<RunningAgent> | null = null;
  let stopped: Promise<void> | null = null;
  return {
    start: async () => {
      if (stopped !== null) throw new Error("the agent was stopped; create another one");
      running ??= openAgent(given);
      return (await running).start();
    },
    stop: () => {
      stopped ??= (running ?? Promise.resolve(null)).then(
        (agent) => agent?.stop(),
        // It never came up, and start() has said why.
        () => undefined,
      );
      return stopped;
    },
  };
}

interface Given extends Required<AgentOptions> {
  readonly config: Config;
  readonly trail: AuditTrail;
  readonly implementations: Implementations;
}

/** A damage that shows only when the rows are read is noted by the store; opened once more, it is set aside. */
async function openAgent(given: Given, isAgain = false): Promise<RunningAgent> {
  const state = new LiveState(given.clock);
  const store = await openStore({ ...given, state });
  try {
    const sources = new Set(given.config.git.sources.map(({ name }) => name));
    const tally = new RoomTally(sources, given.clock);
    const noteRoom = (row: Room) => tally.note(row);
    const loaded = await judgeAndLoadRooms(store, { ...given, onRoom: noteRoom });
    given.metrics.countRooms(() => tally.counts());
    const observeOnly = await ObserveOnly.load(store, given);
    const noted = await store.readClock();
    const steady = new SteadyTime(given.clock, noted === null ? null : toReading(noted));
    const rooms = new RoomWriter(store, noteRoom, (roomId) => tally.forget(roomId));
    const opened = { state, store, rooms, loaded, observeOnly, noted, steady };
    return await assemble({ ...given, ...opened });
  } catch (error) {
    await store.close();
    if (state.damage !== null && !isAgain) return openAgent(given, true);
    throw error;
  }
}

function toReading({ steady, wall }: ClockRow): ClockReading {
  return { steadyMs: Date.parse(steady), wallMs: Date.parse(wall) };
}

interface Opened extends Given {
  readonly state: LiveState;
  readonly store: Store;
  readonly rooms: RoomWriter;
  readonly loaded: LoadedRooms;
  readonly observeOnly: ObserveOnly;
  readonly noted: ClockRow | null;
  readonly steady: SteadyTime;
}

async function assemble(opened: Opened): Promise<RunningAgent> {
  const { config, clock, loaded, logger } = opened;
  const queue = new WorkQueue({ clock, backoff: new KeyBackoff({ random: opened.random }) });
  const server = roomServer(opened);
  const sources = await openSources(opened, queue);
  const pending = new PendingRequests();
  const replacements = new Replacements(opened.store);
  const passes = roomPasses({ ...opened, queue, server, sources, pending, replacements });
  const pool = new WorkerPool({
    queue,
    workers: config.operator.reconciliation.parallelRooms,
    handle: (roomId, priority, stopping) => passes.handle(roomId, priority, stopping),
    onError: (error, room) => logger.error({ error, room }, "pass failed"),
  });
  const closing = new AbortController();
  const persons = personRequests({ ...opened, queue, sources, pending, replacements, closing });
  const acknowledging = { ...opened, log: logger };
  const mayManage = reconcileOptions(config).isRoomAllowed;
  const { owners } = loaded;
  const live = { ...opened, persons, queue, sources, owners, mayManage, acknowledging };
  const operator = createLiveOperator(live);
  const maintenance = new Maintenance({
    ...opened,
    retentionMs: config.store.retentionMs,
    onError: (error) => logger.error({ error }, "cleanup failed"),
  });
  const api = httpApi(opened, operator);
  return new RunningAgent({
    ...opened,
    queue,
    server,
    sources,
    pending,
    pool,
    api,
    maintenance,
    closing,
    wanted: loaded.wanted,
  });
}

interface Working extends Opened {
  readonly queue: WorkQueue;
  readonly sources: readonly RunningSource[];
  readonly pending: PendingRequests;
  readonly replacements: Replacements;
}

async function openSources(opened: Opened, queue: WorkQueue): Promise<readonly RunningSource[]> {
  const { config, loaded, logger } = opened;
  const deps = {
    ...opened,
    log: logger,
    ...loaded,
    confirmationExpiresMs: config.operator.confirmations.expireMs,
    mayManage: reconcileOptions(config).isRoomAllowed,
    staleToleranceMs: config.operator.reconciliation.stateConsistency.staleToleranceMs,
    enqueue: (roomId: string) => queue.add(roomId, "git"),
    claimsElsewhere: (roomId: string, source: string) =>
      running
        .filter(({ name }) => name !== source)
        .flatMap(({ name, intake }) =>
          intake.pathsOf(roomId).map((path) => ({ source: name, path })),
        ),
    released: (roomIds: readonly string[], source: string) =>
      reassessOthers({ sources: running, roomIds, except: source }, logger),
  };
  const running: RunningSource[] = [];
  for (const source of config.git.sources) {
    const { name, url, ref, path, allowEmpty, mergedCommits, intervalMs } = source;
    const options = { name, url, ref: ref.branch, path, allowEmpty, mergedCommits, intervalMs };
    running.push(await RunningSource.open(specSource(source, opened), options, deps));
  }
  return running;
}

function roomPasses(working: Working & { readonly server: RoomServer }): RoomPasses {
  const { config, clock, newId, metrics } = working;
  const { stateConsistency } = config.operator.reconciliation;
  const deps = {
    ...working,
    run: newId(),
    cache: new StateCache(clock, stateConsistency.staleToleranceMs),
    corrections: new CorrectionCounts(clock),
    fingerprints: new FingerprintCache(),
    gates: [working.observeOnly],
    options: reconcileOptions(config),
  };
  return new RoomPasses({
    reconciler: new Reconciler(deps, metrics),
    queue: working.queue,
    requests: working.pending,
    replacements: working.replacements,
    clock,
    newId,
    log: working.logger,
    state: working.state,
    metrics,
    tracker: working.loaded.tracker,
    sources: working.sources,
    intervalMs:
      stateConsistency.mode === "active" ? config.operator.reconciliation.intervalMs : null,
    graceMs: GRACE_MS,
  });
}

function personRequests(working: Working & { readonly closing: AbortController }): PersonRequests {
  const { config, store, rooms, clock, queue, pending, sources, loaded } = working;
  const seedBytes = Math.max(
    SEED_BYTES,
    ...config.git.sources.map(({ limits }) => limits.seedBytes),
  );
  const folder =
    config.operator.seedRoot === null
      ? null
      : createFolderSeeds(config.operator.seedRoot, seedBytes);
  const pollerOf = (name: string) => sources.find((source) => source.name === name)?.poller;
  return new PersonRequests({
    store,
    rooms,
    clock,
    steady: working.steady,
    trail: working.trail,
    queue,
    pending,
    owners: loaded.owners,
    tracker: loaded.tracker,
    posted: new PostedInputs({
      sources,
      mayManage: reconcileOptions(config).isRoomAllowed,
      folder,
      clock,
      signal: working.closing.signal,
    }),
    sourcePolls: new SourcePolls({
      store,
      names: sources.map(({ name }) => name),
      pollSource: (name) => pollerOf(name)?.pollNow() ?? null,
      nextPoll: (name) => pollerOf(name)?.live.nextPoll ?? null,
    }),
    replacements: working.replacements,
    released: (roomIds) => reassessOthers({ sources, roomIds, except: null }, working.logger),
    waitMs: APPLY_WAIT_MS,
  });
}
