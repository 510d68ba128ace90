import { globSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { aTrail } from "../../support/a-trail.ts";
import { FakeClock } from "../../support/fake-clock.ts";

describe("AuditTrail", () => {
  it("names the operator where an event names nobody", () => {
    expect(aTrail().event("source.failed", { source: "main" })).to.deep.equal({
      kind: "audit",
      record: {
        type: "event",
        action: "source.failed",
        correlationId: "id-1",
        timestamp: "2026-01-01T00:00:00.000Z",
        operatorVersion: "0.1.0",
        specVersion: null,
        metadata: { actor: "operator", source: "main" },
      },
    });
  });

  it("leaves the metadata of an event that names an actor in its order", () => {
    const { record } = aTrail().event("room.converged", { room: "harbor7", actor: "ada" });
    expect(JSON.stringify(record.metadata)).to.equal('{"room":"harbor7","actor":"ada"}');
  });

  it("makes commands of what people ask for, under the id of their request", () => {
    const { record } = aTrail().command("apply", { actor: "ada" }, { correlationId: "corr-1" });
    expect(record).to.include({ type: "command", correlationId: "corr-1" });
  });

  it("takes time and version from what the record is about", () => {
    const about = { timestamp: "2026-01-01T01:00:00.000Z", specVersion: 7 };
    expect(aTrail().event("store.failed", {}, about).record).to.include(about);
  });

  it("gives each record the time of its making and an id of its own", async () => {
    const clock = new FakeClock();
    let ids = 0;
    const trail = aTrail({ clock, newId: () => `id-${(ids += 1)}` });
    const first = trail.event("a.began", {}).record;
    await clock.advance(1000);
    const second = trail.event("a.ended", {}).record;
    expect([first.correlationId, second.correlationId]).to.deep.equal(["id-1", "id-2"]);
    expect(second.timestamp).to.equal("2026-01-01T00:00:01.000Z");
  });

  it("is the only maker of audit records in the agent", () => {
    const makers = globSync("agent/**/*.ts").filter((path) =>
      /\bkind: "audit"[^;]/.test(readFileSync(path, "utf8").replaceAll("readonly kind", "")),
    );
    expect(makers).to.deep.equal(["agent/store/audit-trail.ts"]);
  });
});
