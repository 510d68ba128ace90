import { expect } from "chai";
import type { Refusal } from "../../../agent/guardrail/guardrail.ts";
import type { Outcome } from "../../../agent/room/outcome.ts";
import { aReport, reported } from "../../support/fake-operator.ts";
import { type RunningApi, byContract, startApi } from "../../support/running-api.ts";

const REFUSAL: Refusal = {
  guardrail: "change-threshold",
  reason: "ChangeThresholdExceeded",
  effect: "refusal",
  message: "6 of 10 would be removed: confirm with X-Confirm: true or the trailer Confirm: lab-01",
  items: ["entity/E-2", "entity/E-3"],
  confirmable: true,
};

interface Mapping {
  readonly outcome: Outcome;
  readonly status: number;
  readonly success: boolean;
  readonly partialSuccess: boolean;
  readonly code?: string;
  readonly retryAfter?: string;
}

const failed = (status: number | null): Outcome => ({
  kind: "failed",
  reason: "Refused",
  message: "the RoomServer said no: look at its log",
  status,
  retryAfterMs: null,
});

const MAPPINGS: readonly Mapping[] = [
  { outcome: { kind: "converged" }, status: 200, success: true, partialSuccess: false },
  { outcome: { kind: "planned" }, status: 200, success: true, partialSuccess: false },
  {
    outcome: { kind: "partial", reason: "ActionsFailed", message: "1 of 3 failed" },
    status: 200,
    success: true,
    partialSuccess: true,
  },
  {
    outcome: { kind: "stalled", reason: "NotConverged", message: "10 passes" },
    status: 200,
    success: true,
    partialSuccess: true,
  },
  {
    outcome: { kind: "waiting", reason: "Contested", message: "later", afterMs: 1500 },
    status: 202,
    success: false,
    partialSuccess: false,
    retryAfter: "2",
  },
  { outcome: { kind: "superseded" }, status: 202, success: false, partialSuccess: false },
  {
    outcome: { kind: "refused", refusals: [REFUSAL] },
    status: 412,
    success: false,
    partialSuccess: false,
    code: "GUARDRAILS_EXCEEDED",
  },
  {
    outcome: failed(null),
    status: 502,
    success: false,
    partialSuccess: false,
    code: "Refused",
  },
  {
    outcome: failed(401),
    status: 502,
    success: false,
    partialSuccess: false,
    code: "Refused",
  },
  {
    outcome: failed(503),
    status: 502,
    success: false,
    partialSuccess: false,
    code: "Refused",
  },
  {
    outcome: failed(400),
    status: 400,
    success: false,
    partialSuccess: false,
    code: "Refused",
  },
  {
    outcome: failed(422),
    status: 400,
    success: false,
    partialSuccess: false,
    code: "Refused",
  },
  {
    outcome: {
      kind: "failed",
      reason: "RoomServerUnavailable",
      message: "the RoomServer is down",
      status: 503,
      retryAfterMs: 2001,
    },
    status: 502,
    success: false,
    partialSuccess: false,
    code: "RoomServerUnavailable",
    retryAfter: "3",
  },
];

describe("the answer of POST /apply", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  for (const { outcome, status, ...want } of MAPPINGS) {
    const detail = outcome.kind === "failed" ? ` (${outcome.reason} ${outcome.status})` : "";
    it(`answers ${status} to a pass that ended as ${outcome.kind}${detail}`, async () => {
      api.operator.answer = async (request) => reported(aReport(outcome, request));
      const reply = await api.apply({ roomId: "lab-01" });
      expect(reply.status).to.equal(status);
      const body = byContract("apply", reply);
      expect(body).to.include({
        success: want.success,
        partialSuccess: want.partialSuccess,
        outcome: outcome.kind,
      });
      if (want.code !== undefined) expect(body).to.include({ code: want.code });
      expect(reply.headers["retry-after"]).to.equal(want.retryAfter);
    });
  }

  it("lists each refusal and says what would allow it", async () => {
    api.operator.answer = async (request) =>
      reported(aReport({ kind: "refused", refusals: [REFUSAL] }, request));
    const reply = await api.apply({ roomId: "lab-01" });
    expect(reply.json).to.deep.include({ errors: [REFUSAL], refusals: [REFUSAL] });
    expect(reply.text).to.match(/send the same request with X-Confirm: sha256:(ab){32}/);
  });

  it("promises no list where an outdated confirmation met a plan that removes nothing", async () => {
    const outdated = { ...REFUSAL, reason: "ConfirmationOutdated" as const, items: [] };
    api.operator.answer = async (request) =>
      reported(aReport({ kind: "refused", refusals: [outdated] }, request));
    const reply = await api.apply({ roomId: "lab-01" });
    expect(reply.json)
      .to.have.property("detail")
      .that.matches(/removes nothing; send the same request without X-Confirm/)
      .and.does.not.include("listed");
  });

  it("does not promise a confirmation for what none lifts", async () => {
    const fixed = { ...REFUSAL, confirmable: false };
    api.operator.answer = async (request) =>
      reported(aReport({ kind: "refused", refusals: [fixed] }, request));
    const reply = await api.apply({ roomId: "lab-01" });
    expect(reply.json)
      .to.have.property("detail")
      .that.matches(/no confirmation lifts this/);
  });
});
