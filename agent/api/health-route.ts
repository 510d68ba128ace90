import { type Clock, toIso } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import { everyRoom } from "../store/every-room.ts";
import type { Store } from "../store/store.ts";
import type { HealthBody } from "./contract.ts";
import type { Handlers } from "./express-app.ts";
import { type Health, type NeedyRooms, healthOf, needyRooms } from "./health.ts";
import { jsonAnswer } from "./http-answer.ts";
import type { Operator } from "./operator.ts";
import { type SourceInfo, toHealthSource } from "./source-view.ts";

export interface HealthDeps {
  readonly operator: Pick<Operator, "live">;
  readonly store: Pick<Store, "readSource" | "readRooms">;
  readonly sources: readonly SourceInfo[];
  readonly clock: Clock;
}

/** Probes come every few seconds, and counting means reading every room: a count serves for this long. */
const COUNT_AGE_MS = 5000;

export function healthRoutes(deps: HealthDeps): Pick<Handlers, "health" | "livez" | "readyz"> {
  const countRooms = cached(deps.clock, () => needyRooms(everyRoom(deps.store)));
  const now = () => toIso(deps.clock.nowMs());
  return {
    health: async () => {
      const health = await readHealth(deps, countRooms);
      const body: HealthBody = { ...health, timestamp: now() };
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
  countRooms: () => Promise<NeedyRooms>,
): Promise<Health> {
  const live = deps.operator.live();
  try {
    const sources = await Promise.all(
      deps.sources.map(async (info) =>
        toHealthSource(info, await deps.store.readSource(info.name), live),
      ),
    );
    return healthOf({ live, sources, rooms: await countRooms() });
  } catch (error) {
    const store = { ok: false, message: messageOf(error) };
    return healthOf({ live: { ...live, store }, sources: [], rooms: { count: 0, first: [] } });
  }
}

/** The newest value if it is young enough; callers that come together share one read. A failure is not kept. */
function cached<T>(clock: Clock, read: () => Promise<T>): () => Promise<T> {
  let newest: { readonly atMs: number; readonly value: Promise<T> } | undefined;
  return () => {
    const nowMs = clock.monotonicMs();
    if (newest === undefined || nowMs - newest.atMs >= COUNT_AGE_MS) {
      const value = read();
      newest = { atMs: nowMs, value };
      value.catch(() => {
        if (newest?.value === value) newest = undefined;
      });
    }
    return newest.value;
  };
}
