import { expect } from "chai";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import { toPlanItems } from "../../../agent/plan/plan-items.ts";
import { MAX_SHOWN_ITEMS, shownItem, shownItems } from "../../../agent/plan/shown-items.ts";
import { aPlan, aPlanInput, kicks } from "../../support/a-plan-input.ts";
import { aSeed } from "../../support/a-desired-room.ts";
import { anArtifact } from "../../support/a-room-spec.ts";

const CONTENT = "a plan";

describe("toPlanItems", () => {
  const seeded = aSeed(anArtifact("plan"), CONTENT);
  const plan = makePlan(
    aPlanInput({
      spec: {
        entities: ["E-new", { id: "E-changed", visibility: "owner", capabilities: ["b", "a"] }],
        artifacts: ["plan", { name: "changed", tags: ["t"] }],
        policies: { maxArtifactsPerEntity: 5 },
        resources: [{ name: "search", config: { url: "new" } }],
      },
      seeds: { plan: CONTENT, changed: CONTENT },
      room: {
        entities: [
          { id: "E-changed", kind: "agent", visibility: "team", capabilities: [] },
          { id: "E-old", kind: "human", displayName: "Old", capabilities: [] },
        ],
        artifacts: [
          { name: "changed", type: "document", workspace: "shared", tags: [], size: 3 },
          { name: "old", type: "document", fingerprint: "ab".repeat(32), size: 9 },
        ],
        policies: { dmVisibilityDefault: "public" },
        resources: [{ name: "search", type: "mcp-tool", config: { url: "old" } }],
      },
    }),
  );
  const byItem = new Map(toPlanItems(plan).map((one) => [`${one.action} ${one.item}`, one]));
  const values = (key: string) => {
    const { before, after } = byItem.get(key) ?? {};
    return { before, after };
  };

  it("shows of a changed entity only the attributes that change", () => {
    expect(values("replace entity/E-changed")).to.deep.equal({
      before: { visibility: "team", capabilities: [] },
      after: { visibility: "owner", capabilities: ["a", "b"] },
    });
  });

  it("shows what a joined entity gets and what a kicked one had", () => {
    const joined = values("join entity/E-new");
    expect(joined.before).to.equal(null);
    expect(joined.after).to.deep.include({ kind: "agent", visibility: "team" });
    expect(values("kick entity/E-old")).to.deep.equal({
      before: { kind: "human", displayName: "Old" },
      after: null,
    });
  });

  it("shows hash, size and type of artifacts", () => {
    const { fingerprint } = seeded;
    expect(values("seed artifact/plan")).to.deep.equal({
      before: null,
      after: {
        hash: fingerprint,
        size: CONTENT.length,
        type: "document",
        workspace: "shared",
        tags: [],
      },
    });
    const changed = values("seed artifact/changed");
    expect(changed.before).to.deep.equal({ size: 3, type: "document", tags: [] });
    expect(changed.after).to.deep.include({ size: CONTENT.length, tags: ["t"] });
    expect(values("delete artifact/old")).to.deep.equal({
      before: { hash: "ab".repeat(32), size: 9, type: "document" },
      after: null,
    });
  });

  it("shows old and new value of policies and resources", () => {
    expect(values("setPolicy policy/maxArtifactsPerEntity")).to.deep.equal({
      before: null,
      after: 5,
    });
    expect(values("ensureResource resource/search")).to.deep.equal({
      before: { type: "mcp-tool", config: { url: "old" } },
      after: { type: "mcp-tool", config: { url: "new" } },
    });
  });
});

describe("shownItems", () => {
  it("shows the first changes and counts the rest", () => {
    const ids = Array.from({ length: MAX_SHOWN_ITEMS + 7 }, (_, at) => `E-${at}`);
    const { items, moreItems } = shownItems(aPlan(kicks(...ids)));
    expect(items.map(({ item }) => item)).to.deep.equal(
      ids.slice(0, MAX_SHOWN_ITEMS).map((id) => `entity/${id}`),
    );
    expect(moreItems).to.equal(7);
  });

  it("is short however long the values are", () => {
    const actions = Array.from({ length: 90 }, (_, at) => ({
      kind: "kick" as const,
      item: `entity/E-${at}` as const,
      previous: { id: `E-${at}`, displayName: "x".repeat(5000), capabilities: manyTexts },
    }));
    const shown = shownItems(aPlan(actions));
    expect(JSON.stringify(shown).length).to.be.below(20_000);
    expect(shown.items.length).to.be.above(0);
    expect(shown.items.length + shown.moreItems).to.equal(90);
  });

  const manyTexts = Array.from({ length: 500 }, (_, at) => `capability-${at}`);

  it("cuts texts, lists, objects and nesting, and says so", () => {
    const shown = shownItem({
      action: "setPolicy",
      item: "policy/x",
      before: { text: "y".repeat(300), list: Array.from({ length: 30 }, (_, at) => at) },
      after: [[[[["deep"]]]]],
    });
    expect(shown.before).to.deep.include({ text: `${"y".repeat(199)}…` });
    expect(JSON.stringify(shown.before)).to.include('"… 10 more"');
    expect(JSON.stringify(shown.after)).to.equal('[[[["…"]]]]');
  });
});
