import { type Clock, toIso } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import { everyRoom } from "../store/every-room.ts";
import type { Store } from "../store/store.ts";
import type { HealthBody } from "./contract.ts";
import type { Handlers } from "./express-app.ts";
import { type Health, type NeedyRooms, healthOf, needyRooms, NO_NEEDY_ROOMS } from "./health.ts";
import { jsonAnswer } from "./http-answer.ts";
import type { Operator } from "./operator.ts";
import { type SourceInfo, toHealthSource } from "./source-view.ts";

export interface HealthDeps {
  readonly operator: Pick<Operator, "live">;
  readonly store: Pick<Store, "readSource" | "readRooms">;
  readonly sources: readonly SourceInfo[];
  readonly clock: Clock;
}

/**
 * Counting means reading every room. A count serves for so many times as long as it took, and no longer than the limit: it is of this
 * moment where there are few rooms, and takes a small share of the time where there are many.
 */
const COUNT_SHARE = 50;
const COUNT_AGE_MS = 5000;

export function healthRoutes(deps: HealthDeps): Pick<Handlers, "health" | "livez" | "readyz"> {
  const countRooms = cached(deps.clock, () => needyRooms(everyRoom(deps.store)));
  const now = () => toIso(deps.clock.nowMs());
  return {
    health: async () => {
      const { health, at } = await readHealth(deps, countRooms);
      const body: HealthBody = { ...health, timestamp: at ?? now() };
      return jsonAnswer(health.status === "unhealthy" ? 503 : 200, body);
    },
    livez: async () => {
      const { startedAt } = deps.operator.live();
      return jsonAnswer(200, { status: "alive", startedAt, timestamp: now() });
    },
    readyz: async () => {
      const { ready } = deps.operator.live();
      const status = ready ? "ready" : "notReady";
      return jsonAnswer(ready ? 200 : 503, { status, timestamp: now() });
    },
  };
}

/** A store that cannot be read is unhealthy as one that cannot be written; the question itself never fails by it. */
async function readHealth(
  deps: HealthDeps,
  countRooms: () => Promise<Counted<NeedyRooms>>,
): Promise<{ readonly health: Health; readonly at: string | null }> {
  const live = deps.operator.live();
  try {
    const sources = await Promise.all(
      deps.sources.map(async (info) =>
        toHealthSource(info, await deps.store.readSource(info.name), live),
      ),
    );
    const { value: rooms, at } = await countRooms();
    return { health: healthOf({ live, sources, rooms }), at };
  } catch (error) {
    const store = { ok: false, message: messageOf(error) };
    const rooms = NO_NEEDY_ROOMS;
    return { health: healthOf({ live: { ...live, store }, sources: [], rooms }), at: null };
  }
}

interface Counted<T> {
  readonly value: T;
  /** ISO time when it was counted. */
  readonly at: string;
}

/** The newest value if it is young enough; callers that come together share one read. A failure is not kept. */
function cached<T>(clock: Clock, read: () => Promise<T>): () => Promise<Counted<T>> {
  let newest: { untilMs: number; readonly counted: Promise<Counted<T>> } | undefined;
  return () => {
    const nowMs = clock.monotonicMs();
    if (newest !== undefined && nowMs < newest.untilMs) return newest.counted;
    const at = toIso(clock.nowMs());
    const counted = read().then((value) => ({ value, at }));
    const mine = { untilMs: nowMs + COUNT_AGE_MS, counted };
    newest = mine;
    counted.then(
      () => {
        const tookMs = clock.monotonicMs() - nowMs;
        mine.untilMs = nowMs + Math.min(COUNT_AGE_MS, tookMs * COUNT_SHARE);
      },
      () => {
        if (newest === mine) newest = undefined;
      },
    );
    return counted;
  };
}
