import type { Requeue } from "../../../agent/reconcile/ended-pass.ts";
import type { PassCause, PassSignals } from "../../../agent/reconcile/pass.ts";
import type { Reconciled } from "../../../agent/reconcile/reconciler.ts";
import { SyncTracker } from "../../../agent/intake/sync-tracker.ts";
import { LiveState } from "../../../agent/run/live-state.ts";
import { PendingRequests, type PendingRequest } from "../../../agent/request/pending-requests.ts";
import { RoomPasses } from "../../../agent/run/room-passes.ts";
import { aCause } from "../../support/an-ending.ts";
import { aRoomRow } from "../../support/a-row.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { aReport } from "../../support/fake-operator.ts";

export const ROOM = "room-a";
export const A_CONFIRM = { kind: "made", inputs: null, dryRun: null } as const;
export const GRACE_MS = 6000;
const running = new AbortController().signal;

type Replacing = ConstructorParameters<typeof RoomPasses>[0]["replacements"];
export type End = Parameters<PendingRequest["ended"]>[0];

/** `RoomPasses` over a reconciler that notes its passes. */
export function aPasses(
  given: { readonly requeue?: Requeue; readonly intervalMs?: number | null } = {},
) {
  const clock = new FakeClock();
  const requests = new PendingRequests();
  const state = new LiveState(clock);
  const passes: { cause: PassCause; signals: PassSignals }[] = [];
  const world = {
    clock,
    requests,
    state,
    passes,
    newer: false,
    /** What the queue was asked for, by priority. */
    added: [] as string[],
    errors: 0,
    /** What passes leave. */
    row: aRoomRow(),
    isChanged: false,
    /** The levels of the lines, and their fields. */
    levels: [] as string[],
    lines: [] as Readonly<Record<string, unknown>>[],
    /** What took the place of the inputs that requests carry. */
    replacements: { of: async () => null, newest: async () => null } as Replacing,
    /** Ms that the room still waits for the first poll of its source. */
    waitMs: 0,
    work: async () => undefined as void,
    handle: (priority: "apply" | "git" | "interval" = "git", stopping = running) =>
      handler.handle(ROOM, priority, {
        stopping,
        saving: (save) => save(),
        callsEnded: () => undefined,
      }),
  };
  const reconcile = async (
    roomId: string,
    cause: PassCause,
    signals: PassSignals,
  ): Promise<Reconciled> => {
    passes.push({ cause, signals });
    await world.work();
    const { correlationId } = cause;
    return {
      report: aReport({ kind: "converged" }, { roomId, correlationId }),
      requeue: given.requeue ?? { kind: "interval" },
      row: world.row,
      isChanged: world.isChanged,
      drift: null,
      contest: null,
    };
  };
  const logged = (level: string) => (fields: unknown) => {
    world.levels.push(level);
    world.lines.push(fields as Readonly<Record<string, unknown>>);
  };
  let ids = 0;
  const handler = new RoomPasses({
    reconciler: { reconcile },
    queue: {
      size: 0,
      hasNewer: () => world.newer,
      add: (_room, priority) => void world.added.push(priority),
    },
    firstPolls: { waitMs: () => world.waitMs },
    requests,
    replacements: {
      of: (...given) => world.replacements.of(...given),
      newest: (room) => world.replacements.newest(room),
    },
    state,
    metrics: { setQueue: () => undefined },
    tracker: new SyncTracker(),
    sources: [],
    clock,
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    log: {
      debug: logged("debug"),
      info: logged("info"),
      warn: logged("warn"),
      error: () => {
        world.errors += 1;
      },
    },
    intervalMs: given.intervalMs === undefined ? 30_000 : given.intervalMs,
    graceMs: GRACE_MS,
  });
  return world;
}

/** A request that notes how it ended. */
export function aRequest(correlationId: string, ends: End[], given: Partial<PassCause> = {}) {
  const cause = aCause({ trigger: "apply", actor: "ada", correlationId, ...given });
  return { cause, gone: new AbortController().signal, ended: (end: End) => void ends.push(end) };
}

export const ids = (ends: readonly End[]) =>
  ends.map((end) => (end.kind === "report" ? end.report.correlationId : end.kind));
