import { expect } from "chai";
import { createMetrics } from "../../../agent/telemetry/metrics.ts";

describe("the series of sources", () => {
  const of = async (metrics: ReturnType<typeof createMetrics>, source: string) =>
    (await metrics.render()).body.split("\n").filter((line) => line.includes(`source="${source}"`));
  const groups =
    (...sources: readonly string[]) =>
    () => ({
      groups: sources.map((source) => ({
        source,
        ready: "False" as const,
        reason: "SpecInvalid",
        rooms: 1,
      })),
      orphaned: 0,
      awaitingConfirm: 0,
      contested: 0,
      partlyManaged: 0,
      needsPerson: 0,
      prunePending: 0,
      warned: {
        Overridden: 0,
        PlanChanged: 0,
        SpecVersionReused: 0,
        SpecVersionReverted: 0,
        SpecWarning: 0,
      },
      oldestNotReadyMs: 0,
    });

  it("begin at 0 with a source that is added, and end with one that is removed", async () => {
    const metrics = createMetrics({
      version: "1",
      sources: ["a", "b"],
      guardrails: [],
      process: false,
    });
    metrics.close();
    metrics.countRooms(groups("a", "b"));
    const before = await of(metrics, "b");
    metrics.pollEnded("a", "unchanged");
    metrics.fetchEnded("b", 20);
    metrics.pollEnded("c", "unchanged");
    expect(await of(metrics, "c")).to.deep.equal([]);

    metrics.setSources(["a", "c"]);
    metrics.countRooms(groups("a", "c"));
    expect(await of(metrics, "b")).to.deep.equal([]);
    const expected = before.map((line) => line.replace('source="b"', 'source="c"'));
    expect(await of(metrics, "c")).to.have.members(expected);
    const kept = 'room_operator_source_polls_total{source="a",result="unchanged"} 1';
    expect(await of(metrics, "a")).to.include(kept);

    metrics.setSources(["a", "b"]);
    metrics.countRooms(groups("a", "b"));
    expect(await of(metrics, "b")).to.have.members(before);
  });
});
