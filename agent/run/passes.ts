import { readCredential } from "../config/credential.ts";
import type { Config } from "../config/config.ts";
import { isDirect, readAccess } from "../config/reach.ts";
import { WorkerPool } from "../queue/worker-pool.ts";
import { CorrectionCounts } from "../reconcile/correction-counts.ts";
import { FirstSettling } from "../reconcile/sending/first-settling.ts";
import { FingerprintCache } from "../reconcile/desired-room.ts";
import type { ReconcileDeps, ReconcileOptions } from "../reconcile/pass.ts";
import { previewRoom, type PreviewRequest, type RoomPreview } from "../reconcile/preview-room.ts";
import { Reconciler } from "../reconcile/reconciler.ts";
import { StateCache } from "../reconcile/state-cache.ts";
import { ofSource } from "../intake/refused-claims.ts";
import { requestResult, type ServerReport } from "../roomserver/call-report.ts";
import type { RoomServer } from "../roomserver/room-server.ts";
import type { RunningSource } from "../trigger/running-source.ts";
import type { Edges } from "./edges.ts";
import type { LiveConfig } from "./live-config.ts";
import type { Memory } from "./memory.ts";
import { RoomPasses } from "./room-passes.ts";
import type { Work } from "./work.ts";
import { pruneRule, reviewRule, roomRule } from "../config/room-rule.ts";
import { SyncWindows } from "../room/sync-windows.ts";

/** How long a running call may continue after the stop began; the whole stop takes less than 10 s. */
const GRACE_MS = 6000;

/** The workers that take rooms from the queue, and the RoomServer that they write to. */
export interface Passes {
  readonly server: RoomServer;
  readonly pool: WorkerPool;
  /** Resolves when the passes over these rooms that run now have ended, however they end. */
  readonly ended: (roomIds: readonly string[]) => Promise<void>;
  /** What a pass over inputs that a room does not have yet would do. */
  readonly preview: (request: PreviewRequest, signal: AbortSignal) => Promise<RoomPreview>;
  /** Passes that begin from now on go by the configuration in force. */
  readonly reconfigure: () => void;
}

interface Given {
  readonly edges: Edges;
  readonly memory: Memory;
  readonly work: Work;
  readonly sources: readonly RunningSource[];
}

export function createPasses(live: LiveConfig, given: Given): Passes {
  const { edges, memory, work } = given;
  const config = live.now;
  const server = openRoomServer(config, memory.state.roomServer, edges);
  memory.state.roomServer.onServed((roomIds) => {
    for (const roomId of roomIds) work.queue.endBackoff(roomId);
  });
  const deps = passDeps(config, given, server);
  const reconciler = () =>
    new Reconciler({ ...deps, options: reconcileOptions(live.now) }, edges.metrics);
  const current = { live, reconciler: reconciler() };
  const passes = roomPasses(current, given);
  const pool = new WorkerPool({
    queue: work.queue,
    workers: config.operator.reconciliation.parallelRooms,
    handle: (roomId, priority, turn) => passes.handle(roomId, priority, turn),
    onError: (error, room) => edges.logger.error({ error, room }, "pass failed"),
  });
  const reconfigure = () => {
    current.reconciler = reconciler();
  };
  const preview = (request: PreviewRequest, signal: AbortSignal) =>
    previewRoom(request, { ...deps, options: reconcileOptions(live.now) }, signal);
  return { server, pool, ended: (roomIds) => passes.ended(roomIds), preview, reconfigure };
}

/** `report` gets what its calls show of the server. */
export function openRoomServer(
  config: Config,
  report: Pick<ServerReport, "note">,
  edges: Edges,
): RoomServer {
  const { baseUrl, timeoutMs, uploadTimeoutMs, reach } = config.roomServer;
  const { clock, random, metrics } = edges;
  return edges.implementations.openRoomServer({
    baseUrl,
    timeoutMs,
    uploadTimeoutMs,
    ...(isDirect(reach) ? {} : { access: () => readAccess(reach) }),
    tokenType: config.auth.tokenType,
    token: async () => {
      const { token } = config.auth;
      return token === null ? undefined : (await readCredential(token)).reveal();
    },
    ...(config.auth.token?.kind === "file" ? { tokenFile: config.auth.token.path } : {}),
    retry: config.operator.retry,
    rateLimitPerSecond: config.operator.reconciliation.rateLimitPerSecond,
    clock,
    random,
    onCall: (call) => {
      metrics.roomServerRequest({ ...call, result: requestResult(call) });
    },
    onServer: (seen, roomId) => {
      report.note(seen, roomId);
    },
  });
}

function passDeps(
  config: Config,
  { edges, memory, work, sources }: Given,
  server: RoomServer,
): Omit<ReconcileDeps, "options"> {
  const { store, rooms, steady, observeOnly } = memory;
  const { clock, newId, trail, onPassPoint } = edges;
  const { staleToleranceMs } = config.operator.reconciliation.stateConsistency;
  const isAllowed = roomRule(config);
  return {
    store,
    rooms,
    trail,
    server,
    clock,
    steady,
    newId,
    run: newId(),
    cache: new StateCache(clock, staleToleranceMs),
    corrections: new CorrectionCounts(clock),
    fingerprints: new FingerprintCache(),
    firstSettling: new FirstSettling(),
    gates: work.gates,
    observeOnly,
    fileOf: (roomId, { source, path }) =>
      sources.flatMap(({ name, intake }) =>
        intake.pathsOf(roomId, name === source ? path : ""),
      )[0] ?? null,
    claimOf: (roomId, { source }) => {
      const others = sources.filter(({ name }) => name !== source && isAllowed(name, roomId));
      const claims = others.flatMap(({ name, intake }) =>
        intake.pathsOf(roomId).map((path) => ofSource({ source: name, path })),
      );
      return claims[0] ?? null;
    },
    whyIntentUnknown: (row, inputs) => {
      const owner = row.owner?.kind === "git" ? row.owner.source : null;
      const source = sources.find(({ name }) => name === owner);
      return source?.labels?.whyUnknown(row, inputs) ?? null;
    },
    onPassPoint,
  };
}

function roomPasses(
  current: { readonly live: LiveConfig; readonly reconciler: Reconciler },
  { edges, memory, work, sources }: Given,
): RoomPasses {
  return new RoomPasses({
    get reconciler() {
      return current.reconciler;
    },
    get intervalMs() {
      const { stateConsistency, intervalMs } = current.live.now.operator.reconciliation;
      return stateConsistency.mode === "active" ? intervalMs : null;
    },
    queue: work.queue,
    firstPolls: work.firstPolls,
    requests: work.pending,
    replacements: work.replacements,
    state: memory.state,
    tracker: memory.loaded.tracker,
    sources,
    clock: edges.clock,
    newId: edges.newId,
    log: edges.logger,
    metrics: edges.metrics,
    graceMs: GRACE_MS,
  });
}

/** The part of the configuration that passes go by. */
function reconcileOptions(config: Config): ReconcileOptions {
  const { operator } = config;
  const { guardrails, convergenceTracking, stateConsistency } = operator.reconciliation;
  const drift = new Map(config.git.sources.map((source) => [source.name, source.drift]));
  const { requireConfirmHeader, ...limits } = guardrails;
  return {
    limits: { ...limits, requireConfirm: requireConfirmHeader },
    resources: operator.features.resources,
    versionPolicy: operator.versionPolicy,
    rollback: operator.rollback,
    confirmationExpiresMs: operator.confirmations.expireMs,
    convergence: {
      enabled: convergenceTracking.enabled,
      maxCycles: convergenceTracking.maxCyclesUntilConverged,
    },
    readBeforeApply: stateConsistency.readBeforeApply,
    staleToleranceMs: stateConsistency.staleToleranceMs,
    isRoomAllowed: roomRule(config),
    driftOf: (source) => drift.get(source) ?? null,
    windows: new SyncWindows(operator),
    prunes: pruneRule(config),
    reviewOf: reviewRule(config),
  };
}
