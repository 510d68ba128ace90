import { expect } from "chai";
import { AgentWorld, type Answer } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import type { GitFault } from "../../support/git-server.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";

const ROOM = "room-unpolled";

interface Case {
  readonly name: string;
  readonly fault: GitFault;
  readonly reason: string;
}

const CASES: readonly Case[] = [
  { name: "answers 401", fault: { kind: "status", status: 401 }, reason: "AuthenticationFailed" },
  {
    name: "answers 429 with Retry-After",
    fault: { kind: "status", status: 429, headers: { "retry-after": "120" } },
    reason: "RateLimited",
  },
  { name: "answers 500", fault: { kind: "status", status: 500 }, reason: "ServerError" },
  { name: "breaks off", fault: { kind: "resetAfter", bytes: 9 }, reason: "Unreachable" },
];

describe("POST /apply while the source cannot be polled", () => {
  let world: AgentWorld;
  let room: RoomStory;
  let version = 1;
  let taken = "";

  beforeEach(async () => {
    world = await AgentWorld.create({ Git__Sources__0__IntervalSeconds: "600" });
    // An answer waits 10 s at most.
    world.speed = 8;
    room = new RoomStory(world, ROOM);
    taken = room.commit({ version, entities: entityIds(2) });
    await world.start();
    await world.verified(ROOM);
  });

  afterEach(async () => {
    await world.remove();
  });

  const text = ({ body }: Answer) => (body["warnings"] as string[]).join("\n");

  for (const { name, fault, reason } of CASES) {
    it(`says so when the git server ${name}`, async () => {
      version += 1;
      room.commit({ version, entities: entityIds(3) });
      world.git.break(fault);
      await room.driftOut("E-01");
      for (const answer of [await room.pass(), await room.pass()]) {
        expect(answer.status).to.equal(200);
        expect(answer.body).to.include({
          success: true,
          partialSuccess: true,
          outcome: "converged",
          reason: "SourceNotPolled",
        });
        expect(text(answer)).to.match(
          /SourceNotPolled: source specs could not be read or accepted \(/,
        );
        expect(text(answer)).to.include(`(${reason}: `).and.include(`main@sha1:${taken}`);
        expect(text(answer)).to.match(/next poll at \d{4}-/);
      }
      expect(await room.entities(), "what is known is enforced").to.deep.equal(entityIds(2));
      world.git.heal();
    });
  }

  it("says nothing of it once the source answers", async () => {
    world.git.break({ kind: "status", status: 401 });
    await room.pass();
    world.git.heal();
    const answer = await room.pass();
    expect(answer.body).to.deep.include({ partialSuccess: false, reason: null, warnings: [] });
  });

  it("says so in a refusal and for a room that nobody knows", async () => {
    room.commit({ version: 50, entities: [] });
    world.git.break({ kind: "status", status: 401 });
    await room.driftIn("X-1", "X-2", "X-3", "X-4", "X-5", "X-6");
    const refused = await room.pass();
    expect(refused.status).to.equal(412);
    expect(JSON.stringify(refused.body["warnings"])).to.include("SourceNotPolled");
    const unknown = await world.apply({ roomId: "room-nobody" });
    expect(unknown.status).to.equal(404);
    expect(unknown.body["detail"]).to.match(/Not polled.*specs \(AuthenticationFailed: /);
  });

  it("says which source it waits for when the poll takes longer than the answer", async function () {
    this.timeout(90_000);
    world.git.break({ kind: "hang" });
    const asked = room.pass();
    await eventually("polled", async () => world.git.requests.length > 0);
    const answer = await asked;
    const said = answer.status === 202 ? String(answer.body["reason"]) : text(answer);
    expect(said).to.match(/still polling specs|SourceNotPolled: .*Timeout/);
  });
});
