import { expect } from "chai";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock, type Clock } from "../../../agent/kernel/clock.ts";
import { createFolderSource } from "../../../agent/source/folder/folder-source.ts";
import { ConfigWorld } from "../../support/config-world.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-local";

describe("a folder that is first read while a file is being saved", () => {
  let config: ConfigWorld;
  let folder: string;
  /** What happens while the source waits for a file to settle. */
  let meanwhile: () => void;
  let waits: number;

  const write = (version: number, entities: number) =>
    writeFileSync(
      join(folder, "a.room.yaml"),
      specYaml({ roomId: ROOM, version, entities: entityIds(entities) }),
    );
  const specs = (seconds: number) => ({
    Name: "specs",
    Kind: "folder",
    Folder: folder,
    IntervalSeconds: seconds,
  });
  const verified = (version: number) =>
    eventually(`version ${version} is verified`, async () => {
      const room = await config.world.room(ROOM);
      return room.specVersion === version && room.verifiedRevision === room.observedRevision;
    });

  beforeEach(async () => {
    config = await ConfigWorld.create();
    folder = join(config.world.folder, "specs");
    mkdirSync(folder);
    waits = 0;
    meanwhile = () => undefined;
    const clock: Clock = {
      ...systemClock,
      sleep: async (delayMs, signal) => {
        if (delayMs !== 1_000) return systemClock.sleep(delayMs, signal);
        waits += 1;
        meanwhile();
      },
    };
    config.world.implementations = {
      ...config.world.implementations,
      watchFile: () => ({ stop: async () => undefined }),
      watchFolder: () => ({ stop: async () => undefined }),
      openFolderSource: (options) => createFolderSource({ ...options, clock }),
    };
    write(1, 3);
    config.write([specs(60)]);
    await config.world.start();
    await verified(1);
    expect(waits, "at the first start").to.equal(0);
    meanwhile = () => write(2, 4);
  });
  afterEach(() => config.world.remove());

  const JOINED = entityIds(4).map((id) => `join ${id}`);

  it("loses nothing in its room after a restart", async () => {
    await config.world.stop();
    write(1, 1);
    await config.world.start();
    await verified(2);
    expect(await config.world.writes(ROOM)).to.have.members(JOINED);
  });

  it("loses nothing in its room after a reload", async () => {
    write(1, 1);
    await config.reload([specs(50)]);
    await verified(2);
    expect(await config.world.writes(ROOM)).to.have.members(JOINED);
  });
});
