import { expect } from "chai";
import { aSpecOf, ReviewWorld } from "../../support/review-world.ts";

describe("labels that plans of pull requests pin", () => {
  let world: ReviewWorld;
  let head: string;
  beforeEach(() => {
    world = new ReviewWorld();
    head = world.head("1", { "room-a": aSpecOf("room-a", 2) });
    world.has("room-a");
    world.kicks.set("room-a", 2);
  });
  afterEach(() => world.planner.stop());

  it("are those of single rooms too, before they are used, the oldest of too many", async () => {
    world.forge.open({ headSha: head }, ["room-a.room.yaml"]);
    const many = Array.from({ length: 501 }, (_, at) => ({
      id: String(1000 - at),
      name: `confirm/room-${at}`,
    }));
    const of = (id: string, name: string) => ({ id, name });
    world.forge.all = [...many, of("9", "confirm"), of("8", "dry-run/room-a"), of("7", "other")];
    await world.look();
    const [forge] = await world.store.readDocuments("forge");
    const { labelIds = {} } = forge?.document ?? {};
    expect(labelIds).to.include({ confirm: "9", "dry-run/room-a": "8", "confirm/room-500": "500" });
    expect(labelIds).not.to.have.any.keys("other", "confirm/room-0", "confirm/room-1");
    expect(Object.keys(labelIds)).to.have.length(501);
    expect((await world.row()).plans[0]?.labelIds).to.include({ "confirm/room-500": "500" });
  });
});
