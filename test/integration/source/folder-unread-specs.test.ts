import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { systemClock } from "../../../agent/kernel/clock.ts";
import type { FolderReader } from "../../../agent/source/folder/folder-reader.ts";
import { FolderUnreadSpecs } from "../../../agent/source/folder/folder-unread-specs.ts";
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

  it("names a file that cannot be read any more as long as it is there", async () => {
    bench.write({ "lab.yaml": "kind: RoomSpec\n", "new.yaml": "kind: RoomSpec\n" });
    const unread = new FolderUnreadSpecs(systemClock);
    let denied: readonly string[] = ["new.yaml"];
    const reader: FolderReader = {
      read: ({ base, path }) =>
        denied.includes(path)
          ? Promise.reject(Object.assign(new Error("denied"), { code: "EACCES" }))
          : readFile(join(base, path)),
    };
    const { signal } = new AbortController();
    const named = () =>
      unread.among(["lab.yaml", "new.yaml"], { base: bench.folder, reader }, signal);
    expect(await named()).to.deep.equal(["lab.yaml"]);
    denied = ["lab.yaml", "new.yaml"];
    bench.write({ "lab.yaml": "kind: RoomSpec # changed\n" });
    expect(await named()).to.deep.equal(["lab.yaml"]);
    bench.write({ "lab.yaml": null });
    expect(await named()).to.deep.equal([]);
  });
});
