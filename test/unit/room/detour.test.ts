import { expect } from "chai";
import {
  detourAfterActions,
  detourAfterPass,
  itemsToTakeBack,
  pastOf,
  wasGivenBack,
} from "../../../agent/room/detour.ts";
import type { Action } from "../../../agent/plan/plan.ts";
import { anEntity, aRoomSpec } from "../../support/a-room-spec.ts";
import { aRoomRow, anInput, ROW_MS } from "../../support/a-row.ts";

const SINCE = new Date(ROW_MS).toISOString();
const [FROM, TO] = ["main@sha1:a", "main@sha1:b"];
const PAST = pastOf(aRoomRow({ head: anInput("1"), enforced: anInput("1") }));
const mark = { from: FROM, to: TO, since: SINCE };
const detour = (...added: `entity/${string}`[]) => ({
  from: FROM,
  since: SINCE,
  added,
  past: PAST,
});
const away = (...added: `entity/${string}`[]) =>
  aRoomRow({
    rewritten: mark,
    detour: detour(...added),
    head: { ...anInput("2"), revision: TO },
  });
const join = (id: string): Action => ({ kind: "join", item: `entity/${id}`, entity: anEntity(id) });
const kick = (id: string): Action => ({
  kind: "kick",
  item: `entity/${id}`,
  previous: { id, kind: "agent" },
});

describe("detourAfterActions", () => {
  const inputs = { revision: TO };
  const cases = [
    { name: "what was joined", action: join("E-1"), want: ["entity/E-0", "entity/E-1"] },
    {
      name: "not what may have been joined",
      action: join("E-1"),
      state: "unknown",
      want: ["entity/E-0"],
    },
    {
      name: "not what was joined for another revision",
      action: join("E-1"),
      inputs: { revision: FROM },
      want: ["entity/E-0"],
    },
    {
      name: "not what was joined for what is enforced meanwhile",
      action: join("E-1"),
      inputs: { revision: TO, isHead: false },
      want: ["entity/E-0"],
    },
    { name: "not what was kicked again", action: kick("E-0"), want: [] },
    {
      name: "not what was there and is replaced",
      action: { ...join("E-1"), kind: "replace", previous: { id: "E-1", kind: "agent" } } as Action,
      want: ["entity/E-0"],
    },
  ] as const;
  for (const { name, action, want, ...more } of cases) {
    it(`remembers ${name}`, () => {
      const ended = [{ action, state: "done", inputs, ...more } as const];
      expect(detourAfterActions(away("entity/E-0"), ended)?.added).to.deep.equal(want);
    });
  }

  it("remembers nothing of a later commit, and nothing once the mark is over", () => {
    const ended = [{ action: join("E-1"), state: "done", inputs } as const];
    const later = { ...away(), head: { ...anInput("3"), revision: "main@sha1:c" } };
    expect(detourAfterActions(later, ended)?.added).to.deep.equal([]);
    const itsOwn = {
      action: join("E-1"),
      state: "done",
      inputs: { revision: "main@sha1:c" },
    } as const;
    expect(detourAfterActions(later, [itsOwn])?.added).to.deep.equal([]);
    expect(detourAfterActions({ ...away(), rewritten: null }, ended)?.added).to.deep.equal([]);
    expect(detourAfterActions(aRoomRow(), ended)).to.equal(null);
  });
});

describe("detourAfterPass", () => {
  it("lets one that began or ended while the pass ran stand", () => {
    const [before, after] = [away(), away("entity/E-1")];
    expect(detourAfterPass(before, { before, after })).to.equal(after.detour);
    expect(detourAfterPass({ ...before, detour: null }, { before, after })).to.equal(null);
    const other = { ...detour(), since: "2027-01-01T00:00:00.000Z" };
    expect(detourAfterPass({ ...before, detour: other }, { before, after })).to.equal(other);
  });

  it("counts what the pass did as before one that began meanwhile", () => {
    const before = aRoomRow({ enforced: anInput("0") });
    const after = aRoomRow({ enforced: anInput("1") });
    expect(detourAfterPass(away(), { before, after })?.past?.enforced).to.deep.equal(anInput("1"));
  });

  it("knows of a return that came while the pass ran", () => {
    expect(wasGivenBack(aRoomRow(), away())).to.equal(true);
    expect(wasGivenBack(away(), away())).to.equal(false);
    expect(wasGivenBack(away(), aRoomRow())).to.equal(false);
  });
});

describe("itemsToTakeBack", () => {
  const added = detour("entity/E-0", "entity/E-1", "entity/E-2");
  const spec = aRoomSpec({ entities: ["E-1"] });
  it("names what was added and is neither in the spec nor in one from before", () => {
    const past = [aRoomSpec({ entities: ["E-2"] })];
    expect(itemsToTakeBack(added, spec, past)).to.deep.equal(["entity/E-0"]);
  });

  it("names nothing where a spec cannot be read, or what the room was is not known", () => {
    expect(itemsToTakeBack(added, null, [])).to.deep.equal([]);
    expect(itemsToTakeBack(added, spec, [null])).to.deep.equal([]);
    const { past: _, ...older } = added;
    expect(itemsToTakeBack(older, spec, [])).to.deep.equal([]);
  });
});
