import { WORDED } from "../kernel/issue-words.ts";
import { acceptRequest } from "./requests.ts";
import type { Handlers } from "./express-app.ts";
import { toFindings, toLine } from "./findings.ts";
import { jsonAnswer } from "./http-answer.ts";
import type { Operator } from "./operator.ts";
import { answerProblem, ProblemError } from "./problem.ts";
import { readSmallJson } from "./strict-body.ts";

/** `{"head": …}` is never longer. */
const MAX_BODY_BYTES = 1024;

export function acceptRoutes(deps: {
  readonly operator: Pick<Operator, "acceptSource">;
}): Pick<Handlers, "acceptSource"> {
  return {
    acceptSource: async ({ param, body, correlationId, actor }) => {
      const source = param("name");
      const head = await headIn(body);
      const answer = await deps.operator.acceptSource({ source, head, correlationId, actor });
      if (answer.kind === "rejected") return answerProblem({ ...answer, correlationId });
      const { from, to } = answer;
      return jsonAnswer(200, { success: true, source, from, to, correlationId });
    },
  };
}

async function headIn(body: Uint8Array): Promise<string> {
  const request = acceptRequest.safeParse(await readSmallJson(body, MAX_BODY_BYTES), WORDED);
  if (request.success) return request.data.head;
  const errors = toFindings(request.error, Object.keys(acceptRequest.shape));
  throw new ProblemError(
    "InvalidBody",
    `send {"head": "<40 hex>"} with the commit that /status shows: ${toLine(errors)}`,
    { errors },
  );
}
