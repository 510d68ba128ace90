import { expect } from "chai";
import { splitItem } from "../../../../agent/plan/item.ts";
import type { RoomState } from "../../../../agent/plan/room-state.ts";
import { CrashSignal } from "../../../support/crash-world.ts";
import type { RecordedCall } from "../../../support/fake-room-server.ts";
import { PassWorld } from "../../../support/pass-world.ts";
import { refused } from "../rolled-back.ts";

const NOTES = { name: "notes", promoteAfterSeed: true };
const ONE = {
  version: 1,
  entities: [{ id: "E-1", displayName: "Old" }, "E-gone"],
  artifacts: [NOTES, "old"],
  policies: { dmVisibilityDefault: "owner" },
};
/** Eight new resources, all of them refused, beside seven changes that are done. */
const TWO = {
  version: 2,
  entities: ["E-1", "E-2"],
  artifacts: [NOTES],
  policies: { dmVisibilityDefault: "team" },
  resources: ["a", "b", "c", "d", "e", "f", "g", "h"],
};

/** A change that will be rolled back, and a process that dies at the `nth` write or call of its passes. */
class DyingWorld {
  readonly world = new PassWorld();
  readonly violations: string[] = [];
  before: RoomState | null = null;
  died = false;
  #events = 0;
  readonly #nth: number;
  readonly #when: "before" | "after";

  constructor(nth: number, when: "before" | "after") {
    this.#nth = nth;
    this.#when = when;
  }

  async push(): Promise<void> {
    const { world } = this;
    await world.verified(ONE, { notes: "one" });
    this.before = sorted(world.room());
    await world.push(TWO, { notes: "two" });
    await world.confirm(["artifact/old", "entity/E-gone"], true);
    const { server } = world;
    server.failAt("ensureResource", 1, refused(422), Number.POSITIVE_INFINITY);
    this.#watch();
  }

  /** Passes, and starts again after the death, until a pass has nothing left to do; gives back how each ended. */
  async run(): Promise<readonly string[]> {
    const ends: string[] = [];
    for (let pass = 0; pass < 12; pass += 1) {
      try {
        const { report } = await this.world.pass();
        ends.push(report.outcome.kind);
        if (report.outcome.kind === "converged") return ends;
      } catch (error) {
        if (!(error instanceof CrashSignal)) throw error;
        this.died = true;
        ends.push("died");
        this.world.restart();
      }
    }
    return ends;
  }

  #watch(): void {
    const { store, server } = this.world;
    store.beforeWrite = () => this.#event("before");
    store.afterWrite = () => this.#event("after");
    server.before = async (call) => {
      this.#event("before");
      await this.#check(call);
    };
    server.after = () => this.#event("after");
  }

  #event(when: "before" | "after"): void {
    if (this.died) return;
    if (when === "before") this.#events += 1;
    if (this.#events === this.#nth && when === this.#when)
      throw new CrashSignal(`${when} event ${this.#events}`);
  }

  /** Each write has an open intent, and a write of an undo has the quarantine before it. */
  async #check({ operation, target, call }: RecordedCall): Promise<void> {
    if (operation === "readState" || operation === "readFingerprint") return;
    const { store } = this.world;
    const intent = store.allIntents.find(({ id }) => id === call.requestId);
    if (intent?.state !== "open") this.violations.push(`${operation} ${target}: no open intent`);
    const { quarantine, enforced } = await this.world.row();
    if (intent?.phase === "ROLLBACK" && quarantine === null)
      this.violations.push(`${operation} ${target}: not quarantined`);
    if (intent?.phase === "ROLLBACK" && enforced?.specVersion !== 1)
      this.violations.push(`${operation} ${target}: held to the wrong inputs`);
    const { kind, name } = splitItem(intent?.action.item ?? "entity/");
    if (kind === "resource" && quarantine !== null)
      this.violations.push(`${operation} ${name}: tried again although quarantined`);
  }
}

function sorted(room: RoomState): RoomState {
  const byName = <T>(values: readonly T[], nameOf: (value: T) => string) =>
    values.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  return {
    ...room,
    entities: byName(room.entities, ({ id }) => id),
    artifacts: byName(room.artifacts, ({ name }) => name),
  };
}

describe("a crash while a pass is carried out and undone", function () {
  this.timeout(60_000);

  for (const when of ["before", "after"] as const) {
    it(`(${when} each write and call) ends in what the room was held to before`, async () => {
      let [points, quarantined, resumed] = [0, 0, 0];
      for (let nth = 1; ; nth += 1) {
        const dying = new DyingWorld(nth, when);
        const { world } = dying;
        await dying.push();
        const ends = await dying.run();
        const what = `${when} event ${nth}: ${ends.join()}`;
        if (!dying.died) {
          expect(ends, what).to.deep.equal(["rolledBack", "converged"]);
          break;
        }
        points += 1;
        expect(dying.violations, what).to.deep.equal([]);
        const open = world.store.allIntents.filter(({ state }) => state === "open");
        expect(open, what).to.deep.equal([]);
        const row = await world.row();
        // The pass after the death found everything done that the server does: then nothing of it is that pass's to undo.
        if (row.quarantine === null) continue;
        quarantined += 1;
        resumed += Number(ends.indexOf("rolledBack") > ends.indexOf("died"));
        expect(row.quarantine.pending, what).to.deep.equal([]);
        // A death between an artifact's seed and its promotion leaves the next pass a promotion alone.
        const kept = row.quarantine.notUndone.map(({ action, reason }) => `${action} ${reason}`);
        if (kept.length > 0) expect(kept, what).to.deep.equal(["promote Unsupported"]);
        expect(sorted(world.room()), what).to.deep.equal(dying.before);
        expect(row.inventory, what).to.deep.equal([
          "artifact/notes",
          "artifact/old",
          "entity/E-1",
          "entity/E-gone",
          "policy/dmVisibilityDefault",
        ]);
      }
      expect(points).to.be.greaterThan(30);
      expect(quarantined).to.be.greaterThan(20);
      expect(resumed).to.be.greaterThan(10);
    });
  }
});
