import { syncWindow } from "../guardrail/sync-window.ts";
import { type Clock, toIso } from "../kernel/clock.ts";
import { nextAllowed } from "../room/sync-windows.ts";
import { everyRoom } from "../store/every-room.ts";
import type { Store } from "../store/store.ts";
import type { Handlers } from "./express-app.ts";
import { jsonAnswer } from "./http-answer.ts";
import type { Operator } from "./operator.ts";
import type { WindowsAnswer } from "./windows-contract.ts";

const MINUTE_MS = 60_000;
/** Most rooms that are listed as waiting. */
const MOST_WAITING = 100;

interface WindowsDeps {
  readonly operator: Pick<Operator, "windows">;
  readonly store: Pick<Store, "readRooms">;
  readonly clock: Pick<Clock, "nowMs">;
}

/** What the sync windows are at this moment. */
export function windowsRoutes({ operator, store, clock }: WindowsDeps): Pick<Handlers, "windows"> {
  return {
    windows: async () => {
      const waiting = await waitingRooms(store);
      const windows = operator.windows().map(({ window, isOn, untilMs }) => {
        const { durationMs, ...shown } = window;
        const changesAt = untilMs === null ? null : toIso(untilMs);
        return { ...shown, durationMinutes: durationMs / MINUTE_MS, on: isOn, changesAt };
      });
      const answer: WindowsAnswer = {
        windows,
        waiting: waiting.slice(0, MOST_WAITING),
        waitingCount: waiting.length,
        timestamp: toIso(clock.nowMs()),
      };
      return jsonAnswer(200, answer);
    },
  };
}

async function waitingRooms(store: Pick<Store, "readRooms">): Promise<WindowsAnswer["waiting"]> {
  const waiting: { roomId: string; nextAllowedAt: string | null }[] = [];
  for await (const room of everyRoom(store)) {
    if (room.refusals.some(({ guardrail }) => guardrail === syncWindow.name))
      waiting.push({ roomId: room.roomId, nextAllowedAt: nextAllowed(room).nextAllowedAt ?? null });
  }
  return waiting;
}
