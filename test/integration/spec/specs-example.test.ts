import { expect } from "chai";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { schema } from "../../../agent/cli/schema.ts";
import { validate } from "../../../agent/cli/validate.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { parseValid } from "../../support/parse.ts";

const PROJECT = path.resolve(import.meta.dirname, "../../..");
const EXAMPLE = path.join(PROJECT, "specs-example");

const read = (file: string) => readFile(path.join(EXAMPLE, file), "utf8");

describe("specs-example", () => {
  it("is complete: a copy of the folder alone is valid without a warning", async () => {
    const copy = await mkdtemp(path.join(tmpdir(), "room-operator-example-"));
    try {
      await cp(EXAMPLE, copy, { recursive: true });
      const io = new RecordedIo(copy);
      expect(await validate(["--root", ".", "."], io), io.out + io.err).to.equal(0);
      expect(io.lines).to.deep.equal(["2 files, 0 errors, 0 warnings"]);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  });

  it("is valid with the seeds of the demo, too", async () => {
    const io = new RecordedIo(PROJECT);
    expect(await validate(["--root", ".", "specs-example"], io), io.out + io.err).to.equal(0);
  });

  it("uses every seed file", async () => {
    const rooms = await readdir(path.join(EXAMPLE, "rooms"));
    const texts = await Promise.all(rooms.map((room) => read(`rooms/${room}`)));
    const used = texts.flatMap((text) =>
      parseValid(text).spec.artifacts.map(({ seedFrom }) => seedFrom),
    );
    const seeds = await readdir(path.join(EXAMPLE, "seeds"));
    expect(used).to.have.members(seeds.map((seed) => `seeds/${seed}`));
  });

  it("carries the schema that the command prints", async () => {
    const io = new RecordedIo(PROJECT);
    expect(await schema([], io)).to.equal(0);
    expect(
      await read("room.schema.json"),
      "room-operator schema > specs-example/room.schema.json",
    ).to.equal(io.out);
  });

  it("points editors to that schema in the first line of each room", async () => {
    for (const room of await readdir(path.join(EXAMPLE, "rooms"))) {
      const [first] = (await read(`rooms/${room}`)).split("\n");
      expect(first).to.equal("# yaml-language-server: $schema=../room.schema.json");
    }
  });

  it("removes more than half of a room by the README's own line", async () => {
    const line = /^sed -i .*$/m.exec(await read("README.md"))?.[0];
    if (line === undefined) throw new Error("the README has the line");
    const folder = await mkdtemp(path.join(tmpdir(), "specs-example-"));
    try {
      await cp(EXAMPLE, folder, { recursive: true });
      await promisify(execFile)("bash", ["-c", line], { cwd: folder });
      const before = parseValid(await read("rooms/help-desk.room.yaml"));
      const file = path.join(folder, "rooms/help-desk.room.yaml");
      const after = parseValid(await readFile(file, "utf8"));
      const size = before.spec.entities.length + before.spec.artifacts.length;
      const removed = before.spec.entities.length - after.spec.entities.length;
      expect({ size, removed, version: after.metadata.version }).to.deep.equal({
        size: 15,
        removed: 8,
        version: 2,
      });
      expect(removed / size).to.be.above(0.5);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
