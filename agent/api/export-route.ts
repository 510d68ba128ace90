import { quoted } from "../kernel/quoted.ts";
import type { Handlers } from "./express-app.ts";
import type { Operator } from "./operator.ts";
import { answerProblem, ProblemError } from "./problem.ts";

const YAML_TYPE = "application/yaml; charset=utf-8";

export function exportRoutes({
  operator,
  roomIdPattern,
}: {
  readonly operator: Pick<Operator, "exportRoom">;
  readonly roomIdPattern: RegExp;
}): Pick<Handlers, "exportRoom"> {
  return {
    exportRoom: async ({ param, correlationId, gone }) => {
      const roomId = param("roomId");
      if (!roomIdPattern.test(roomId))
        throw new ProblemError(
          "InvalidRequest",
          `${quoted(roomId)} is not a room id: it must match ${roomIdPattern.source} (RoomServer.RoomIdPattern)`,
        );
      const answer = await operator.exportRoom(roomId, { correlationId, signal: gone });
      if (answer.kind === "exported")
        return { status: 200, contentType: YAML_TYPE, body: answer.text };
      const { reason: code, message: detail } = answer;
      return answerProblem({ status: 502, code, detail, correlationId });
    },
  };
}
