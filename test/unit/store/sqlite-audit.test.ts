import { expect } from "chai";
import { packAudit } from "../../../agent/store/sqlite-audit.ts";
import type { StoreChange } from "../../../agent/store/store.ts";
import { anAuditRecord } from "../../support/a-row.ts";

const record = (action: string, room = "a", correlationId = "c", timestamp = "t") =>
  anAuditRecord({ action, correlationId, timestamp, metadata: { room } });

const audit = (...given: Parameters<typeof record>): StoreChange => ({
  kind: "audit",
  record: record(...given),
});

const packs = (changes: readonly StoreChange[]) =>
  packAudit(changes).map((change) =>
    change.kind === "auditPack"
      ? change.records.map(({ action }) => action).join("+")
      : change.kind,
  );

describe("packAudit", () => {
  const ended: StoreChange = { kind: "observeOnlyEnded" };
  const cases: readonly (readonly [string, readonly StoreChange[], readonly string[]])[] = [
    ["packs nothing", [ended], ["observeOnlyEnded"]],
    ["packs what is alike", [audit("1"), ended, audit("2")], ["1+2", "observeOnlyEnded"]],
    ["packs no two rooms", [audit("1"), audit("2", "b"), audit("3")], ["1", "2", "3"]],
    ["packs no two causes", [audit("1"), audit("2", "a", "d")], ["1", "2"]],
    ["packs no two times", [audit("1"), audit("2", "a", "c", "u")], ["1", "2"]],
  ];
  for (const [name, changes, expected] of cases) {
    it(name, () => expect(packs(changes)).to.deep.equal(expected));
  }

  it("packs at most 50 in a row", () => {
    const many = packAudit(Array.from({ length: 120 }, (_, at) => audit(`${at}`)));
    const counts = many.map((change) => change.kind === "auditPack" && change.records.length);
    expect(counts).to.deep.equal([50, 50, 20]);
  });
});
