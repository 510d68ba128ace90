import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import type { FolderEvents } from "../../../agent/trigger/folder-watch.ts";
import { KeptFolderWatch } from "../../../agent/trigger/kept-folder-watch.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const full = Object.assign(new Error("no watchers left"), { code: "ENOSPC" });

describe("KeptFolderWatch", () => {
  let root: string;
  let clock: FakeClock;
  let opened: { folder: string; events: FolderEvents; isOpen: boolean }[];
  let said: string[];
  let wakes: number;
  let kept: KeptFolderWatch;

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "kept-watch-")));
    mkdirSync(join(root, "one"));
    mkdirSync(join(root, "two"));
    symlinkSync("one", join(root, "link"));
    clock = new FakeClock();
    opened = [];
    said = [];
    wakes = 0;
    kept = new KeptFolderWatch({
      folder: join(root, "link"),
      clock,
      wake: () => (wakes += 1),
      open: (folder, events) => {
        const watch = { folder, events, isOpen: true };
        opened.push(watch);
        return { stop: async () => void (watch.isOpen = false) };
      },
      warnings: {
        raise: (_reason, message) => said.push(message),
        end: () => said.push("ended"),
      },
      log: { debug: () => undefined },
    });
  });

  afterEach(async () => {
    await kept.stop();
    rmSync(root, { recursive: true });
  });

  const newest = async (count: number) =>
    eventually(`${count} watches were opened`, () => opened.length === count && opened.at(-1));

  it("watches where a link leads, and leads to after a poll", async () => {
    kept.start();
    const first = await newest(1);
    expect(first).to.include({ folder: join(root, "one"), isOpen: true });
    rmSync(join(root, "link"));
    symlinkSync("two", join(root, "link"));
    kept.polled();
    expect(await newest(2)).to.include({ folder: join(root, "two"), isOpen: true });
    expect(first.isOpen).to.equal(false);
    kept.polled();
    await kept.stop();
    expect(opened).to.have.length(2);
  });

  it("closes a watch that failed, warns once, and tries again with growing pauses", async () => {
    kept.start();
    const first = await newest(1);
    first.events.failed(full);
    first.events.failed(full);
    first.events.ready();
    expect(said).to.have.length(1);
    expect(said[0])
      .to.include("is not watched (ENOSPC), so that polls alone find a change")
      .and.include("fs.inotify.max_user_watches");
    await eventually("it is closed", () => !first.isOpen);
    await clock.advance(59_000);
    expect(opened).to.have.length(1);
    await clock.advance(1_000);
    (await newest(2)).events.failed(full);
    await clock.advance(60_000);
    await turn();
    expect(opened).to.have.length(2);
    await clock.advance(60_000);
    const third = await newest(3);
    expect(wakes).to.equal(0);
    third.events.ready();
    expect([said.at(-1), wakes, third.isOpen]).to.deep.equal(["ended", 1, true]);
    kept.polled();
    await kept.stop();
    expect([opened.length, third.isOpen]).to.deep.equal([3, false]);
  });

  it("opens nothing once it is stopped", async () => {
    kept.start();
    (await newest(1)).events.failed(full);
    await kept.stop();
    await clock.advance(60_000);
    kept.start();
    kept.polled();
    await turn();
    expect(opened).to.have.length(1);
  });
});
