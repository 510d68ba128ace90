import { expect } from "chai";
import type { Config } from "../../../agent/config/config.ts";
import { RoomOwners } from "../../../agent/intake/source-index.ts";
import { emptyRoom } from "../../../agent/room/empty-room.ts";
import { LiveConfig } from "../../../agent/run/live-config.ts";
import { Reconfiguration, type ReconfigurationParts } from "../../../agent/run/reconfiguration.ts";
import { aTrail } from "../../support/a-trail.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryStore } from "../../support/memory-store.ts";
import { othersTurns, work } from "../../support/others-turns.ts";

/** The part of a configuration without sources that is asked for. */
function aConfig(): Config {
  const reconciliation = { stateConsistency: { mode: "active" } };
  return { git: { sources: [] }, operator: { reconciliation } } as unknown as Config;
}

const nothing = (): undefined => undefined;
const NOTHING_LATER = () => Promise.resolve();

/** An agent of so many rooms with posted specs, of which only what a reconfiguration needs is there. */
async function aReconfiguration(rooms: number, add: (roomId: string, priority: string) => void) {
  const clock = new FakeClock();
  const store = new MemoryStore(() => clock.nowMs());
  const roomIds = Array.from({ length: rooms }, (_, at) => `room-${1000 + at}`);
  for (const roomId of roomIds)
    await store.write([{ kind: "room", row: emptyRoom(roomId, { kind: "api" }) }]);
  const owners = new RoomOwners();
  const set = { outdated: () => [], close: NOTHING_LATER, open: () => Promise.resolve([]) };
  const queue = { hold: nothing, add, forget: nothing, placeOf: () => ({ kind: "absent" }) };
  const parts = {
    live: new LiveConfig(aConfig()),
    edges: {
      clock,
      newId: () => "id-1",
      trail: aTrail(),
      logger: { warn: nothing, error: nothing },
      metrics: { setSources: nothing },
    },
    memory: { store, rooms: { update: NOTHING_LATER }, loaded: { owners }, leftSources: [] },
    work: { queue, reconfigure: NOTHING_LATER },
    set: { ...set, list: [] },
    passes: { ended: NOTHING_LATER, reconfigure: nothing },
    reviews: { close: NOTHING_LATER, follow: nothing },
  };
  const reconfiguration = new Reconfiguration(parts as unknown as ReconfigurationParts);
  return { reconfiguration, owners, roomIds };
}

describe("another configuration in force", () => {
  it("has all rooms looked at in turns, however many there are", async () => {
    const queued: string[] = [];
    const { reconfiguration, roomIds } = await aReconfiguration(200, (roomId, priority) => {
      work(1);
      queued.push(`${priority} ${roomId}`);
    });
    const { signal } = new AbortController();
    const turns = await othersTurns(() => reconfiguration.carryOut(aConfig(), signal));
    expect(turns).to.be.at.least(4);
    expect(queued).to.deep.equal(roomIds.map((roomId) => `git ${roomId}`));
  });

  it("is noticed by a decision who owns what that is under way", async () => {
    const { reconfiguration, owners } = await aReconfiguration(1, nothing);
    const before = owners.moment;
    await reconfiguration.carryOut(aConfig(), new AbortController().signal);
    expect(owners.moment).to.be.greaterThan(before);
  });
});
