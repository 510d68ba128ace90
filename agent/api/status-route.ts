import { quoted } from "../kernel/quoted.ts";
import { type Clock, toIso } from "../kernel/clock.ts";
import { inSteps, inTurns } from "../kernel/in-turns.ts";
import type { SteadyTime } from "../kernel/steady-time.ts";
import { sharedWork } from "../kernel/shared-work.ts";
import type { Room } from "../room/room.ts";
import type { SourceRow } from "../room/rows.ts";
import { everyRoom } from "../store/every-room.ts";
import type { Store } from "../store/store.ts";
import type { StatusBody } from "./contract.ts";
import { cutRoom, cutRooms } from "./cut-room.ts";
import type { Handlers } from "./express-app.ts";
import { type HealthStatus, healthOf, needyRooms } from "./health.ts";
import { jsonAnswer, longJsonAnswer } from "./http-answer.ts";
import { NO_SOURCE } from "../status/no-source.ts";
import { unconfigured } from "../request/renamed-suspensions.ts";
import type { Live, Operator } from "./operator.ts";
import { storeProblem } from "../status/store-problem.ts";
import { ProblemError } from "./problem.ts";
import { toRoomView } from "./room-view.ts";
import { roomsBySource } from "./rooms-by-source.ts";
import { type SourceInfo, toHealthSource, toSourceView } from "./source-view.ts";
import type { RoomAnswer, SourceAnswer } from "./status-contract.ts";
import { unknownRoom } from "./unknown-room.ts";
import { waitingConfirmations } from "./waiting-confirmations.ts";

export interface StatusDeps {
  readonly operator: Pick<Operator, "live">;
  readonly store: Pick<
    Store,
    "readRoom" | "readRoomIds" | "readRooms" | "readSource" | "readFiles" | "readConfirmations"
  >;
  readonly sources: readonly SourceInfo[];
  readonly operatorVersion: string;
  readonly clock: Clock;
  /** What confirmations expire by. */
  readonly steady: Pick<SteadyTime, "nowMs">;
}

export function statusRoutes(deps: StatusDeps): Pick<Handlers, "status" | "roomStatus"> {
  const answer = async (only: string | null) => {
    // The configuration may change while the rooms are read.
    const { operator, store, sources, operatorVersion, clock, steady } = deps;
    const known = { operator, store, sources, operatorVersion, clock, steady };
    return longJsonAnswer(200, await readStatus(known, only));
  };
  // All rooms are read for it, so it is long: those who ask together, or ask again without waiting, do not each have one made.
  const shared = sharedWork(answer);
  return {
    status: async ({ query }) => {
      const only = query.source ?? null;
      // Only names that are known, which are few, are keys.
      refuseUnknownSource(deps.sources, only);
      return shared(only);
    },
    roomStatus: async ({ param, query }) => {
      const roomId = param("roomId");
      const room = await deps.store.readRoom(roomId);
      if (room === null) throw await unknownRoom(roomId, deps);
      const rows = await deps.store.readConfirmations(roomId, deps.steady.nowMs());
      const view = toRoomView(room, deps.operator.live().reconciling, deps.sources);
      return jsonAnswer(200, cutRoom({ ...view, ...waitingConfirmations(room, rows) }, query));
    },
  };
}

/** The whole agent, or with `only` the sources and rooms of that name (`api`: the rooms of posted specs). */
async function readStatus(deps: StatusDeps, only: string | null): Promise<StatusBody> {
  refuseUnknownSource(deps.sources, only);
  const live = deps.operator.live();
  const rooms = await Array.fromAsync(everyRoom(deps.store));
  const rows = await Promise.all(deps.sources.map(({ name }) => deps.store.readSource(name)));
  const sources = await readSources(deps, { rooms, rows, live });
  const warnings = warningsOf(deps, live);
  const waiting = Map.groupBy(
    await deps.store.readConfirmations(null, deps.steady.nowMs()),
    ({ roomId }) => roomId,
  );
  const shown: RoomAnswer[] = [];
  const show = (room: Room): void => {
    const view = toRoomView(room, live.reconciling, deps.sources);
    if (only !== null && view.source !== only) return;
    const confirmed = waiting.get(room.roomId);
    shown.push(
      confirmed === undefined ? view : { ...view, ...waitingConfirmations(room, confirmed) },
    );
  };
  await inTurns(inSteps(rooms, show));
  return {
    version: deps.operatorVersion,
    health:
      HEALTH_WORDS[
        healthOf({
          live,
          sources: deps.sources.map((info, at) => toHealthSource(info, rows[at] ?? null, live)),
          rooms: await needyRooms(rooms),
        }).status
      ],
    rooms: cutRooms(shown),
    queuedRequests: live.queuedRequests,
    observeOnly: live.observeOnly,
    configuration: toConfiguration(live.configuration),
    timestamp: toIso(deps.clock.nowMs()),
    syncedRevision: sources.length === 1 ? (sources[0]?.syncedRevision ?? null) : null,
    sources: sources.filter((source) => only === null || source.name === only),
    ...(live.suspensions.length === 0 ? {} : { suspensions: live.suspensions }),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

function warningsOf(
  { sources }: StatusDeps,
  { suspensions, store }: Live,
): StatusBody["warnings"] & {} {
  const unused = unconfigured(suspensions, sources).map((source) => ({
    reason: "SuspensionUnused",
    message: `source ${source} is suspended and not configured: that keeps no room from being written to`,
  }));
  const none = sources.length === 0 ? [NO_SOURCE] : [];
  return [storeProblem(store) ?? [], none, unused].flat();
}

/** Problems that `/status` shows. */
const SHOWN_PROBLEMS = 20;

function toConfiguration({
  loadedAt,
  failure,
}: Live["configuration"]): StatusBody["configuration"] {
  if (failure === null) return { loadedAt, lastError: null };
  const { reason, message, since, problems } = failure;
  const shown = problems.slice(0, SHOWN_PROBLEMS).map(({ key, message: text }) => ({
    key,
    message: text,
  }));
  const problemCount = problems.length;
  return { loadedAt, lastError: { reason, message, since, problems: shown, problemCount } };
}

const HEALTH_WORDS: Readonly<Record<HealthStatus, StatusBody["health"]>> = {
  healthy: "Healthy",
  degraded: "Degraded",
  unhealthy: "Unhealthy",
};

async function readSources(
  deps: StatusDeps,
  known: {
    readonly rooms: readonly Room[];
    /** One for each configured source, in their order. */
    readonly rows: readonly (SourceRow | null)[];
    readonly live: Live;
  },
): Promise<readonly SourceAnswer[]> {
  const { rooms, rows, live } = known;
  const names = deps.sources.map(({ name }) => name);
  const owned = roomsBySource(rooms, names);
  return deps.sources.map((info, position) =>
    toSourceView({
      info,
      row: rows[position] ?? null,
      rooms: owned.get(info.name) ?? [],
      live: live.sources.find(({ name }) => name === info.name),
    }),
  );
}

function refuseUnknownSource(sources: readonly SourceInfo[], only: string | null): void {
  if (only === null || only === "api" || sources.some(({ name }) => name === only)) return;
  const known = [...sources.map(({ name }) => name), "api"].join(", ");
  throw new ProblemError("UnknownSource", `no source ${quoted(only)}: there are ${known}`);
}
