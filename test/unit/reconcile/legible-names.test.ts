import { expect } from "chai";
import { isUnsafe, quoted } from "../../../agent/kernel/quoted.ts";
import type { CallFailure } from "../../../agent/roomserver/room-server.ts";
import { restRequests } from "../../../agent/roomserver/rest-requests.ts";
import { undoText } from "../../../agent/room/quarantine-text.ts";
import { joinEntity } from "../../../devserver/room.ts";
import { A_ROOM, anEntity } from "../../support/a-room-spec.ts";
import { PassWorld } from "../../support/pass-world.ts";

const NAMES = ["a\u0000b", "E-\u202e1", "E-1\nReady=True", "x".repeat(5000)];

const asking = (name: string) => restRequests.kick(A_ROOM, name);

/** Everything that people read of the room. */
async function texts(world: PassWorld): Promise<readonly string[]> {
  const { conditions, warnings, blocked } = await world.row();
  return [...conditions, ...warnings, ...blocked].map(({ message }) => message);
}

function expectLegible(messages: readonly string[]): void {
  for (const message of messages) {
    expect(isUnsafe(message), JSON.stringify(message)).to.equal(false);
    expect(message.length).to.be.below(2000);
  }
}

describe("names of the RoomServer in messages", () => {
  for (const name of NAMES) {
    const shown = JSON.stringify(name.slice(0, 20));
    for (const how of ["refuses", "denies", "loses"] as const)
      it(`are legible where it ${how} the kick of ${shown}`, async () => {
        const world = new PassWorld();
        await world.verified({ entities: ["E-1", "E-2", "E-3"] });
        const intruder = { ...anEntity("E-9"), id: name };
        if (how === "denies")
          world.server.view = (state) => ({ ...state, entities: [...state.entities, intruder] });
        else world.server.change(A_ROOM, (room) => joinEntity(room, intruder, 1).room);
        const message = `${asking(name).what}: the server answered 403`;
        const refusal: CallFailure = { kind: "refused", status: 403, message };
        const answer = how === "refuses" ? refusal : ({ kind: "done" } as const);
        if (how !== "denies") world.server.failAt("kick", 1, answer, Number.POSITIVE_INFINITY);
        await world.pass();
        const messages = await texts(world);
        expect(messages.join(" ")).to.include(quoted(name).slice(1, 10));
        expectLegible(messages);
      });

    it(`are legible in a request about ${shown}, and sent as they are`, () => {
      const { what, names, segments } = asking(name);
      expectLegible([what]);
      expect(what.length).to.be.below(250);
      expect([names.at(-1), segments.at(-1)]).to.deep.equal([name, name]);
    });

    it(`are legible in the warning of policy ${shown}`, async () => {
      const world = new PassWorld();
      await world.push({ entities: ["E-1"] });
      world.server.view = (state) => ({ ...state, policies: { ...state.policies, [name]: 1 } });
      await world.pass();
      const { warnings } = await world.row();
      expect(warnings.map(({ reason }) => reason)).to.include("UnknownPolicies");
      expectLegible(await texts(world));
    });

    it(`are legible where ${shown} was not rolled back`, () => {
      const kept = {
        action: "kick",
        item: `entity/${name}`,
        reason: "Refused",
        message: "no",
      } as const;
      expectLegible([undoText({ undone: [], notUndone: [kept], pending: [] } as never)]);
    });
  }

  it("are as they are where they are legible", () => {
    expect(asking("E-1").what).to.equal(`kick of "E-1" from room "${A_ROOM}"`);
  });
});
