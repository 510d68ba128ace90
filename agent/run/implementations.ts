import { join } from "node:path";
import { type ApiOptions, createApi } from "../api/create-api.ts";
import type { HttpServer } from "../api/http-server.ts";
import type { Operator } from "../api/operator.ts";
import type { Config, SourceConfig } from "../config/config.ts";
import type { Clock } from "../kernel/clock.ts";
import type { IdSource, Random } from "../kernel/ids.ts";
import { requestResult, serverHealth } from "../roomserver/call-report.ts";
import type { OpenRoomServer } from "../roomserver/open-room-server.ts";
import { createRestRoomServer } from "../roomserver/rest-room-server.ts";
import type { RoomServer } from "../roomserver/room-server.ts";
import type { OpenSource } from "../source/open-source.ts";
import { createGitSource } from "../source/git-source.ts";
import { sourceCredentials } from "../source/source-credentials.ts";
import { ParsePool } from "../source/git-parse-pool.ts";
import type { SpecSource } from "../source/spec-source.ts";
import type { OpenStore } from "../store/open-store.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { cloneReport } from "./clone-report.ts";
import { StoreWatch } from "./store-watch.ts";
import type { LiveState } from "./live-state.ts";

/**
 * What an agent is put together from. Whoever hands in others (a store in memory, a RoomServer that is watched) gets the very
 * same agent around them.
 */
export interface Implementations {
  readonly openStore: OpenStore;
  readonly openRoomServer: OpenRoomServer;
  readonly openSource: OpenSource;
  readonly createApi: (options: ApiOptions) => HttpServer;
}

export const IMPLEMENTATIONS: Implementations = {
  openStore: openSqliteStore,
  openRoomServer: createRestRoomServer,
  openSource: createGitSource,
  createApi,
};

/** What a posted spec may weigh where no source says more. */
const SPEC_BYTES = 1024 ** 2;

/** How posted specs are parsed; the thread begins with the first of them. */
const POSTED_SPECS = { threads: 1, timeoutMs: 5000, heapMb: 256 } as const;

interface Given {
  readonly implementations: Implementations;
  readonly config: Config;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly trail: AuditTrail;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly state: LiveState;
  readonly store: Store;
}

export async function openStore(given: Omit<Given, "store">): Promise<Store> {
  const { config, clock, trail, logger, metrics, state, implementations } = given;
  const watch = new StoreWatch({ clock, trail, log: logger });
  let opened: Store | null = null;
  opened = await implementations.openStore({
    path: config.store.path,
    nowMs: () => clock.nowMs(),
    onWrite: (write) => {
      state.store = write;
      metrics.storeWrite(write);
      watch.ended(write, opened);
    },
    onSetAside: ({ reason, message, file }) => [
      trail.event("store.damaged", { reason, message, file }),
    ],
    onDamage: (error) => {
      state.damage = error.message;
      logger.error({ error }, "store damaged");
    },
  });
  return opened;
}

export function roomServer(given: Given): RoomServer {
  const { config, clock, random, metrics, state, implementations } = given;
  const { baseUrl, timeoutMs, uploadTimeoutMs } = config.roomServer;
  return implementations.openRoomServer({
    baseUrl,
    timeoutMs,
    uploadTimeoutMs,
    tokenType: config.auth.tokenType,
    token: () => config.auth.token?.reveal(),
    retry: config.operator.retry,
    rateLimitPerSecond: config.operator.reconciliation.rateLimitPerSecond,
    clock,
    random,
    onCall: (call) => {
      metrics.roomServerRequest({ ...call, result: requestResult(call) });
      state.roomServer = serverHealth(call);
    },
  });
}

export function specSource(source: SourceConfig, given: Given): SpecSource {
  const { config, clock, implementations, metrics, logger } = given;
  const { name, url, ref, path, limits, timeoutMs, pollTimeoutMs, auth } = source;
  return implementations.openSource({
    name,
    url,
    branch: ref.branch,
    path,
    folder: join(config.store.path, "git", name),
    limits,
    timeoutMs,
    pollTimeoutMs,
    roomIdPattern: config.roomServer.roomIdPattern.source,
    credentials: () => sourceCredentials(auth),
    clock,
    onClone: cloneReport({ source: name, metrics, log: logger }),
  });
}

export function httpApi(given: Given, operator: Operator): HttpServer {
  const { config, store, metrics, logger, clock, newId, implementations } = given;
  const parsers = new ParsePool(POSTED_SPECS);
  const api = implementations.createApi({
    ...config.httpApi,
    operatorVersion: config.operator.version,
    sources: config.git.sources.map(({ name, url, ref }) => ({ name, url, ref: ref.branch })),
    specBytes: Math.max(SPEC_BYTES, ...config.git.sources.map(({ limits }) => limits.specBytes)),
    roomIdPattern: config.roomServer.roomIdPattern,
    operator,
    store,
    metrics,
    log: logger,
    clock,
    ids: newId,
    parse: (task) => parsers.parse(task),
  });
  return {
    start: () => api.start(),
    stop: async () => {
      await api.stop();
      await parsers.close();
    },
  };
}
