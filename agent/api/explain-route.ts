import type { Clock } from "../kernel/clock.ts";
import { emptyRoom } from "../room/empty-room.ts";
import type { Room } from "../room/room.ts";
import type { Store } from "../store/store.ts";
import type { SourceStanding } from "./explain/blocker.ts";
import { explain } from "./explain/explain.ts";
import type { Handlers } from "./express-app.ts";
import { jsonAnswer } from "./http-answer.ts";
import type { Live, Operator } from "./operator.ts";
import { unknownRoom } from "./problem.ts";
import type { SourceInfo } from "./source-view.ts";
import { meantRoom } from "../store/meant-room.ts";

export interface ExplainDeps {
  readonly operator: Pick<Operator, "live" | "placeOf" | "refusedClaims">;
  readonly store: Pick<Store, "readRoom" | "readRoomIds" | "readSource">;
  readonly sources: readonly SourceInfo[];
  readonly clock: Clock;
}

export function explainRoutes(deps: ExplainDeps): Pick<Handlers, "explain"> {
  return {
    explain: async ({ param }) => {
      const roomId = param("roomId");
      const claims = deps.operator.refusedClaims(roomId);
      const known = await deps.store.readRoom(roomId);
      if (known === null && claims.length === 0)
        throw unknownRoom(roomId, await meantRoom(roomId, deps.store));
      // A room that only refused files name has no row, and people ask why.
      const room = known ?? emptyRoom(roomId, null);
      const live = deps.operator.live();
      const source = await standingOf(room, live, deps);
      const place = deps.operator.placeOf(roomId);
      const facts = { room, source, claims, place, agent: live, nowMs: deps.clock.nowMs() };
      return jsonAnswer(200, explain(facts));
    },
  };
}

async function standingOf(
  { owner }: Room,
  live: Live,
  { sources, store }: ExplainDeps,
): Promise<SourceStanding | null> {
  if (owner?.kind !== "git") return null;
  const { source: name } = owner;
  return {
    name,
    info: sources.find((source) => source.name === name) ?? null,
    row: await store.readSource(name),
    live: live.sources.find((source) => source.name === name),
  };
}
