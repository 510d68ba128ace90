import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { giteaHeaders, pushBody, SECRET } from "../../support/a-delivery.ts";
import { fetchAgain } from "../../support/fetch-again.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const HOUR = 3_600_000;

/** A deny window from half an hour ago on, for an hour. Polls are far apart, and passes come by push, people and windows alone. */
function deniedNow(): Record<string, string> {
  const begin = new Date(Date.now() - HOUR / 2);
  return {
    Operator__Reconciliation__StateConsistency__Mode: "passive",
    Operator__SyncWindows__0__Kind: "deny",
    Operator__SyncWindows__0__Schedule: `${begin.getUTCMinutes()} ${begin.getUTCHours()} * * *`,
    Operator__SyncWindows__0__Duration: "1h",
    Operator__SyncWindowOverride__AllowedPersons__0: "Ada@example.org",
    Git__Sources__0__IntervalSeconds: "3600",
    Git__Sources__0__Webhook__Secret: SECRET,
    Git__Sources__0__Prune: "true",
  };
}

const OVERRIDE = "Bring it in\n\nOverride-Window: customer is waiting\n";

describe("a closed sync window, where it meets others", function () {
  this.timeout(90_000);
  let world: AgentWorld;
  let room: RoomStory;
  let minute: () => Promise<void>;

  beforeEach(async () => {
    world = await AgentWorld.create();
    world.patienceMs = 40_000;
    world.implementations = {
      ...world.implementations,
      everyMinute: (look) => {
        minute = look;
        void look();
        return { stop: async () => undefined };
      },
    };
    room = new RoomStory(world, "room-a");
    room.commit({ version: 1, entities: entityIds(2) });
    new RoomStory(world, "room-b").commit({ version: 1, entities: entityIds(1) });
    await world.start();
    await world.verified(room.id);
    await world.verified("room-b");
    await world.stop();
    await world.start(deniedNow());
    await world.observed();
    await room.newWrites();
  });

  afterEach(() => world.remove());

  async function ask(word: "suspend", body: object): Promise<void> {
    const url = `${world.url}/rooms/${room.id}/${word}`;
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    expect(answer.status).to.equal(200);
  }

  /** What a forge sends for a push. */
  async function deliver(before: string, after: string): Promise<number> {
    const push = { before, after, id: after };
    const body = pushBody({ repository: "specs", ...push });
    const answer = await fetchAgain(`${world.url}/webhooks/specs`, {
      method: "POST",
      headers: Object.fromEntries(giteaHeaders(body, push)),
      body,
    });
    return answer.status;
  }

  it("holds what a webhook brings, and opens for an override that comes while the room is suspended", async () => {
    const before = world.repository.head() ?? "";
    const second = room.commit({ version: 2, entities: entityIds(3) });
    expect(await deliver(before, second)).to.equal(202);
    await world.reason(room.id, "SyncWindowClosed");
    await ask("suspend", { reason: "incident" });
    const third = world.commit(
      { [room.path]: specYaml({ roomId: room.id, version: 3, entities: entityIds(4) }) },
      OVERRIDE,
    );
    expect(await deliver(second, third)).to.equal(202);
    await world.observed(third);
    await world.reason(room.id, "Suspended");
    expect(await room.newWrites()).to.deep.equal([]);
    const url = `${world.url}/rooms/${room.id}/resume`;
    expect((await fetch(url, { method: "POST" })).status).to.equal(200);
    await world.verified(room.id, third);
    expect(await room.entities()).to.deep.equal(entityIds(4));
    const fourth = room.commit({ version: 4, entities: entityIds(5) });
    expect(await deliver(third, fourth)).to.equal(202);
    await world.reason(room.id, "SyncWindowClosed");
    expect(await room.entities()).to.deep.equal(entityIds(4));
  });

  it("lets a prune that was confirmed meanwhile be carried out once it is over", async () => {
    const before = world.repository.head() ?? "";
    const head = world.commit({ [room.path]: null }, `Close it\n\nConfirm: ${room.id}\n`);
    expect(await deliver(before, head)).to.equal(202);
    await eventually("the prune waits", async () =>
      (await room.refusals()).includes("SyncWindowClosed"),
    );
    expect(await room.entities()).to.deep.equal(entityIds(2));
    world.clockAheadMs = HOUR;
    await minute();
    await eventually(
      "the room is pruned",
      async () => (await room.entities()).length === 0,
      15_000,
    );
  });
});
