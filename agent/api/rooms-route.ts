import type { Handlers } from "./express-app.ts";
import { jsonAnswer } from "./http-answer.ts";
import type { Operator } from "./operator.ts";
import { answerProblem } from "./problem.ts";

export function roomsRoutes(deps: {
  readonly operator: Pick<Operator, "deleteRoom">;
}): Pick<Handlers, "deleteRoom"> {
  return {
    deleteRoom: async ({ param, correlationId, actor }) => {
      const roomId = param("roomId");
      const answer = await deps.operator.deleteRoom({ roomId, correlationId, actor });
      if (answer.kind === "rejected") return answerProblem({ ...answer, correlationId });
      return jsonAnswer(200, { success: true, roomId, outcome: answer.kind, correlationId });
    },
  };
}
