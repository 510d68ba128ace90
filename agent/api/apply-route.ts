import type { Clock } from "../kernel/clock.ts";
import { answerAccepted, answerReport } from "./apply-answer.ts";
import { type BodyOptions, type PostedSpec, readApplyBody } from "./apply-body.ts";
import { type ApplyFlags, readApplyFlags } from "./apply-headers.ts";
import type { ApiLog, ApiRequest, Handlers } from "./express-app.ts";
import type { ApplyAnswer } from "../request/requests.ts";
import type { Operator } from "./operator.ts";
import { ProblemError, answerProblem } from "./problem.ts";
import { readStoredVersion } from "./stored-version.ts";
import type { VersionDeps } from "./version-texts.ts";

export interface ApplyDeps extends VersionDeps {
  readonly operator: Pick<Operator, "applyRoom" | "applySpec" | "live">;
  readonly specBytes: number;
  readonly roomIdPattern: RegExp;
  readonly parse: BodyOptions["parse"];
  readonly clock: Clock;
  readonly log: ApiLog;
}

/** Safety net: the operator answers within 30 s. */
const ANSWER_DEADLINE_MS = 35_000;

export function applyRoutes(deps: ApplyDeps): Pick<Handlers, "apply"> {
  return {
    apply: async (request) => {
      const flags = readApplyFlags(request);
      const { specBytes, roomIdPattern, parse } = deps;
      const options = { specBytes, roomIdPattern, parse };
      const contentType = request.header("Content-Type") ?? "";
      const body = await readApplyBody(request.body, { contentType, ...options });
      const asked = body.kind === "version" ? await readStoredVersion(body, options, deps) : body;
      const { correlationId } = request;
      const roomId = asked.kind === "room" ? asked.roomId : asked.spec.spec.roomId;
      const warnings = asked.kind === "room" ? [] : asked.warnings;
      const working =
        asked.kind === "room"
          ? applyRoom(deps, request, { roomId, flags })
          : applySpec(deps, request, { asked, flags });
      const answer = await withinDeadline(deps, working, correlationId);
      switch (answer.kind) {
        case "report":
          return answerReport(answer, warnings);
        case "accepted":
          return answerAccepted({ ...answer, roomId }, warnings);
        case "rejected":
          return answerProblem({ ...answer, correlationId });
      }
    },
  };
}

type ApplyRequest = ApiRequest<{ source?: string }>;

function applyRoom(
  { operator }: ApplyDeps,
  { correlationId, actor, query, gone }: ApplyRequest,
  { roomId, flags }: { readonly roomId: string; readonly flags: ApplyFlags },
): Promise<ApplyAnswer> {
  const { confirm, dryRun, override } = flags;
  if (override) {
    throw new ProblemError(
      "InvalidHeader",
      "X-Override puts a posted spec in git's place: send the spec, or leave the header out",
    );
  }
  if (query.source !== undefined) {
    throw new ProblemError(
      "InvalidQuery",
      "source says where the seeds of a posted spec are read: send the spec, or leave source out",
    );
  }
  return operator.applyRoom({ roomId, correlationId, actor, confirm, dryRun }, gone);
}

function applySpec(
  { operator }: ApplyDeps,
  { correlationId, actor, query, gone }: ApplyRequest,
  { asked, flags }: { readonly asked: PostedSpec; readonly flags: ApplyFlags },
): Promise<ApplyAnswer> {
  const { spec, digest, text } = asked;
  const source = query.source ?? null;
  const { roomId } = spec.spec;
  const request = { roomId, correlationId, actor, ...flags, spec, digest, text, source };
  return operator.applySpec(request, gone);
}

async function withinDeadline(
  { clock, log }: ApplyDeps,
  working: Promise<ApplyAnswer>,
  correlationId: string,
): Promise<ApplyAnswer> {
  const deadline = new AbortController();
  const late = clock.sleep(ANSWER_DEADLINE_MS, deadline.signal).then((): ApplyAnswer => {
    working.catch((error: unknown) => {
      log.error({ correlationId, err: error }, "apply failed after its caller was answered");
    });
    const reason = "the pass is still running: the room's status shows its outcome";
    return { kind: "accepted", correlationId, reason };
  });
  try {
    return await Promise.race([working, late]);
  } finally {
    deadline.abort(new Error("answered"));
  }
}
