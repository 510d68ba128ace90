import { expect } from "chai";
import { anIntake } from "../../support/an-intake.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const file = (entities: readonly string[]) => ({
  "a.room.yaml": specYaml({ roomId: "room-a", entities: [...entities] }),
});

describe("takeRoomsIn", () => {
  it("goes by what was written where another agent gave the room away in between", async () => {
    const source = new FakeSpecSource();
    source.commit(file(["E-01"]));
    const { store, sync, room, enqueued } = await anIntake(source);
    await sync();
    enqueued.length = 0;
    source.commit(file(["E-01", "E-02"]));
    store.beforeWrite = async (changes) => {
      if (!changes.some(({ kind }) => kind === "room")) return;
      store.beforeWrite = () => undefined;
      const owner = { kind: "git", source: "other", path: "a.room.yaml" } as const;
      await store.write([{ kind: "room", row: { ...(await room("room-a")), owner } }]);
    };
    await sync();
    expect((await room("room-a")).owner).to.include({ source: "other" });
    expect(enqueued).to.deep.equal([]);
  });

  it("leaves a room to the spec that was posted in between, where its file is broken", async () => {
    const source = new FakeSpecSource();
    source.commit(file(["E-01"]));
    const { store, sync, room } = await anIntake(source);
    await sync();
    const posted = { ...(await room("room-a")), roomId: "room-b", version: 0 };
    source.commit({
      ...file(["E-01"]),
      "b.room.yaml": specYaml({ roomId: "room-b", entities: ["E-01", "E-01"] }),
    });
    store.beforeWrite = async (changes) => {
      if (!changes.some(({ kind }) => kind === "room")) return;
      store.beforeWrite = () => undefined;
      await store.write([{ kind: "room", row: { ...posted, owner: { kind: "api" } } }]);
    };
    await sync();
    expect((await room("room-b")).owner).to.deep.equal({ kind: "api" });
  });
});
