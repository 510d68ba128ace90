import type { Clock } from "../kernel/clock.ts";
import type { SteadyTime } from "../kernel/steady-time.ts";
import { emptyRoom } from "../room/empty-room.ts";
import type { Room } from "../room/room.ts";
import type { Store } from "../store/store.ts";
import { explain } from "./explain/explain.ts";
import type { Handlers } from "./express-app.ts";
import { jsonAnswer } from "./http-answer.ts";
import type { Live, Operator } from "./operator.ts";
import { type SourceInfo, type SourceStanding, standingOf } from "./source-view.ts";
import { unknownRoom } from "./unknown-room.ts";

export interface ExplainDeps {
  readonly operator: Pick<Operator, "live" | "placeOf" | "refusedClaims">;
  readonly store: Pick<Store, "readRoom" | "readRoomIds" | "readSource" | "readConfirmations">;
  readonly sources: readonly SourceInfo[];
  readonly clock: Clock;
  readonly steady: Pick<SteadyTime, "nowMs">;
}

export function explainRoutes(deps: ExplainDeps): Pick<Handlers, "explain"> {
  return {
    explain: async ({ param }) => {
      const roomId = param("roomId");
      const claims = deps.operator.refusedClaims(roomId);
      const known = await deps.store.readRoom(roomId);
      if (known === null && claims.length === 0) throw await unknownRoom(roomId, deps);
      // A room that only refused files name has no row, and people ask why.
      const room = known ?? emptyRoom(roomId, null);
      const live = deps.operator.live();
      const source = await ownerOf(room, live, deps);
      const others = room.owner === null ? await allOf(live, deps) : [];
      const place = deps.operator.placeOf(roomId);
      const times = { nowMs: deps.clock.nowMs(), steadyMs: deps.steady.nowMs() };
      const confirmations = await deps.store.readConfirmations(roomId, times.steadyMs);
      const facts = { room, source, others, claims, confirmations, place, agent: live, ...times };
      return jsonAnswer(200, explain(facts));
    },
  };
}

async function ownerOf(
  { owner }: Room,
  live: Live,
  { sources, store }: ExplainDeps,
): Promise<SourceStanding | null> {
  if (owner?.kind !== "git") return null;
  const { source: name } = owner;
  const info = sources.find((source) => source.name === name);
  const row = await store.readSource(name);
  if (info !== undefined) return standingOf(info, row, live);
  return { name, info: null, row, live: live.sources.find((source) => source.name === name) };
}

function allOf(live: Live, { sources, store }: ExplainDeps): Promise<readonly SourceStanding[]> {
  return Promise.all(
    sources.map(async (info) => standingOf(info, await store.readSource(info.name), live)),
  );
}
