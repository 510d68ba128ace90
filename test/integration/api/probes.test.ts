import { expect } from "chai";
import type { AuditRecord } from "../../../agent/status/audit-record.ts";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { aVerifiedRoom, aReadySource } from "../../support/a-verified-room.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryStore } from "../../support/memory-store.ts";
import { type RunningApi, byContract, byProblem, startApi } from "../../support/running-api.ts";

const STALLED = {
  type: "Stalled" as const,
  status: "True" as const,
  reason: "NotConverged" as const,
  message: "10 passes",
  lastTransitionTime: "2026-01-01T00:00:00.000Z",
};

describe("the health of the agent", () => {
  const clock = new FakeClock();
  let api: RunningApi;
  beforeEach(async () => {
    api = await startApi({ clock });
  });
  afterEach(() => api.stop());
  const health = async () => {
    const reply = await api.ask("/health");
    return { status: reply.status, body: byContract("health", reply) };
  };

  it("is healthy when nothing is wrong", async () => {
    expect(await health()).to.deep.equal({
      status: 200,
      body: {
        status: "healthy",
        problems: [],
        warnings: [],
        timestamp: new Date(clock.nowMs()).toISOString(),
      },
    });
  });

  it("is healthy before the RoomServer was ever called", async () => {
    api.operator.state = { ...api.operator.state, roomServer: null };
    expect((await health()).body).to.include({ status: "healthy" });
  });

  it("is degraded, and still 200, while the RoomServer does not answer", async () => {
    api.operator.state = { ...api.operator.state, roomServer: { ok: false, message: "401" } };
    const { status, body } = await health();
    expect(status).to.equal(200);
    expect(body).to.deep.include({
      status: "degraded",
      problems: [{ check: "roomServer", message: "401" }],
    });
  });

  it("is degraded while a source fails", async () => {
    const lastError = {
      reason: "Timeout" as const,
      message: "no answer",
      since: "2026-01-01T00:00:00.000Z",
    };
    await api.store.write([{ kind: "source", row: aReadySource({ lastError }) }]);
    expect((await health()).body).to.deep.include({
      status: "degraded",
      problems: [{ check: "source specs", message: "Timeout: no answer" }],
    });
  });

  it("is degraded while a source holds no spec or one that is not read by its name, unless that is meant", async () => {
    const warnings = [
      { reason: "NoSpecsFound" as const, message: 'Path "romos" holds no spec' },
      { reason: "SpecNameIgnored" as const, message: "a file is not read" },
      { reason: "SpecsIgnored" as const, message: "Exclude keeps a file out" },
    ];
    await api.store.write([{ kind: "source", row: aReadySource({ warnings }) }]);
    const named = { check: "source specs", message: "SpecNameIgnored: a file is not read" };
    expect((await health()).body).to.deep.include({
      status: "degraded",
      problems: [
        { check: "source specs", message: 'NoSpecsFound: Path "romos" holds no spec' },
        named,
      ],
    });
    expect((await api.ask("/status")).json).to.include({ health: "Degraded" });
    await api.stop();
    const info = { name: "specs", url: "http://git.test/specs.git", ref: "main" };
    api = await startApi({ clock, sources: [{ ...info, allowsEmpty: true }] });
    await api.store.write([{ kind: "source", row: aReadySource({ warnings }) }]);
    expect((await health()).body).to.deep.include({ problems: [named] });
  });

  it("is healthy with a warning while a file with kind: RoomSpec is not read by its name", async () => {
    const warnings = [{ reason: "RoomSpecNotRead" as const, message: "lab.yaml is not read" }];
    await api.store.write([{ kind: "source", row: aReadySource({ warnings }) }]);
    expect((await health()).body).to.deep.include({
      status: "healthy",
      problems: [],
      warnings: [{ check: "source specs", message: "RoomSpecNotRead: lab.yaml is not read" }],
    });
    expect((await api.ask("/status")).json).to.include({ health: "Healthy" });
  });

  it("is degraded while a room is stalled, and notices at once where its rooms are read quickly", async () => {
    expect((await health()).body).to.include({ status: "healthy" });
    await api.store.write([{ kind: "room", row: aVerifiedRoom({ conditions: [STALLED] }) }]);
    expect((await health()).body).to.include({ status: "degraded" });
    expect((await api.ask("/status")).json).to.include({ health: "Degraded" });
  });

  it("is unhealthy with 503 while the store cannot be written", async () => {
    api.operator.state = { ...api.operator.state, store: { ok: false, message: "disk full" } };
    const { status, body } = await health();
    expect(status).to.equal(503);
    const reason = "StoreUnavailable";
    const message = "the agent cannot keep its memory, so it writes to no room: disk full";
    expect(body).to.deep.include({
      status: "unhealthy",
      problems: [{ check: "store", message: `${reason}: ${message}` }],
    });
    expect((await api.ask("/status")).json).to.deep.include({
      health: "Unhealthy",
      warnings: [{ reason, message }],
    });
  });

  it("is unhealthy while the store cannot be read", async () => {
    await api.store.close();
    const { status, body } = await health();
    expect(status).to.equal(503);
    expect(body).to.include({ status: "unhealthy" });
  });

  it("is alive whatever is wrong", async () => {
    await api.store.close();
    api.operator.state = { ...api.operator.state, ready: false, store: { ok: false, message: "" } };
    const reply = await api.ask("/livez?probe=1");
    expect(reply.status).to.equal(200);
    expect(byContract("livez", reply)).to.include({ status: "alive" });
  });

  it("is ready only when the operator says so", async () => {
    const ready = await api.ask("/readyz");
    expect(ready.status).to.equal(200);
    expect(byContract("readyz", ready)).to.include({ status: "ready" });
    api.operator.state = { ...api.operator.state, ready: false };
    const waiting = await api.ask("/readyz");
    expect(waiting.status).to.equal(503);
    expect(byContract("readyz", waiting)).to.include({ status: "notReady" });
  });
});

describe("GET /audit", () => {
  let api: RunningApi;
  const record = (position: number): AuditRecord => ({
    type: position === 0 ? "command" : "event",
    action: "entity.joined",
    correlationId: position % 2 === 0 ? "even" : "odd",
    timestamp: "2026-01-01T00:00:00.000Z",
    operatorVersion: "1.2.3",
    specVersion: position === 0 ? null : position,
    metadata: { room: `lab-${position % 3}`, entityId: `E-${position}` },
  });
  before(async () => {
    api = await startApi();
    await api.store.write(
      Array.from({ length: 150 }, (_, position) => ({ kind: "audit", record: record(position) })),
    );
  });
  after(() => api.stop());
  const entities = async (path: string) => {
    const reply = await api.ask(path);
    expect(reply.status, reply.text).to.equal(200);
    const { entries } = byContract("audit", reply) as { entries: readonly AuditRecord[] };
    return entries.map(({ metadata }) => metadata["entityId"]);
  };

  it("gives the newest 100, oldest first", async () => {
    const found = await entities("/audit");
    expect([found.length, found[0], found.at(-1)]).to.deep.equal([100, "E-50", "E-149"]);
  });

  it("gives as many as asked for", async () => {
    expect(await entities("/audit?count=2")).to.deep.equal(["E-148", "E-149"]);
    expect(await entities("/audit?count=1000")).to.have.length(150);
  });

  it("gives those of one correlation id, of one room, of both", async () => {
    expect(await entities("/audit?count=2&correlationId=odd")).to.deep.equal(["E-147", "E-149"]);
    expect(await entities("/audit?count=2&roomId=lab-0")).to.deep.equal(["E-144", "E-147"]);
    expect(await entities("/audit?count=2&roomId=lab-0&correlationId=even")).to.deep.equal([
      "E-138",
      "E-144",
    ]);
    expect(await entities("/audit?correlationId=nobody")).to.deep.equal([]);
  });
});

describe("DELETE /rooms/{roomId}", () => {
  let api: RunningApi;
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(() => api.stop());

  it("orphans the room in the caller's name", async () => {
    const reply = await api.ask("/rooms/lab%2F01", {
      method: "DELETE",
      headers: { "X-Correlation-Id": "c1" },
    });
    expect(reply.status).to.equal(200);
    expect(byContract("deleteRoom", reply)).to.deep.equal({
      success: true,
      roomId: "lab/01",
      outcome: "orphaned",
      correlationId: "c1",
    });
    expect(api.operator.deleted).to.deep.equal([
      { roomId: "lab/01", correlationId: "c1", actor: "http 127.0.0.1" },
    ]);
  });

  it("says so when git manages the room", async () => {
    api.operator.deletion = {
      kind: "rejected",
      status: 409,
      code: "ManagedByGit",
      detail: "remove its file",
    };
    const reply = await api.ask("/rooms/lab-01", { method: "DELETE" });
    expect(byProblem(reply)).to.include({
      status: 409,
      code: "ManagedByGit",
      detail: "remove its file",
    });
  });
});

describe("GET /metrics", () => {
  it("gives the text as it is rendered, in its own type", async () => {
    const api = await startApi();
    try {
      const reply = await api.ask("/metrics");
      expect([reply.status, reply.headers["content-type"], reply.text]).to.deep.equal([
        200,
        "text/plain; version=0.0.4",
        "up 1\n",
      ]);
    } finally {
      await api.stop();
    }
  });
});

describe("an error inside", () => {
  it("is hidden from the caller and logged once with its correlation id", async () => {
    const render = () => Promise.reject(new Error("the password is s3cret"));
    const api = await startApi({ metrics: { render } });
    try {
      const reply = await api.ask("/metrics", { headers: { "X-Correlation-Id": "c9" } });
      expect(byProblem(reply)).to.include({ status: 500, code: "InternalError" });
      expect(reply.text).to.include("c9");
      expect(reply.text).not.to.include("s3cret");
      expect(api.logged).to.have.length(1);
      expect(api.logged[0]).to.have.property("level", "error");
      expect(api.logged[0]?.fields).to.include({ correlationId: "c9", path: "/metrics" });
    } finally {
      await api.stop();
    }
  });

  it("is hidden too when it is an OperatorError not meant for callers", async () => {
    const render = () => Promise.reject(new OperatorError("Odd", "an inner matter"));
    const api = await startApi({ metrics: { render } });
    try {
      const reply = await api.ask("/metrics");
      expect(byProblem(reply)).to.include({ status: 500, code: "InternalError" });
      expect(reply.text).not.to.include("inner matter");
    } finally {
      await api.stop();
    }
  });

  it("is 503 StoreUnavailable when the store cannot be read", async () => {
    const store = new MemoryStore();
    await store.close();
    const api = await startApi({ store });
    try {
      for (const path of ["/status", "/status/rooms/lab-01", "/audit"]) {
        expect(byProblem(await api.ask(path))).to.include({
          status: 503,
          code: "StoreUnavailable",
        });
      }
    } finally {
      await api.stop();
    }
  });
});
