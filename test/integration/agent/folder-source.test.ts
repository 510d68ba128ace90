import { expect } from "chai";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { folderUnreadable } from "../../../agent/source/folder/folder-failure.ts";
import { FOLDER_READER, type FolderReader } from "../../../agent/source/folder/folder-reader.ts";
import { createFolderSource } from "../../../agent/source/folder/folder-source.ts";
import type { FolderEvents } from "../../../agent/trigger/folder-watch.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { gauges, healthOf, logOf, sum } from "../../support/attention-checks.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-local";
const FILE = "rooms/a.room.yaml";

describe("an agent over a folder", () => {
  let world: AgentWorld;
  let folder: string;
  const spec = (version = 1, entities = 3, roomId = ROOM) =>
    specYaml({ roomId, version, entities: entityIds(entities) });

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };

  /** As editors do: a new file in place of the old one. */
  const save = (path: string, text: string) => {
    write(`${path}.swp~`, text);
    renameSync(join(folder, `${path}.swp~`), join(folder, path));
  };

  /** Seconds between polls: where they are many, only the watch finds a change in time. */
  const start = (seconds = 60) =>
    world.start({
      Git__Sources__0__Name: "specs",
      Git__Sources__0__Kind: "folder",
      Git__Sources__0__Folder: folder,
      Git__Sources__0__IntervalSeconds: String(seconds),
    });

  const verifiedVersion = (version: number, roomId = ROOM) =>
    eventually(
      `${roomId} is verified at version ${version}`,
      async () => {
        const room = await world.room(roomId);
        const isThere =
          room.specVersion === version && room.verifiedRevision === room.observedRevision;
        return isThere && room.verifiedRevision !== null ? room : undefined;
      },
      world.patienceMs,
    );

  /** Waits until the source fails so, and until every place says so. */
  const failsWith = async (reason: string) => {
    const lastError = await eventually(
      `the source fails with ${reason}`,
      async () => {
        const [source] = (await world.status()).sources;
        return source?.lastError?.reason === reason ? source.lastError : undefined;
      },
      world.patienceMs,
    );
    await eventually(`${reason} is said everywhere`, async () => {
      const line = logOf(world).find((one) => one.reason === reason);
      expect(line).to.include({ level: "warn", message: "source failed" });
      const records = await world.audit("source.failed");
      expect(records.map(({ metadata }) => metadata["reason"])).to.include(reason);
      expect(sum(await gauges(world), "source_polls_total", { result: reason })).to.be.above(0);
      const { status, problems } = await healthOf(world);
      expect(status).to.equal("degraded");
      expect(problems.map(({ message }) => message).join()).to.include(reason);
      return true;
    });
    return lastError;
  };

  const explained = () => world.text(`/rooms/${ROOM}/explain`);

  const passes = () => world.lines.filter((line) => line.includes("ingested new revision")).length;

  async function create(): Promise<void> {
    world = await AgentWorld.create();
    world.followsGit = false;
    folder = join(world.folder, "specs");
    mkdirSync(folder);
    write(FILE, spec());
  }

  const remove = () => world.remove();

  describe("that is watched", () => {
    before(create);
    after(remove);

    it("verifies its rooms and shows where they come from", async () => {
      await start();
      const room = await verifiedVersion(1);
      expect(room.verifiedRevision).to.match(/^local@sha256:[0-9a-f]{64}$/);
      const [source] = (await world.status()).sources;
      expect(source).to.include({ url: pathToFileURL(folder).href, ref: "local", lastError: null });
      expect(source?.observedRevision).to.equal(room.verifiedRevision);
    });

    it("follows a spec that is saved in place or by a new file, without a poll", async () => {
      write(FILE, spec(2));
      await verifiedVersion(2);
      save(FILE, spec(3));
      await verifiedVersion(3);
      write("rooms/deep/er/b.room.yaml", spec(1, 2, "room-new"));
      await verifiedVersion(1, "room-new");
    });

    it("goes through a burst of 50 writes in few snapshots", async () => {
      const before = passes();
      for (let version = 4; version <= 53; version += 1) save(FILE, spec(version));
      await verifiedVersion(53);
      expect(passes() - before).to.be.within(1, 5);
    });

    it("does not take a folder that goes back to what it was for a rewritten history", async () => {
      save(FILE, spec(54, 4));
      await verifiedVersion(54);
      save(FILE, spec(53, 3));
      await eventually(
        "the fourth entity is gone again",
        async () => ((await world.contents(ROOM)).entities.length === 3 ? true : undefined),
        world.patienceMs,
      );
      const { body } = await world.get<{ rooms: unknown }>("/status");
      expect(JSON.stringify(body)).to.not.match(/HistoryRewritten|LaggingReplica|UnrelatedHistory/);
    });

    it("holds removals until a request confirms them, and speaks of no commit", async () => {
      save(FILE, spec(60, 10));
      await verifiedVersion(60);
      save(FILE, spec(61, 2));
      const room = await eventually(
        "the removals are refused",
        async () => {
          const now = await world.room(ROOM);
          return now.howToConfirm === null ? undefined : now;
        },
        world.patienceMs,
      );
      expect(room.howToConfirm)
        .to.include("`POST /apply`")
        .and.not.match(/git|commit|push/);
      expect(await explained())
        .to.include("X-Confirm")
        .and.not.include("git commit");
      expect((await world.apply({ roomId: ROOM }, { "X-Confirm": "true" })).status).to.be.below(
        300,
      );
      await verifiedVersion(61);
      expect((await world.contents(ROOM)).entities).to.have.length(2);
    });
  });

  describe("that may fail", () => {
    beforeEach(create);
    afterEach(remove);

    it("follows a link and its .roomignore, and keeps the room of a file that this keeps out", async () => {
      const real = `${folder}-1`;
      renameSync(folder, real);
      symlinkSync(real, folder);
      write("rooms/b.room.yaml", spec(1, 2, "room-new"));
      await start();
      await verifiedVersion(1);
      save("rooms/.roomignore", "a.*\n");
      const { conditions } = await world.reason(ROOM, "SpecIgnored");
      expect(conditions.map(({ message }) => message).join()).to.include(
        "rooms/.roomignore line 1",
      );
      expect((await world.room(ROOM)).orphaned).to.equal(false);
      save(FILE, spec(2));
      save("rooms/.roomignore", "# none\n");
      await verifiedVersion(2);
      mkdirSync(join(folder, "more/.roomignore"), { recursive: true });
      const { message } = await failsWith("IgnoreFileInvalid");
      expect(message).to.include("more/.roomignore is not a regular file");
      expect((await world.contents(ROOM)).entities).to.deep.equal(entityIds(3));
    });

    it("says everywhere that the folder is not watched and polls it, until the watch works", async () => {
      let events: FolderEvents | undefined;
      world.implementations = {
        watchFolder: (_folder, given) => {
          events = given;
          return { stop: async () => undefined };
        },
      };
      await start(0.2);
      await verifiedVersion(1);
      events?.failed(Object.assign(new Error("no watchers left"), { code: "ENOSPC" }));
      const [source] = (await world.status()).sources;
      const message = source?.warnings[0]?.message ?? "";
      expect(source?.warnings).to.deep.equal([{ reason: "FolderNotWatched", message }]);
      expect(message).to.include(folder).and.include("ENOSPC").and.include("polls alone");
      const line = logOf(world).find(({ reason }) => reason === "FolderNotWatched");
      expect(line).to.include({ level: "warn", message: "source warning", detail: message });
      expect((await healthOf(world)).problems).to.deep.equal([
        { check: "source specs", message: `FolderNotWatched: ${message}` },
      ]);
      expect(sum(await gauges(world), "source_warning", { reason: "FolderNotWatched" })).to.equal(
        1,
      );
      expect(await explained())
        .to.include("FolderNotWatched")
        .and.include(`"atHead":true`);
      const records = await eventually("it is audited", async () => {
        const all = await world.audit("source.warned");
        return all.length > 0 && all;
      });
      expect(records[0]?.metadata).to.include({ reason: "FolderNotWatched", message });
      save(FILE, spec(2));
      await verifiedVersion(2);
      await world.stop();
      world.implementations = {};
      await start();
      await verifiedVersion(2);
      expect((await world.status()).sources[0]?.warnings).to.deep.equal([]);
      expect((await healthOf(world)).status).to.equal("healthy");
    });

    it("starts without its folder, and keeps every room while that is missing later", async () => {
      renameSync(folder, `${folder}-aside`);
      await start(0.2);
      await failsWith("FolderMissing");
      renameSync(`${folder}-aside`, folder);
      await verifiedVersion(1);
      expect((await world.status()).sources[0]?.lastError).to.equal(null);
      renameSync(folder, `${folder}-aside`);
      const { message } = await failsWith("FolderMissing");
      expect(message).to.include(folder).and.include("Create or mount it");
      expect(await explained())
        .to.include("FolderMissing")
        .and.include("What changed since");
      expect((await world.contents(ROOM)).entities).to.have.length(3);
      mkdirSync(folder);
      const emptied = await failsWith("SourceEmptied");
      expect(emptied.message)
        .to.include("Put a spec back")
        .and.not.match(/commit|[Pp]ush/);
      expect((await world.contents(ROOM)).entities).to.have.length(3);
      expect(await explained()).to.include("Put a spec back, or set `AllowEmpty`.");
      rmSync(folder, { recursive: true });
      renameSync(`${folder}-aside`, folder);
      save(FILE, spec(2));
      await verifiedVersion(2);
      const wrong = FILE.replace(".room.yaml", ".yaml");
      renameSync(join(folder, FILE), join(folder, wrong));
      const renamed = await failsWith("SourceEmptied");
      const next = `Rename ${wrong} to ${FILE}`;
      expect(renamed.message.startsWith(`${next}: `)).to.equal(true);
      expect(renamed.message).to.not.match(/Confirm|[Pp]ush/);
      expect(await explained()).to.include(`"unblock":"${next}."`);
      renameSync(join(folder, wrong), join(folder, FILE));
      save(FILE, spec(3));
      await verifiedVersion(3);
      expect((await world.audit("room.orphaned")).length).to.equal(0);
    });

    it("says so when the folder cannot be read, or never stops changing", async () => {
      let version = 1;
      let spoil: "nothing" | "right" | "change" = "nothing";
      const reader: FolderReader = {
        read: async (file) => {
          if (spoil === "right") throw folderUnreadable(file.path, new Error("EACCES"));
          if (spoil === "change") save(FILE, spec((version += 1)));
          return FOLDER_READER.read(file);
        },
      };
      world.implementations = {
        openFolderSource: (options) => createFolderSource({ ...options, reader }),
      };
      await start(0.2);
      await verifiedVersion(1);
      spoil = "right";
      write("rooms/b.room.yaml", spec(1, 1, "room-other"));
      await failsWith("FolderUnreadable");
      spoil = "change";
      await failsWith("FolderChanging");
      expect(await explained()).to.include("FolderChanging");
      expect((await world.contents(ROOM)).entities).to.have.length(3);
      spoil = "nothing";
      save(FILE, spec(500));
      await verifiedVersion(500);
    });
  });
});
