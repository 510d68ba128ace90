import { expect } from "chai";
import { reassessOthers } from "../../../agent/trigger/running-source.ts";
import { anIntake, type IntakeBench } from "../../support/an-intake.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-lab7";

describe("a room that another source lets go of", () => {
  it("goes to a file that was refused for the other source's while it was taken in", async () => {
    const spec = new FakeSpecSource("b");
    spec.commit({ "b/lab7.room.yaml": specYaml({ roomId: ROOM }) });
    const held: { bench: IntakeBench | null } = { bench: null };
    let claims = [{ source: "a", path: "a/lab7.room.yaml" }];
    // Source a lets go of the room as soon as it was asked for its claim.
    const claimsElsewhere = () => {
      const then = claims;
      claims = [];
      if (then.length > 0 && held.bench !== null) {
        const sources = [{ name: "b", intake: held.bench.intake }];
        const log = { error: (what: unknown) => expect.fail(String(what)) };
        reassessOthers({ sources, roomIds: [ROOM], except: "a" }, log);
      }
      return then;
    };
    const bench = await anIntake(spec, { claimsElsewhere });
    held.bench = bench;
    await bench.sync();
    // Whatever waits for the source is done before this.
    await bench.intake.reassess([]);
    expect((await bench.room(ROOM)).owner).to.deep.equal({
      kind: "git",
      source: "b",
      path: "b/lab7.room.yaml",
    });
    expect(bench.intake.record.row.specErrorCount).to.equal(0);
  });
});
