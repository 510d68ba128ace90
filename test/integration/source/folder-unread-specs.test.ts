import { expect } from "chai";
import { FolderBench } from "../../support/folder-bench.ts";
import { specText } from "../../support/git-source-bench.ts";

describe("a folder as a source: names", () => {
  let bench: FolderBench;
  beforeEach(() => (bench = new FolderBench()));
  afterEach(() => bench.stop());

  it("warns of a file with kind: RoomSpec whose name is not a spec's, as long as it says so", async () => {
    const specs = { "r/a.room.yaml": specText("room-a"), "r/values.yaml": "kind: List\n" };
    const one = await bench.commit({ ...specs, "r/lab.yaml": "kind: RoomSpec\n" });
    const warnings = async () => {
      const { result } = await bench.follow();
      return result.kind === "ready" ? result.warnings?.map(({ message }) => message) : result;
    };
    expect(await warnings())
      .to.have.length(1)
      .and.to.have.property("0")
      .that.matches(
        /^a file has kind: RoomSpec and is not read because of its name: r\/lab\.yaml\./,
      );
    expect(await bench.commit({ "r/lab.yaml": "kind: List\n" })).to.not.equal(one);
    expect(await warnings()).to.deep.equal([]);
    bench.write({ "r/lab.yaml": "kind: RoomSpec\n", "r/.roomignore": "lab.yaml\n" });
    expect(await warnings()).to.deep.equal([]);
  });
});
