import { quoted } from "../kernel/quoted.ts";
import { meantRoom } from "../store/meant-room.ts";
import type { Store } from "../store/store.ts";
import type { Handlers } from "./express-app.ts";
import type { Operator } from "./operator.ts";
import { answerProblem, ProblemError } from "./problem.ts";

const YAML_TYPE = "application/yaml; charset=utf-8";

export interface ExportRouteDeps {
  readonly operator: Pick<Operator, "exportRoom">;
  readonly store: Pick<Store, "readRoom" | "readRoomIds">;
  readonly roomIdPattern: RegExp;
}

export function exportRoutes({
  operator,
  store,
  roomIdPattern,
}: ExportRouteDeps): Pick<Handlers, "exportRoom"> {
  return {
    exportRoom: async ({ param, correlationId, gone }) => {
      const roomId = param("roomId");
      if (!roomIdPattern.test(roomId))
        throw new ProblemError(
          "InvalidRequest",
          `${quoted(roomId)} is not a room id: it must match ${roomIdPattern.source} (RoomServer.RoomIdPattern)`,
        );
      const answer = await operator.exportRoom(roomId, { correlationId, signal: gone });
      // A RoomServer shows a room that it does not know as an empty one: its spec would look like that of a managed room.
      if (answer.kind === "exported" && answer.isEmpty && (await store.readRoom(roomId)) === null)
        throw await nothingThere(roomId, store);
      if (answer.kind === "exported")
        return { status: 200, contentType: YAML_TYPE, body: answer.text };
      const { reason: code, message: detail } = answer;
      return answerProblem({ status: 502, code, detail, correlationId });
    },
  };
}

async function nothingThere(
  roomId: string,
  store: Pick<Store, "readRoomIds">,
): Promise<ProblemError> {
  const meant = await meantRoom(roomId, store, ".");
  return new ProblemError(
    "UnknownRoom",
    `the RoomServer shows nothing in room ${quoted(roomId)}, and no room of that id is known here${meant} ` +
      "Check the id. An empty room has nothing to export: write its spec, as docs/spec.md shows",
  );
}
