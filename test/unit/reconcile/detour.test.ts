import { expect } from "chai";
import {
  detourAfterActions,
  detourAfterPass,
  itemsToTakeBack,
  livingDetour,
} from "../../../agent/reconcile/detour.ts";
import type { Action } from "../../../agent/plan/plan.ts";
import { anEntity, aRoomSpec } from "../../support/a-room-spec.ts";
import { ROW_MS } from "../../support/a-row.ts";

const SINCE = new Date(ROW_MS).toISOString();
const detour = (...added: `entity/${string}`[]) => ({ from: "main@sha1:a", since: SINCE, added });
const join = (id: string): Action => ({ kind: "join", item: `entity/${id}`, entity: anEntity(id) });
const kick = (id: string): Action => ({
  kind: "kick",
  item: `entity/${id}`,
  previous: { id, kind: "agent" },
});

describe("detourAfterActions", () => {
  const cases = [
    {
      name: "what was joined",
      action: join("E-1"),
      state: "done",
      want: ["entity/E-0", "entity/E-1"],
    },
    {
      name: "not what may have been joined",
      action: join("E-1"),
      state: "unknown",
      want: ["entity/E-0"],
    },
    { name: "not what was kicked again", action: kick("E-0"), state: "done", want: [] },
    {
      name: "not what was there and is replaced",
      action: { ...join("E-1"), kind: "replace", previous: { id: "E-1", kind: "agent" } } as Action,
      state: "done",
      want: ["entity/E-0"],
    },
  ] as const;
  for (const { name, action, state, want } of cases) {
    it(`remembers ${name}`, () => {
      const after = detourAfterActions(detour("entity/E-0"), [{ action, state }]);
      expect(after?.added).to.deep.equal(want);
    });
  }

  it("remembers nothing while the branch is where it belongs", () => {
    expect(detourAfterActions(null, [{ action: join("E-1"), state: "done" }])).to.equal(null);
  });
});

describe("detourAfterPass", () => {
  it("lets one that began or ended while the pass ran stand", () => {
    const [now, after] = [detour(), detour("entity/E-1")];
    expect(detourAfterPass(now, after)).to.equal(after);
    expect(detourAfterPass(null, after)).to.equal(null);
    const other = { ...now, since: "2027-01-01T00:00:00.000Z" };
    expect(detourAfterPass(other, after)).to.equal(other);
  });
});

describe("livingDetour", () => {
  const time = { nowMs: ROW_MS + 1_000, expiresAfterMs: 1_000 };
  const mark = { from: "main@sha1:a", to: "main@sha1:b", since: SINCE };
  it("lasts as long as the mark, and for a while after", () => {
    expect(livingDetour({ detour: detour(), rewritten: mark }, time)).to.not.equal(null);
    expect(livingDetour({ detour: detour(), rewritten: null }, time)).to.equal(null);
    const sooner = { ...time, nowMs: ROW_MS + 999 };
    expect(livingDetour({ detour: detour(), rewritten: null }, sooner)).to.not.equal(null);
  });
});

describe("itemsToTakeBack", () => {
  it("names what was added and is not in the spec", () => {
    const spec = aRoomSpec({ entities: ["E-1"] });
    const added = detour("entity/E-0", "entity/E-1");
    expect(itemsToTakeBack(added, spec)).to.deep.equal(["entity/E-0"]);
    expect(itemsToTakeBack(added, null), "a spec that cannot be read").to.deep.equal([]);
  });
});
