import type { Handlers } from "./express-app.ts";
import { jsonAnswer } from "./http-answer.ts";
import type { Operator } from "./operator.ts";

export function acknowledgeRoutes(deps: {
  readonly operator: Pick<Operator, "acknowledge">;
}): Pick<Handlers, "acknowledge"> {
  return {
    acknowledge: async ({ correlationId, actor }) => {
      const { ended, lost } = await deps.operator.acknowledge({ correlationId, actor });
      return jsonAnswer(200, { success: true, ended, lost, correlationId });
    },
  };
}
