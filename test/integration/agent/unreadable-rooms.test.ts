import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { canarySettings, CANARIES, checkWorld } from "../../support/check-world.ts";
import { setFaults, type FaultGiven } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

interface Unreadable {
  readonly name: string;
  readonly fault: FaultGiven;
  readonly reason: string;
}

const NO_ROUTE = JSON.stringify({ error: "ROUTE_NOT_FOUND", message: "no such route" });

/** Answers to the read of a room's state that say nothing about the room, or may be lies. */
const UNREADABLE: readonly Unreadable[] = [
  {
    name: "500",
    fault: { kind: "status", status: 500, body: `token ${CANARIES.roomServer} is odd` },
    reason: "RoomServerUnavailable",
  },
  { name: "hang", fault: { kind: "hang" }, reason: "RoomServerUnavailable" },
  { name: "hang-in-body", fault: { kind: "hang", at: "body" }, reason: "RoomServerUnavailable" },
  { name: "drop", fault: { kind: "drop" }, reason: "RoomServerUnavailable" },
  { name: "html", fault: { kind: "invalidJson" }, reason: "WrongProtocol" },
  {
    name: "half-json",
    fault: { kind: "invalidJson", body: '{"roomId":', contentType: "application/json" },
    reason: "WrongProtocol",
  },
  {
    name: "list",
    fault: { kind: "invalidJson", body: "[]", contentType: "application/json" },
    reason: "WrongProtocol",
  },
  { name: "huge", fault: { kind: "hugeJson", bytes: 20_000_000 }, reason: "AnswerTooLarge" },
  { name: "404", fault: { kind: "status", status: 404 }, reason: "WrongProtocol" },
  {
    name: "no-route",
    fault: { kind: "status", status: 404, body: NO_ROUTE },
    reason: "WrongProtocol",
  },
  {
    name: "redirect",
    fault: { kind: "status", status: 302, location: "http://127.0.0.1:1/" },
    reason: "WrongProtocol",
  },
  { name: "401", fault: { kind: "status", status: 401 }, reason: "Unauthorized" },
  {
    name: "403",
    fault: { kind: "status", status: 403, body: '{"error":"MISSING_SCOPE"}' },
    reason: "Unauthorized",
  },
  { name: "400", fault: { kind: "status", status: 400 }, reason: "Refused" },
  {
    name: "429",
    fault: { kind: "status", status: 429, retryAfter: 0 },
    reason: "RoomServerUnavailable",
  },
  {
    name: "other-room",
    fault: { kind: "otherRoom", roomId: "room-foreign" },
    reason: "SuspiciousRead",
  },
];

const roomOf = (name: string) => `room-${name}`;

describe("a room that cannot be read", function () {
  this.timeout(60_000);
  let world: AgentWorld;
  let from: number;

  before(async () => {
    world = await AgentWorld.create({
      ...canarySettings(),
      // Longer than any answer takes on a busy machine: a write that is given up by chance is repeated.
      RoomServer__TimeoutSeconds: "2",
      Operator__Reconciliation__ParallelRooms: "20",
    });
    world.random = () => 0.05;
    commit(1, entityIds(4));
    await world.start();
    await allVerified();
    from = (await world.log()).length;
    await setFaults(
      world.roomServerUrl,
      ...UNREADABLE.map(({ name, fault }) => ({
        ...fault,
        operation: "state",
        room: roomOf(name),
      })),
    );
    commit(2, ["E-02", "E-03", "E-04", "E-05"]);
  });

  after(async () => {
    await world.remove();
  });

  function commit(version: number, entities: readonly string[]): void {
    const rooms = [...UNREADABLE.map(({ name }) => name), "fine"].map(roomOf);
    world.commit(
      Object.fromEntries(
        rooms.map((roomId) => [`${roomId}.room.yaml`, specYaml({ roomId, version, entities })]),
      ),
    );
  }

  async function allVerified(): Promise<void> {
    const oid = world.repository.head() ?? undefined;
    for (const { name } of UNREADABLE) await world.verified(roomOf(name), oid);
    await world.verified(roomOf("fine"), oid);
  }

  it("holds no other room up", async () => {
    await world.verified(roomOf("fine"));
    expect((await world.contents(roomOf("fine"))).entities).to.not.include("E-01");
  });

  it("(404) is said to be missing where other rooms are shown, in the RoomServer's words", async () => {
    const message = await eventually("the message says so", async () => {
      const { conditions } = await world.reason(roomOf("404"), "WrongProtocol");
      const said = conditions[0]?.message ?? "";
      return said.includes("shows other rooms") && said;
    });
    expect(message).to.match(/the server answered 404 \(.+\), and shows other rooms/);
    expect(message).to.not.include("BaseUrl");
  });

  for (const { name, reason } of UNREADABLE) {
    it(`(${name}) is not written to, and says ${reason}`, async () => {
      const room = await world.reason(roomOf(name), reason);
      expect(room.conditions[0]).to.include({ type: "Ready", status: "False", reason });
      const failures = await eventually("the audit says so", async () => {
        const audit = await world.auditOf(roomOf(name));
        const failed = audit.filter(({ action }) => action === "room.failed");
        return failed.length > 0 && failed;
      });
      expect(failures.map(({ metadata }) => metadata["reason"])).to.deep.equal([reason]);
    });
  }

  it("follows as soon as it can be read, and is written to for the first time then", async () => {
    const log = (await world.log()).slice(from);
    expect(log.filter(({ room }) => room !== roomOf("fine"))).to.deep.equal([]);
    await setFaults(world.roomServerUrl);
    await allVerified();
    for (const { name } of UNREADABLE) {
      const writes = (await world.writes(roomOf(name))).slice(4);
      expect(writes, name).to.deep.equal(["join E-05", "kick E-01"]);
      const failures = (await world.auditOf(roomOf(name))).filter(
        (r) => r.action === "room.failed",
      );
      expect(failures, name).to.have.length(1);
    }
    await checkWorld(world);
  });
});
