import { expect } from "chai";
import * as fc from "fast-check";
import { toItem, type Item } from "../../../agent/plan/item.ts";
import type { RoomState } from "../../../agent/plan/room-state.ts";
import { lostItems, suspicionOf } from "../../../agent/plan/suspicious-read.ts";

const ROOM = "lab-01";
const NAMES = ["a", "b", "c", "d", "e", "f"];
const ITEMS = NAMES.flatMap((name) => [toItem("entity", name), toItem("artifact", name)]);

function aRead(items: readonly Item[], roomId = ROOM): RoomState {
  const names = (kind: string) =>
    items.filter((item) => item.startsWith(`${kind}/`)).map((item) => item.slice(kind.length + 1));
  return {
    roomId,
    entities: names("entity").map((id) => ({ id })),
    artifacts: names("artifact").map((name) => ({ name })),
    resources: [],
  };
}

const judge = (items: readonly Item[], inventory: readonly Item[]) =>
  suspicionOf(aRead(items), { roomId: ROOM, inventory });

const cases: readonly {
  readonly name: string;
  readonly items: readonly Item[];
  readonly inventory: readonly Item[];
  readonly want: string | null;
}[] = [
  { name: "a room nothing was put into, empty", items: [], inventory: [], want: null },
  { name: "a room nothing was put into", items: ["entity/x"], inventory: [], want: null },
  { name: "all that was put there", items: ["entity/a"], inventory: ["entity/a"], want: null },
  {
    name: "all that was put there and more",
    items: ["entity/a", "entity/x"],
    inventory: ["entity/a"],
    want: null,
  },
  { name: "nothing at all", items: [], inventory: ["entity/a"], want: "empty" },
  { name: "only others", items: ["entity/x"], inventory: ["entity/a"], want: "foreign" },
  {
    name: "exactly half",
    items: ["entity/a"],
    inventory: ["entity/a", "artifact/b"],
    want: null,
  },
  {
    name: "one less than half",
    items: ["entity/a"],
    inventory: ["entity/a", "entity/b", "artifact/c"],
    want: "incomplete",
  },
  {
    name: "an artifact of an entity's name",
    items: ["artifact/a"],
    inventory: ["entity/a"],
    want: "foreign",
  },
  {
    name: "nothing but policies and resources missing",
    items: [],
    inventory: ["policy/dmVisibilityDefault", "resource/search"],
    want: null,
  },
  {
    name: "an entity missing beside policies, which are not counted",
    items: [],
    inventory: ["entity/a", "policy/dmVisibilityDefault", "resource/search"],
    want: "empty",
  },
];

describe("suspicionOf a read", () => {
  for (const { name, items, inventory, want } of cases)
    it(`${want ?? "believes"}: ${name}`, () => {
      expect(judge(items, inventory)).to.equal(want);
    });

  const some = fc.subarray(ITEMS);

  it("does not believe what names another room, whatever it shows", () => {
    fc.assert(
      fc.property(some, some, (items, inventory) => {
        expect(suspicionOf(aRead(items, "lab-02"), { roomId: ROOM, inventory })).to.equal(
          "otherRoom",
        );
      }),
    );
  });

  it("believes a read that shows all that was put there, whatever else it shows", () => {
    fc.assert(
      fc.property(some, some, (inventory, others) => {
        expect(judge([...new Set([...inventory, ...others])], inventory)).to.equal(null);
      }),
    );
  });

  it("believes every read of a room nothing was put into", () => {
    fc.assert(
      fc.property(some, (items) => {
        expect(judge(items, [])).to.equal(null);
      }),
    );
  });

  it("does not believe a read that shows less than one it does not believe", () => {
    const nested = some.chain((more) => fc.tuple(fc.constant(more), fc.subarray(more)));
    fc.assert(
      fc.property(nested, some, ([more, fewer], inventory) => {
        if (judge(more, inventory) !== null) expect(judge(fewer, inventory)).not.to.equal(null);
      }),
    );
  });

  it("does not believe exactly what lacks more than half", () => {
    fc.assert(
      fc.property(some, some, (items, inventory) => {
        const lost = lostItems(aRead(items), inventory).length;
        expect(judge(items, inventory) !== null).to.equal(lost > inventory.length / 2);
      }),
    );
  });
});
