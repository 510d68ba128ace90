import { expect } from "chai";
import type { Room } from "../../../agent/room/room.ts";
import { anIntake, type IntakeBench } from "../../support/an-intake.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const A = "rooms/a.room.yaml";
const spec = (...entities: readonly string[]) => specYaml({ roomId: "room-a", entities });
const NAMED = "Try\n\nDry-Run: room-a\n";

describe("the dry run of a commit that breaks the file", () => {
  let source: FakeSpecSource;
  let bench: IntakeBench;

  beforeEach(async () => {
    source = new FakeSpecSource();
    source.commit({ [A]: spec("E-01") });
    bench = await anIntake(source);
    await bench.sync();
  });

  async function made(text: string, message = "Change it\n") {
    const oid = source.commit({ [A]: text }, message);
    await bench.sync();
    return { oid, row: await bench.room("room-a") };
  }

  async function change(part: (row: Room) => Partial<Room>) {
    const row = await bench.room("room-a");
    await bench.store.write([{ kind: "room", row: { ...row, ...part(row) } }]);
  }

  const verified = () => change(({ head }) => ({ enforced: head, verified: head }));

  it("ends where the file is again what the room was verified at", async () => {
    await verified();
    const { oid, row } = await made("spec: [\n", NAMED);
    expect(row.dryRun?.commit).to.equal(oid);
    expect((await made(spec("E-01"))).row.dryRun).to.equal(null);
  });

  it("ends where a force-push drops it", async () => {
    await verified();
    const base = source.head;
    await made("spec: [\n", NAMED);
    source.force(base);
    await bench.sync();
    expect((await bench.room("room-a")).dryRun).to.equal(null);
  });

  it("lasts where the file breaks in another way, and where the commit that repairs it asks for one", async () => {
    await verified();
    const { oid } = await made("spec: [\n", NAMED);
    expect((await made("spec: {\n")).row.dryRun?.commit).to.equal(oid);
    const again = await made(spec("E-01"), NAMED);
    expect(again.row.dryRun).to.deep.equal({ commit: again.oid });
  });

  it("lasts where the spec is enforced and was not verified, and where it was only to be planned", async () => {
    await change(({ head }) => ({ enforced: head }));
    const first = await made("spec: [\n", NAMED);
    expect((await made(spec("E-01"))).row.dryRun?.commit).to.equal(first.oid);
    await made(spec("E-02"));
    await verified();
    source.commit({}, NAMED);
    const second = await made("spec: {\n", NAMED);
    expect((await made(spec("E-02"))).row.dryRun?.commit).to.equal(second.oid);
  });
});
