import { expect } from "chai";
import { artifactFingerprint } from "../../../agent/spec/fingerprint.ts";
import { parse } from "yaml";
import { Story } from "../../faults/story.ts";

const entity = (id: string, displayName: string | null = null) => ({ id, displayName });

const artifact = (name: string, text: string) => ({
  name,
  hash: artifactFingerprint(
    { name, type: "document", workspace: "shared", tags: [] },
    Buffer.from(text),
  ),
  isPromoted: false,
});

const FIRST_ROOM = {
  entities: [
    entity("E-01"),
    entity("E-02", "Two"),
    ...["E-03", "E-04", "E-05"].map((id) => entity(id)),
  ],
  artifacts: [artifact("notes", "notes 1"), artifact("plan", "plan 1")],
  policies: { maxArtifactsPerEntity: 10 },
};

describe("Story", () => {
  it("is the same for the same seed, and another one for another", () => {
    const tell = (seed: number) => {
      const story = new Story("room-a", { seed });
      story.begin();
      return [story.next(), story.next(), story.next()];
    };
    expect(tell(1)).to.deep.equal(tell(1));
    expect(tell(1)).to.not.deep.equal(tell(2));
  });

  it("says how a room differs from what its newest commit wants", () => {
    const story = new Story("room-a", { seed: 1 });
    story.begin();
    expect(story.differences(FIRST_ROOM)).to.deep.equal([]);
    const [first, ...others] = FIRST_ROOM.entities;
    expect(story.differences({ ...FIRST_ROOM, entities: others })).to.have.length(1);
    const renamed = { ...FIRST_ROOM, entities: [{ ...entity("E-01", "One") }, ...others] };
    expect(first).to.deep.equal(entity("E-01"));
    expect(story.differences(renamed)).to.have.length(1);
    const reseeded = { ...FIRST_ROOM, artifacts: [artifact("notes", "x"), artifact("plan", "y")] };
    expect(story.differences(reseeded)).to.have.length(1);
    expect(story.differences({ ...FIRST_ROOM, policies: {} })).to.have.length(1);
  });

  it("brings what it has to, leaves out what it must not, and confirms what it takes out", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const story = new Story("room-a", { seed, needs: ["kick"], avoids: ["delete", "update"] });
      story.begin();
      const { files, message } = story.next();
      const { spec } = parse(files["rooms/room-a.room.yaml"] ?? "") as {
        spec: { entities: { id: string; displayName?: string }[]; artifacts: { name: string }[] };
      };
      const ids = spec.entities.map(({ id }) => id);
      expect(ids).to.include("E-04").and.not.include("E-05");
      expect(spec.artifacts.map(({ name }) => name)).to.include.members(["notes", "plan"]);
      expect(spec.entities.find(({ id }) => id === "E-02")?.displayName).to.equal("Two");
      expect(message).to.match(/\n\nConfirm: true$/);
    }
  });
});
