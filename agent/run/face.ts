import type { HttpServer } from "../api/http-server.ts";
import type { SourceInfo } from "../api/source-view.ts";
import type { Operator } from "../api/operator.ts";
import type { SourceConfig } from "../config/config.ts";
import { readExport } from "../request/export-room.ts";
import type { RoomServer } from "../roomserver/room-server.ts";
import { createFolderSeeds } from "../request/folder-seeds.ts";
import { PersonRequests } from "../request/person-requests.ts";
import { PostedInputs } from "../request/posted-inputs.ts";
import { SourcePolls } from "../request/source-polls.ts";
import { shownRef } from "../room/revision.ts";
import { ParsePool } from "../source/parse-pool.ts";
import { reassessOthers, type RunningSource } from "../trigger/running-source.ts";
import type { Edges } from "./edges.ts";
import type { LiveConfig } from "./live-config.ts";
import { createLiveOperator } from "./live-operator.ts";
import type { Memory } from "./memory.ts";
import type { Reloader } from "./reloader.ts";
import type { Reviews } from "./reviews.ts";
import type { Work } from "./work.ts";

/** What a posted spec may weigh where no source says more. */
const SPEC_BYTES = 1024 ** 2;

/** The same for the seeds of one. */
const SEED_BYTES = 16 * 1024 ** 2;

/** How posted specs are parsed; the thread begins with the first of them. */
const POSTED_SPECS = { threads: 1, timeoutMs: 5000, heapMb: 256 } as const;

/** A person waits this long for the answer of `/apply`. */
const APPLY_WAIT_MS = 30_000;

/** What people see and use. */
export interface Face {
  readonly api: HttpServer;
  /** Aborted when the agent stops: what is read for a request ends. */
  readonly closing: AbortController;
}

interface Given {
  readonly edges: Edges;
  readonly memory: Memory;
  readonly work: Work;
  readonly sources: readonly RunningSource[];
  readonly server: Pick<RoomServer, "readState">;
  readonly reloader: Reloader;
  readonly reviews: Pick<Reviews, "viewOf">;
}

export function createFace(live: LiveConfig, given: Given): Face {
  const { edges, memory, work, sources, server } = given;
  const { store, state, observeOnly, loaded } = memory;
  const { trail, metrics, logger, newId } = edges;
  const { roomIdPattern } = live.now.roomServer;
  const closing = new AbortController();
  const operator = createLiveOperator({
    state,
    persons: personRequests(live, given, closing.signal),
    queue: work.queue,
    sources,
    owners: loaded.owners,
    mayManage: live.mayManage,
    observeOnly,
    suspensions: work.suspensions,
    gates: work.gates,
    store,
    exportRoom: (roomId, asked) =>
      readExport(roomId, asked, { server, store, newId, roomIdPattern }),
    reloader: given.reloader,
    reviews: given.reviews,
    windows: () => work.windows(edges.clock.nowMs()),
    acknowledging: { store, trail, metrics, log: logger },
  });
  return { api: httpApi(live, { edges, memory, operator }), closing };
}

function personRequests(
  live: LiveConfig,
  { edges, memory, work, sources }: Given,
  signal: AbortSignal,
): PersonRequests {
  const { store, rooms, steady, loaded } = memory;
  const { clock, trail, logger } = edges;
  const { seedRoot } = live.now.operator;
  const seedBytes = () =>
    Math.max(SEED_BYTES, ...live.now.git.sources.map(({ limits }) => limits.seedBytes));
  const folder = seedRoot === null ? null : createFolderSeeds(seedRoot, seedBytes);
  const pollerOf = (name: string) => sources.find((source) => source.name === name)?.poller;
  return new PersonRequests({
    store,
    rooms,
    clock,
    steady,
    trail,
    queue: work.queue,
    pending: work.pending,
    owners: loaded.owners,
    tracker: loaded.tracker,
    posted: new PostedInputs({
      sources,
      mayManage: live.mayManage,
      sourceOf: (roomId) => {
        const owner = loaded.owners.get(roomId);
        return owner?.kind === "git" ? owner.source : null;
      },
      folder,
      clock,
      signal,
    }),
    sourcePolls: new SourcePolls({
      store,
      names: () => sources.map(({ name }) => name),
      pollSource: (name) => pollerOf(name)?.pollNow() ?? null,
      nextPoll: (name) => pollerOf(name)?.live.nextPoll ?? null,
    }),
    replacements: work.replacements,
    released: (roomIds) => reassessOthers({ sources, roomIds, except: null }, logger),
    waitMs: APPLY_WAIT_MS,
  });
}

function httpApi(
  live: LiveConfig,
  { edges, memory, operator }: Pick<Given, "edges" | "memory"> & { readonly operator: Operator },
): HttpServer {
  const { metrics, logger, clock, newId } = edges;
  const config = live.now;
  const parsers = new ParsePool(POSTED_SPECS);
  const api = edges.implementations.createApi({
    host: config.httpApi.host,
    port: config.httpApi.port,
    operatorVersion: config.operator.version,
    get sources() {
      return live.now.git.sources.map(sourceInfo);
    },
    get specBytes() {
      return Math.max(SPEC_BYTES, ...live.now.git.sources.map(({ limits }) => limits.specBytes));
    },
    roomIdPattern: config.roomServer.roomIdPattern,
    operator,
    store: memory.store,
    metrics,
    log: logger,
    clock,
    steady: memory.steady,
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

function sourceInfo(source: SourceConfig): SourceInfo {
  const { name, url, ref } = source;
  const verify = source.kind === "git" ? source.verify : null;
  const mode = verify?.mode ?? "none";
  return {
    name,
    url,
    ref: shownRef(ref),
    ...(mode === "none" ? {} : { verify: mode }),
    ...(verify?.confirmSigners == null ? {} : { signedConfirms: true }),
    ...(source.allowEmpty ? { allowsEmpty: true } : {}),
  };
}
