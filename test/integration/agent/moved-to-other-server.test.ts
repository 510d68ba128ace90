import { expect } from "chai";
import { createDevserver } from "../../../devserver/devserver.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { joinEntity, readContents, setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-lab7";
const ALL = entityIds(4);
/** The source polls when the agent starts, and not again. */
const RARELY = "0 3 1 1 *";

describe("a file that moves to another source while its room was not read on a new RoomServer", () => {
  const other = createDevserver({ port: 0 });
  let world: AgentWorld;
  let url = "";

  before(async () => {
    ({ url } = await other.start());
    for (const id of ALL) await joinEntity(url, ROOM, id);
    world = await AgentWorld.create({ Git__Sources__0__Path: "rooms" });
    const anchor = (roomId: string) => specYaml({ roomId });
    world.commit({
      "rooms/anchor.room.yaml": anchor("room-anchor"),
      "rooms2/second.room.yaml": anchor("room-second"),
      "rooms/lab7.room.yaml": specYaml({ roomId: ROOM, entities: ALL }),
    });
  });

  after(async () => {
    await world.remove();
    await other.stop();
  });

  const start = (env: Readonly<Record<string, string>> = {}) =>
    world.start({
      Git__Sources__1__Name: "other",
      Git__Sources__1__Url: world.git.url("specs.git"),
      Git__Sources__1__Path: "rooms2",
      ...env,
    });

  /** Its first poll has ended: what it brings confirms nothing anyway. */
  const polled = (since: string) =>
    eventually("the new source was polled", async () => {
      const { sources } = await world.status();
      const { lastPoll = null } = sources.find(({ name }) => name === "other") ?? {};
      return lastPoll !== null && lastPoll > since;
    });

  it("is confirmed by no commit that the new source reads first", async () => {
    await start();
    await world.verified(ROOM);
    await world.verified("room-second");
    await world.stop();
    const onOther = { RoomServer__BaseUrl: url };
    await setFaults(url, { kind: "status", operation: "state", status: 503 });
    const since = new Date().toISOString();
    await start({
      ...onOther,
      Git__Sources__0__Schedule: RARELY,
      Git__Sources__1__IntervalSeconds: "0.2",
    });
    await world.reason(ROOM, "RoomServerUnavailable");
    await polled(since);
    const head = world.commit(
      {
        "rooms/lab7.room.yaml": null,
        "rooms2/lab7.room.yaml": specYaml({ roomId: ROOM, version: 2, entities: entityIds(1) }),
      },
      `Hand it over\n\nConfirm: ${ROOM}`,
    );
    await eventually("the new source has read it", async () => {
      const { sources } = await world.status();
      return sources.find(({ name }) => name === "other")?.observedRevision?.endsWith(head);
    });
    expect(await world.audit("confirm")).to.deep.equal([]);
    const [ignored] = await world.audit("intent.ignored");
    expect(ignored?.metadata).to.include({ source: "other", commit: head });
    expect(ignored?.metadata["detail"]).to.match(/nor read when this commit was/);
    await world.stop();
    await setFaults(url);
    await start(onOther);
    await world.reason(ROOM, "ChangeThresholdExceeded");
    expect([...(await readContents(url, ROOM)).entities].sort()).to.deep.equal(ALL);
  });
});
