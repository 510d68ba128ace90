import type { Handlers } from "./express-app.ts";
import { jsonAnswer } from "./http-answer.ts";
import type { Operator } from "./operator.ts";
import { answerProblem } from "./problem.ts";

export function reloadRoutes(deps: {
  readonly operator: Pick<Operator, "reload">;
}): Pick<Handlers, "reload"> {
  return {
    reload: async ({ correlationId, actor }) => {
      const answer = await deps.operator.reload({ cause: "request", correlationId, actor });
      if (answer.kind === "reloaded") {
        const { changes, before } = answer;
        const already = before === undefined ? {} : { before };
        return jsonAnswer(200, { success: true, changes, ...already, correlationId });
      }
      const errors = answer.problems.map(({ key, message }) => ({ name: key, message }));
      return answerProblem({ ...answer, errors, correlationId });
    },
  };
}
