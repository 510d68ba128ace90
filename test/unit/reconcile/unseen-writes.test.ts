import { expect } from "chai";
import type { Item } from "../../../agent/plan/item.ts";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { PassWorld } from "../../support/pass-world.ts";

const HOUR_MS = 3_600_000;

interface Case {
  readonly name: string;
  readonly item: Item;
  readonly operation: "setPolicy" | "seed";
  /** Pushes the change whose writes the server loses. */
  readonly push: (world: PassWorld) => Promise<unknown>;
  readonly write: string;
  readonly message: RegExp;
}

const CASES: readonly Case[] = [
  {
    name: "a policy",
    item: "policy/maxArtifactsPerEntity",
    operation: "setPolicy",
    push: (world) => world.push({ policies: { maxArtifactsPerEntity: 7 } }),
    write: "setPolicy maxArtifactsPerEntity",
    message: /policy\/maxArtifactsPerEntity: wanted 7, reads 100 after 3 writes/,
  },
  {
    name: "new content of an artifact",
    item: "artifact/notes",
    operation: "seed",
    push: async (world) => {
      await world.verified({ artifacts: ["notes"] });
      await world.push({ version: 2, artifacts: ["notes"] }, { notes: "other" });
    },
    write: "seed notes",
    message: /artifact\/notes: content wanted "[0-9a-f]{64}", reads "[0-9a-f]{64}" after 3 writes/,
  },
];

/** A world in which the next `count` writes of the case are accepted and lost. */
async function losing(given: Case, count: number): Promise<PassWorld> {
  const world = new PassWorld({ convergence: { enabled: true, maxCycles: 10 } });
  await given.push(world);
  world.server.failAt(given.operation, 1, { kind: "done" }, count);
  return world;
}

/** The outcomes of so many passes, as `/status` has them. */
async function outcomes(world: PassWorld, passes: number): Promise<readonly (string | null)[]> {
  const all: (string | null)[] = [];
  for (let at = 0; at < passes; at += 1) {
    await world.pass();
    all.push((await world.row()).lastOutcome);
  }
  return all;
}

async function writesOf(world: PassWorld, { write }: Case): Promise<number> {
  return Promise.resolve(world.server.writes.filter((each) => each === write).length);
}

for (const given of CASES) {
  describe(`a write of ${given.name} that the server accepts and loses`, () => {
    it("once is sent again, and the room is not verified until it shows", async () => {
      const world = await losing(given, 1);
      const before = await writesOf(world, given);
      const { verifiedRevision } = await world.row();
      expect(await outcomes(world, 1)).to.deep.equal(["partial/NotConverged"]);
      expect((await world.row()).verifiedRevision).to.equal(verifiedRevision);
      expect(await outcomes(world, 1)).to.deep.equal(["converged"]);
      expect((await writesOf(world, given)) - before).to.equal(2);
      const { head, verifiedRevision: after, notObservable } = await world.row();
      expect([after, notObservable]).to.deep.equal([head?.revision, []]);
    });

    it("three times keeps the room from Ready, unverified, and is sent no more", async () => {
      const world = await losing(given, Number.POSITIVE_INFINITY);
      const before = await writesOf(world, given);
      const { verifiedRevision } = await world.row();
      const denied = "partial/NotObservable";
      expect(await outcomes(world, 5)).to.deep.equal([
        "partial/NotConverged",
        "partial/NotConverged",
        denied,
        denied,
        denied,
      ]);
      expect((await writesOf(world, given)) - before).to.equal(3);
      const row = await world.row();
      expect(row.verifiedRevision).to.equal(verifiedRevision);
      expect(row.verified?.digest).not.to.equal(row.head?.digest);
      const [ready] = row.conditions;
      expect(ready).to.include({ type: "Ready", status: "False", reason: "NotObservable" });
      expect(ready?.message).to.match(given.message);
      expect(row.blocked.map(({ item, reason }) => `${item} ${reason}`)).to.deep.equal([
        `${given.item} NotObservable`,
      ]);
      expect(row.conditions.map(({ type }) => type)).to.include.members(["Ready", "Stalled"]);
      const history = await world.store.readHistory(A_ROOM);
      const ours = history.filter(({ revision }) => revision === row.head?.revision);
      expect(ours.map(({ outcome }) => outcome)).to.deep.equal(["applied"]);
    });

    it("is looked at in the interval, not at the backoff", async () => {
      const world = await losing(given, Number.POSITIVE_INFINITY);
      await outcomes(world, 2);
      expect((await world.pass()).requeue).to.deep.equal({ kind: "interval" });
      expect((await world.pass()).requeue).to.deep.equal({ kind: "interval" });
    });

    for (const { name, passes, after } of [
      { name: "when a person asks", passes: 0, after: (world: PassWorld) => apply(world) },
      {
        name: "after a restart of the agent",
        passes: 1,
        after: (world: PassWorld) => Promise.resolve(world.restart()),
      },
      {
        name: "after an hour",
        passes: 1,
        after: (world: PassWorld) => world.clock.advance(HOUR_MS),
      },
    ]) {
      it(`is sent once more ${name}, and no more if it is still lost`, async () => {
        const world = await losing(given, Number.POSITIVE_INFINITY);
        await outcomes(world, 3);
        const before = await writesOf(world, given);
        await after(world);
        await outcomes(world, passes);
        expect((await writesOf(world, given)) - before).to.equal(1);
        expect(await outcomes(world, 2)).to.deep.equal([
          "partial/NotObservable",
          "partial/NotObservable",
        ]);
        expect((await writesOf(world, given)) - before).to.equal(1);
      });

      it(`${name} heals when the server keeps it now`, async () => {
        const world = await losing(given, 3);
        await outcomes(world, 3);
        await after(world);
        await outcomes(world, passes);
        const { lastOutcome, verifiedRevision, head, notObservable } = await world.row();
        expect([lastOutcome, verifiedRevision]).to.deep.equal(["converged", head?.revision]);
        expect(notObservable).to.deep.equal([]);
      });
    }

    it("does not keep the agent from enforcing the rest of a later commit", async () => {
      const world = await losing(given, Number.POSITIVE_INFINITY);
      await outcomes(world, 3);
      const { head } = await world.row();
      const again = { ...head, revision: "main@sha1:later" };
      await world.change({ head: again as NonNullable<typeof head> });
      await world.pass();
      const row = await world.row();
      expect(row.enforced?.revision).to.equal("main@sha1:later");
      expect(row.appliedRevision).to.equal("main@sha1:later");
      expect(row.lastOutcome).to.equal("partial/NotObservable");
    });
  });
}

function apply(world: PassWorld): Promise<unknown> {
  return world.pass({ trigger: "apply" });
}

describe("an attribute of an entity that the server does not keep", () => {
  it("names what was wanted and what reads, and leaves the room Ready", async () => {
    const world = new PassWorld({ convergence: { enabled: true, maxCycles: 10 } });
    world.server.view = (state) => ({
      ...state,
      entities: state.entities.map((entity) => ({ ...entity, displayName: "someone" })),
    });
    await world.push({ entities: [{ id: "E-1", displayName: "Ada" }] });
    expect(await world.converge()).to.deep.equal(["partial", "partial", "converged"]);
    const { conditions, blocked, verifiedRevision, head } = await world.row();
    expect(conditions[0]).to.include({ type: "Ready", status: "True" });
    expect(verifiedRevision).to.equal(head?.revision);
    expect(blocked[0]?.message).to.match(
      /^entity\/E-1: displayName wanted "Ada", reads "someone" after 3 writes; it is written again when/,
    );
  });
});

describe("a policy of a server that shows no policies", () => {
  it("is written once and leaves the room Ready, also after a restart and an hour", async () => {
    const world = new PassWorld();
    world.server.view = ({ policies: _policies, ...state }) => state;
    await world.push({ policies: { maxArtifactsPerEntity: 7 } });
    expect(await world.converge()).to.deep.equal(["converged"]);
    world.restart();
    await world.clock.advance(HOUR_MS);
    await world.pass();
    expect(world.server.writes).to.deep.equal(["setPolicy maxArtifactsPerEntity"]);
    await apply(world);
    expect(world.server.writes).to.have.length(2);
  });
});

describe("the confirmed removal of dmVisibilityDefault that the server loses", () => {
  it("is still to be done", async () => {
    const world = new PassWorld();
    await world.verified({ policies: { dmVisibilityDefault: "owner" } });
    await world.push({ version: 2, policies: {} });
    world.server.failAt("setPolicy", 1, { kind: "done" }, 1);
    await world.pass({ confirm: true, trigger: "apply" });
    expect((await world.row()).keepsDmVisibility).to.equal(true);
    expect((await world.row()).verifiedRevision).to.equal("main@sha1:1");
    await world.pass({ confirm: true, trigger: "apply" });
    expect(world.room().policies?.["dmVisibilityDefault"]).to.equal("team");
    expect(await world.row()).to.include({ keepsDmVisibility: false, lastOutcome: "converged" });
  });
});
