import { expect } from "chai";
import type { Trigger } from "../../../agent/kernel/trigger.ts";
import type { RoomServer } from "../../../agent/roomserver/room-server.ts";
import { createDevserver } from "../../../devserver/devserver.ts";
import { aCall } from "../../support/a-call.ts";
import { aRestRoomServer } from "../../support/a-rest-room-server.ts";
import { A_ROOM, anEntity } from "../../support/a-room-spec.ts";
import { readLog, setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { rejection } from "../../support/rejection.ts";

describe("The REST adapter's pace", () => {
  let url: string;
  let stop: () => Promise<void>;
  const opened: RoomServer[] = [];

  beforeEach(async () => {
    const devserver = createDevserver({ port: 0 });
    ({ url } = await devserver.start());
    stop = () => devserver.stop();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((server) => server.close()));
    await stop();
  });

  function slow(clock: FakeClock, perSecond: number): RoomServer {
    const server = aRestRoomServer(url, {
      clock,
      rateLimitPerSecond: perSecond,
      timeoutMs: 1e9,
      retry: { maxAttempts: 3, initialDelayMs: 10, maxDelayMs: 10, jitterFactor: 0 },
    });
    opened.push(server);
    return server;
  }

  it("sends no faster than the rate, re-sent requests included", async () => {
    const clock = new FakeClock();
    const server = slow(clock, 10);
    await setFaults(url, { kind: "status", operation: "join", status: 503, count: 2 });
    const joining = server.join(A_ROOM, anEntity("E-1"), aCall());
    for (const requests of [1, 2, 3]) {
      await eventually(`${requests} requests`, async () => {
        await clock.advance(1);
        return (await readLog(url)).length === requests;
      });
      const startMs = Math.floor(clock.monotonicMs() / 100) * 100;
      await clock.advance(startMs + 95 - clock.monotonicMs());
      expect(await readLog(url)).to.have.length(requests);
    }
    expect(await joining).to.deep.equal({ kind: "done" });
  });

  it("lets urgent calls pass those that wait", async () => {
    const clock = new FakeClock();
    const server = slow(clock, 1);
    const join = (id: string, priority: Trigger) =>
      server.join(A_ROOM, anEntity(id), aCall({ priority }));
    const joins = [
      join("E-first", "interval"),
      join("E-interval", "interval"),
      join("E-event", "event"),
      join("E-git", "git"),
    ];
    await eventually("all four", async () => {
      await clock.advance(200);
      return (await readLog(url)).length === 4;
    });
    await Promise.all(joins);
    const targets = (await readLog(url)).map(({ target }) => target);
    expect(targets).to.deep.equal(["E-first", "E-git", "E-event", "E-interval"]);
  });

  it("does not send a call whose signal aborts while it waits for its slot", async () => {
    const clock = new FakeClock();
    const server = slow(clock, 1);
    await server.join(A_ROOM, anEntity("E-1"), aCall());
    const controller = new AbortController();
    const call = aCall({ signal: controller.signal });
    const joining = rejection(server.join(A_ROOM, anEntity("E-2"), call));
    controller.abort(new Error("superseded"));
    expect((await joining).message).to.equal("superseded");
    await clock.advance(10_000);
    expect(await readLog(url)).to.have.length(1);
    expect(clock.sleeping).to.equal(0);
  });
});
