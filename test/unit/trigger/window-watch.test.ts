import { expect } from "chai";
import { WindowWatch } from "../../../agent/trigger/window-watch.ts";
import { aRoomRow, anInput } from "../../support/a-row.ts";
import { aWindow, someWindows } from "../../support/a-window.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryStore } from "../../support/memory-store.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Midnight, a deny window from noon to one, and rooms of which two wait for their spec to be accepted, and one to be pruned. */
async function aWatch(windows = [aWindow({ description: "lunch" })]) {
  const clock = new FakeClock();
  const store = new MemoryStore(() => clock.nowMs());
  const head = anInput("2");
  const owner = { kind: "git", source: "specs", path: "rooms/a.room.yaml" } as const;
  const prune = {
    source: "specs",
    path: "rooms/a.room.yaml",
    revision: "main@sha1:1",
    commit: null,
    author: null,
    committedAt: null,
    since: "2026-01-01T00:00:00.000Z",
  };
  const rows = [
    aRoomRow({ roomId: "at-head", owner, head, enforced: head }),
    aRoomRow({ roomId: "new", owner, head }),
    aRoomRow({ roomId: "orphan", owner: null, head }),
    aRoomRow({ roomId: "prune", owner: null, head, enforced: head, prune }),
    aRoomRow({ roomId: "waits", owner, head, enforced: anInput("1") }),
  ];
  await store.write(rows.map((row) => ({ kind: "room", row })));
  const [woken, lines, gauge]: [string[], string[], unknown[]] = [[], [], []];
  const say = (level: string) => (fields: object, message: string) => {
    if (level !== "debug") lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  };
  let failing = false;
  let stopped = 0;
  const watch = new WindowWatch({
    windows: someWindows(...windows),
    store: {
      readRooms: async (page) => {
        if (failing) throw new Error("disk full");
        return store.readRooms(page);
      },
    },
    queue: { add: (roomId, trigger) => void woken.push(`${roomId} ${trigger}`) },
    clock,
    log: { info: say("info"), warn: say("warn"), debug: say("debug") } as never,
    metrics: { setSyncWindows: (on) => void gauge.push(on) },
    everyMinute: (look) => {
      void look();
      return { stop: async () => void (stopped += 1) };
    },
  });
  const minutes = async (count: number) => {
    for (let at = 0; at < count; at += 1) {
      await clock.advance(MINUTE);
      await watch.look();
    }
  };
  const fail = (isFailing: boolean) => (failing = isFailing);
  return { watch, clock, woken, lines, gauge, minutes, fail, stopped: () => stopped };
}

describe("WindowWatch", () => {
  it("wakes the rooms that wait when a window begins and when it ends, once each", async () => {
    const { watch, clock, woken, lines, gauge, minutes } = await aWatch();
    await clock.advance(12 * HOUR - 2 * MINUTE);
    await watch.look();
    expect([woken, lines]).to.deep.equal([[], []]);
    await minutes(2);
    expect(woken).to.deep.equal(["new git", "prune git", "waits git"]);
    expect(lines).to.deep.equal([
      'info sync window began {"kind":"deny","description":"lunch","until":"2026-01-01T13:00:00.000Z","window":0}',
    ]);
    expect(gauge.at(-1)).to.deep.equal({ allow: 0, deny: 1 });
    await minutes(59);
    expect(woken).to.have.length(3);
    await minutes(1);
    expect(woken).to.have.length(6);
    expect(lines.at(-1)).to.include("sync window ended").and.include("2026-01-02T12:00:00.000Z");
    expect(gauge.at(-1)).to.deep.equal({ allow: 0, deny: 0 });
  });

  it("sees at the next look what it missed, and after a jump of the clock", async () => {
    const { watch, clock, woken } = await aWatch();
    await watch.look();
    await clock.advance(12 * HOUR + 30 * MINUTE);
    await watch.look();
    expect(woken).to.have.length(3);
    clock.jumpWall(-2 * HOUR);
    await watch.look();
    expect(woken).to.have.length(6);
  });

  it("reports at the start what is on, and leaves the rooms to the passes of the start", async () => {
    const { watch, clock, woken, lines } = await aWatch();
    await clock.advance(12 * HOUR);
    watch.start();
    watch.start();
    expect(lines).to.have.length(1);
    expect(woken).to.deep.equal([]);
  });

  it("wakes the rooms later where the store cannot be read", async () => {
    const { watch, clock, woken, lines, minutes, fail } = await aWatch();
    await watch.look();
    await clock.advance(12 * HOUR);
    fail(true);
    await watch.look();
    expect(woken).to.deep.equal([]);
    expect(lines.at(-1)).to.match(/^warn rooms that wait for a sync window could not be read/);
    fail(false);
    await minutes(2);
    expect(woken).to.have.length(3);
  });

  it("looks each minute only where there is a window, until it is stopped", async () => {
    const none = await aWatch([]);
    none.watch.start();
    await none.watch.stop();
    expect(none.stopped()).to.equal(0);
    const one = await aWatch();
    one.watch.start();
    await one.watch.stop();
    expect(one.stopped()).to.equal(1);
  });
});
