import { expect } from "chai";
import type { ParseTask } from "../../../agent/source/parse-thread.ts";
import { A_PLAN_DIGEST, aReport, reported } from "../../support/fake-operator.ts";
import { type RunningApi, byContract, byProblem, startApi } from "../../support/running-api.ts";

const SPEC = {
  apiVersion: "v1",
  kind: "RoomSpec",
  metadata: { name: "lab", version: 4 },
  spec: { roomId: "lab-01", entities: [{ id: "E-1", kind: "agent" }] },
};
const YAML = `apiVersion: v1
kind: RoomSpec
metadata: { name: lab, version: 4 }
spec:
  roomId: lab-01
  entities:
    - id: E-1
      kind: agent
`;
describe("POST /apply of a spec", () => {
  it("leaves the parsing to a thread", async () => {
    const tasks: ParseTask[] = [];
    const errors = [{ path: "body", line: 1, column: 1, message: "took too long" }];
    const api = await startApi({
      parse: async (task) => {
        tasks.push(task);
        return { kind: "invalid", roomId: null, errors, warnings: [] };
      },
    });
    try {
      const headers = { "Content-Type": "application/yaml" };
      const reply = await api.ask("/apply", { method: "POST", headers, body: YAML });
      expect(reply.status).to.equal(400);
      expect(byProblem(reply)).to.deep.include({ code: "SpecInvalid", errors });
      expect(tasks.map(({ posted, maxBytes }) => [posted, maxBytes])).to.deep.equal([
        [true, 65_536],
      ]);
    } finally {
      await api.stop();
    }
  });
});

describe("POST /apply", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());
  beforeEach(() => {
    api.operator.rooms.length = 0;
    api.operator.specs.length = 0;
    api.operator.answer = async (request) => reported(aReport({ kind: "converged" }, request));
  });

  it("answers a converged pass in the specification's shape", async () => {
    const reply = await api.apply({ roomId: "lab-01" }, { "X-Correlation-Id": "abc-1" });
    expect(reply.status).to.equal(200);
    expect(byContract("apply", reply)).to.deep.equal({
      success: true,
      partialSuccess: false,
      correlationId: "abc-1",
      roomId: "lab-01",
      phase: "VERIFY",
      outcome: "converged",
      reason: null,
      message: null,
      supersededBy: null,
      diff: {
        toJoin: ["E-agent-1"],
        toUpdate: [],
        toKick: [],
        toSeed: ["notes"],
        toPromote: [],
        toDelete: [],
        toSetPolicies: [],
        toEnsure: [],
        blocked: [{ item: "artifact/plan", reason: "SeedMissing" }],
        items: [
          { action: "join", item: "entity/E-agent-1", before: null, after: { kind: "agent" } },
        ],
        moreItems: 1,
      },
      planDigest: A_PLAN_DIGEST,
      refusals: [],
      warnings: ["SpecVersionReused"],
      duration: 1.23,
    });
  });

  it("hands a room request on with its switches", async () => {
    await api.apply(
      { roomId: "lab-01" },
      { "X-Dry-Run": "TRUE", "X-Confirm": "true", "X-Correlation-Id": "c1" },
    );
    expect(api.operator.rooms).to.deep.equal([
      {
        roomId: "lab-01",
        correlationId: "c1",
        actor: "http 127.0.0.1",
        confirm: true,
        dryRun: true,
      },
    ]);
  });

  const forms: readonly { name: string; type: string; body: string }[] = [
    { name: "a bare RoomSpec in JSON", type: "application/json", body: JSON.stringify(SPEC) },
    { name: "{spec} in JSON", type: "application/json", body: JSON.stringify({ spec: SPEC }) },
    { name: "a bare RoomSpec in YAML", type: "application/yaml", body: YAML },
    {
      name: "{spec} in YAML",
      type: "application/yaml; charset=UTF-8",
      body: `spec:\n${YAML.replace(/^(?=.)/gm, "  ")}`,
    },
    {
      name: "JSON indented by tabs",
      type: "application/json",
      body: JSON.stringify({ spec: SPEC }, null, "\t"),
    },
  ];
  for (const { name, type, body } of forms) {
    it(`takes ${name}`, async () => {
      const reply = await api.ask("/apply?source=specs", {
        method: "POST",
        headers: { "Content-Type": type, "X-Override": "true" },
        body,
      });
      expect(reply.status, reply.text).to.equal(200);
      const [asked] = api.operator.specs;
      expect(asked).to.include({
        roomId: "lab-01",
        source: "specs",
        override: true,
        confirm: false,
        dryRun: false,
      });
      expect(asked?.spec.spec.entities[0]).to.include({
        id: "E-1",
        kind: "agent",
        visibility: "team",
      });
      expect(asked?.digest).to.match(/^[0-9a-f]{64}$/);
      expect(Buffer.from(asked?.text ?? []).toString()).to.equal(body);
    });
  }

  it("takes a room request in YAML", async () => {
    await api.ask("/apply", {
      method: "POST",
      headers: { "Content-Type": "application/yaml" },
      body: "roomId: lab-01\n",
    });
    expect(api.operator.rooms).to.have.length(1);
  });

  it("adds the warnings of the spec to those of the pass", async () => {
    const loud = structuredClone(SPEC);
    Object.assign(loud.spec.entities[0] ?? {}, { visibility: "everyone" });
    const reply = await api.apply(loud);
    expect(reply.json)
      .to.have.property("warnings")
      .that.satisfies((lines: string[]) =>
        lines.some((line) => /^body:\d+:\d+: .*visibility/.test(line)),
      )
      .and.includes("SpecVersionReused");
  });

  it("answers 202 and where to look when the operator lets go", async () => {
    api.operator.answer = async ({ correlationId }) => ({
      kind: "accepted",
      correlationId,
      reason: "not finished within 30 s",
    });
    const reply = await api.apply({ roomId: "lab 01" }, { "X-Correlation-Id": "c2" });
    expect(reply.status).to.equal(202);
    expect(byContract("apply", reply)).to.deep.include({
      outcome: "accepted",
      correlationId: "c2",
      see: { status: "/status/rooms/lab%2001", audit: "/audit?correlationId=c2" },
    });
    expect(reply.headers.location).to.equal("/status/rooms/lab%2001");
  });

  for (const status of [404, 409, 503] as const) {
    it(`passes on a rejection with ${status}`, async () => {
      api.operator.answer = async () => ({
        kind: "rejected",
        status,
        code: "ManagedByGit",
        detail: "git manages this room: send X-Override: true",
      });
      const reply = await api.apply(SPEC);
      expect(reply.status).to.equal(status);
      expect(byProblem(reply)).to.include({
        code: "ManagedByGit",
        detail: "git manages this room: send X-Override: true",
      });
    });
  }
});
