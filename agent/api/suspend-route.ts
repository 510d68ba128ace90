import { WORDED } from "../kernel/issue-words.ts";
import type { SuspendScope } from "../room/suspension.ts";
import { suspendRequest } from "./requests.ts";
import type { Handlers } from "./express-app.ts";
import { toFindings, toLine } from "./findings.ts";
import { jsonAnswer, type HttpAnswer } from "./http-answer.ts";
import type { Operator } from "./operator.ts";
import { answerProblem, ProblemError } from "./problem.ts";
import { readSmallJson } from "./strict-body.ts";

const MAX_BODY_BYTES = 4096;
const LATEST_MS = Date.parse("9999-12-31T23:59:59.999Z");

interface SuspendDeps {
  readonly operator: Pick<Operator, "suspend" | "resume">;
  readonly clock: { nowMs(): number };
}

type Route = Handlers["suspendAgent"];

/** Suspend and resume one room, all rooms of a source, or all rooms. */
export function suspendRoutes(deps: SuspendDeps) {
  const room: ScopeOf = (param) => ({ kind: "room", roomId: param("roomId") });
  const source: ScopeOf = (param) => ({ kind: "source", source: param("name") });
  const agent: ScopeOf = () => ({ kind: "agent" });
  return {
    suspendRoom: suspend(room, deps),
    suspendSource: suspend(source, deps),
    suspendAgent: suspend(agent, deps),
    resumeRoom: resume(room, deps),
    resumeSource: resume(source, deps),
    resumeAgent: resume(agent, deps),
  };
}

const WIDTH: Readonly<Record<SuspendScope["kind"], number>> = { room: 1, source: 2, agent: 3 };

type ScopeOf = (param: (name: string) => string) => SuspendScope;

function suspend(scopeOf: ScopeOf, { operator, clock }: SuspendDeps): Route {
  return async ({ param, body, correlationId, actor }) => {
    const { reason, until = null } = await readBody(body, clock.nowMs());
    const scope = scopeOf(param);
    const answer = await operator.suspend({ scope, reason, until, correlationId, actor });
    if (answer.kind === "rejected") return answerProblem({ ...answer, correlationId });
    const { suspension, replaced } = answer;
    return jsonAnswer(200, { success: true, suspension, replaced, correlationId });
  };
}

function resume(scopeOf: ScopeOf, { operator }: SuspendDeps): Route {
  return async ({ param, correlationId, actor }): Promise<HttpAnswer> => {
    const answer = await operator.resume({ scope: scopeOf(param), correlationId, actor });
    if (answer.kind === "rejected") return answerProblem({ ...answer, correlationId });
    const { ended, still } = answer;
    const { kind } = scopeOf(param);
    const whole = still.find(({ scope }) => WIDTH[scope.kind] > WIDTH[kind]) ?? null;
    const held = { stillSuspended: whole, ...(still.length === 0 ? {} : { suspensions: still }) };
    return jsonAnswer(200, { success: true, ended, ...held, correlationId });
  };
}

async function readBody(
  body: Uint8Array,
  nowMs: number,
): Promise<{ reason: string; until?: string }> {
  const request = suspendRequest.safeParse(await readSmallJson(body, MAX_BODY_BYTES), WORDED);
  if (!request.success) {
    const errors = toFindings(request.error, Object.keys(suspendRequest.shape));
    throw new ProblemError(
      "InvalidBody",
      `send {"reason": "why", "until": "2026-01-01T12:00:00Z"}; until may be left out: ${toLine(errors)}`,
      { errors },
    );
  }
  const { reason, until } = request.data;
  if (until === undefined) return { reason };
  if (Date.parse(until) <= nowMs)
    throw new ProblemError("InvalidBody", `until ${until} is not in the future: send a later time`);
  // Later ones have no ISO time of four digits, with which they are answered.
  if (Date.parse(until) > LATEST_MS)
    throw new ProblemError("InvalidBody", `until ${until} is after year 9999: leave it out`);
  return { reason, until: new Date(until).toISOString() };
}
