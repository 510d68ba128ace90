import { expect } from "chai";
import type { IncomingMessage } from "node:http";
import type { SourceAnswer } from "../../../agent/api/status-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const TOLERANCE_MS = 1_500;
const ENV = {
  Operator__Reconciliation__IntervalSeconds: "60",
  Operator__Reconciliation__StateConsistency__StaleTolerance: `${TOLERANCE_MS}ms`,
};

describe("a head that is doubted", function () {
  this.timeout(90_000);
  let world: AgentWorld;
  let room: RoomStory;
  /** The head at which E-0 was there, and the one after: the same version, E-0 left and E-4 came. */
  let first = "";
  let second = "";
  /** Polls that were answered by the replica, and the connections they came over. */
  let stalePolls = 0;
  let staleSockets = new Set<object>();

  beforeEach(async () => {
    world = await AgentWorld.create(ENV);
    room = new RoomStory(world, "room-main");
    first = room.commit({ version: 1, entities: ["E-0", "E-1", "E-2", "E-3"] });
    await world.start();
    await world.verified(room.id);
    second = room.commit(
      { version: 1, entities: ["E-1", "E-2", "E-3", "E-4"] },
      `Swap\n\nConfirm: ${room.id}`,
    );
    await world.verified(room.id);
    await room.newWrites();
    stalePolls = 0;
    staleSockets = new Set();
  });

  afterEach(async () => {
    world.git.heal();
    await checkWorld(world);
    await world.remove();
  });

  /** Answers polls as a replica does that is still at `old`; `times` of them. */
  const lag = (old: string, times: number) => {
    world.git.fault = (request: IncomingMessage) => {
      const command = request.method === "GET" ? "poll" : request.headers["content-length"];
      // An ls-refs request is much shorter than a fetch.
      const isPoll = command === "poll" || Number(command) < 200;
      if (!isPoll || stalePolls >= times) return undefined;
      if (request.method === "POST") stalePolls += 1;
      staleSockets.add(request.socket);
      const now = world.repository.head() ?? "";
      return {
        kind: "edit",
        edit: (body) => Buffer.from(body.toString("latin1").replaceAll(now, old), "latin1"),
      };
    };
  };
  const source = async (): Promise<SourceAnswer> => {
    const [only] = (await world.status()).sources;
    if (only === undefined) throw new Error("no source");
    return only;
  };
  const fails = (reason: string) =>
    eventually(`the source fails with ${reason}`, async () => {
      const { lastError } = await source();
      return lastError?.reason === reason ? lastError : undefined;
    });
  const works = () =>
    eventually("the source works", async () => (await source()).lastError === null);
  const failures = async () =>
    (await world.audit("source.failed")).map(({ metadata }) => metadata["reason"]);
  /** Another repository takes the address: same room, other people, and words that would let all go. */
  const replace = (people = ["S-1", "S-2", "S-3"]) =>
    world.commit(
      {
        [room.path]: `apiVersion: v1\nkind: RoomSpec\nmetadata: { name: x, version: 9 }\nspec: { roomId: ${room.id}, entities: [${people.map((id) => `{ id: ${id}, kind: agent }`).join(", ")}] }\n`,
      },
      `Theirs\n\nConfirm: ${room.id}`,
      { parents: [], fresh: true },
    );

  describe("because it lies behind the ingested one", () => {
    it("changes nothing when a replica lagged for one answer", async () => {
      lag(first, 1);
      await fails("LaggingReplica");
      await works();
      expect(await room.newWrites()).to.deep.equal([]);
      expect(await room.status()).to.deep.include({
        rewritten: null,
        verifiedRevision: `main@sha1:${second}`,
      });
      expect(await failures()).to.deep.equal(["LaggingReplica"]);
      expect(world.lines.filter((line) => line.includes("source failed"))).to.have.length(1);
    });

    it("is not settled by what people ask for meanwhile: nothing is believed before StaleTolerance", async () => {
      lag(first, Number.POSITIVE_INFINITY);
      await fails("LaggingReplica");
      const sinceMs = performance.now();
      const polls = stalePolls;
      while (performance.now() - sinceMs < TOLERANCE_MS / 2) await room.pass();
      expect(stalePolls).to.be.above(polls + 1);
      expect((await source()).observedRevision).to.equal(`main@sha1:${second}`);
      expect(await room.newWrites()).to.deep.equal([]);
      expect(staleSockets.size, "each look over its own connection").to.be.above(2);
    });

    it("takes back what a replica that lagged too long brought, once the branch goes forward again", async () => {
      lag(first, Number.POSITIVE_INFINITY);
      await world.observed(first);
      await eventually("E-0 is back", async () => (await room.entities()).includes("E-0"));
      await world.reason(room.id, "HistoryRewritten");
      expect(await room.newWrites()).to.deep.equal(["join E-0"]);
      world.git.heal();
      await works();
      await eventually("nothing is held", async () => (await room.refusals()).length === 0);
      expect(await room.newWrites()).to.deep.equal(["kick E-0"]);
      expect(await room.entities()).to.deep.equal(["E-1", "E-2", "E-3", "E-4"]);
      expect(await room.audit("room.historyRestored")).to.have.length(1);
    });

    it("changes nothing when a replica is still at a head that a forced push replaced", async () => {
      const people = ["E-1", "E-2", "E-3", "E-4", "E-5", "E-6"];
      const text = specYaml({ roomId: room.id, version: 1, entities: people });
      const forced = world.commit({ [room.path]: text }, "Amended", { parents: [first] });
      await world.verified(room.id, forced);
      await room.newWrites();
      lag(second, 2);
      await fails("LaggingReplica");
      await works();
      expect(await room.newWrites()).to.deep.equal([]);
      expect((await source()).observedRevision).to.equal(`main@sha1:${forced}`);
      expect(await failures()).to.deep.equal(["LaggingReplica"]);
      world.repository.forceBranch(second);
      await world.observed(second);
      await world.reason(room.id, "HistoryRewritten");
      expect(await room.newWrites(), "believed, and judged as any").to.deep.equal([]);
    });

    it("is a real reset when it stays, over a restart too", async () => {
      world.repository.forceBranch(first);
      await fails("LaggingReplica");
      await world.stop();
      await world.start();
      await world.observed(first);
      await world.reason(room.id, "HistoryRewritten");
      expect(await room.newWrites()).to.deep.equal(["join E-0"]);
      await works();
    });
  });

  describe("because it shares no commit with what was followed", () => {
    it("is not carried out, and what was accepted last is kept, until a person accepts it", async () => {
      const stranger = replace();
      const { message } = await fails("UnrelatedHistory");
      expect(message)
        .to.include(stranger)
        .and.include("shares no commit with what was followed since 20");
      expect(message).to.include(`room-operator accept specs --head ${stranger}`);
      expect((await world.get<{ status: string }>("/health")).body.status).to.equal("degraded");
      await room.driftIn("E-9");
      await room.pass();
      expect(await room.newWrites(), "drift is corrected").to.deep.equal(["kick E-9"]);

      await world.stop();
      await world.start();
      await fails("UnrelatedHistory");
      await room.pass();
      expect(await room.newWrites()).to.deep.equal([]);
      expect((await source()).observedRevision).to.equal(`main@sha1:${second}`);

      expect((await world.accept(second)).body).to.include({ status: 409, code: "HeadChanged" });
      expect((await world.accept(stranger, "other")).body).to.include({
        status: 404,
        code: "UnknownSource",
      });
      expect((await world.accept("main")).body).to.include({ status: 400, code: "InvalidBody" });
      expect(await room.newWrites()).to.deep.equal([]);
      expect((await world.accept(stranger)).body).to.include({
        success: true,
        from: `main@sha1:${second}`,
        to: `main@sha1:${stranger}`,
      });
      await world.observed(stranger);
      await world.reason(room.id, "HistoryRewritten");
      expect(await room.newWrites()).to.deep.equal(["join S-1", "join S-2", "join S-3"]);
      expect((await room.status()).wouldRemove).to.have.length(4);
      const [record] = await world.audit("source.accepted");
      expect(record).to.include({ type: "command" });
      expect(record?.metadata["actor"]).to.equal("http 127.0.0.1");
      expect((await world.accept(stranger)).body).to.include({
        status: 409,
        code: "NothingToAccept",
      });
    });

    it("ends by itself when a head that builds on the old one is back", async () => {
      world.repository.git("branch", "kept", second);
      replace();
      await fails("UnrelatedHistory");
      world.repository.forceBranch(second);
      const third = room.commit({ version: 2, entities: ["E-1", "E-2", "E-3"] });
      await world.verified(room.id, third);
      await works();
      expect(await room.newWrites()).to.deep.equal(["kick E-4"]);
      expect((await world.accept(third)).body).to.include({ code: "NothingToAccept" });
    });

    it("gives everything back when the old line returns after it was accepted", async () => {
      world.repository.git("branch", "kept", second);
      const stranger = replace();
      await fails("UnrelatedHistory");
      await world.accept(stranger);
      await world.reason(room.id, "HistoryRewritten");
      await room.newWrites();
      world.repository.forceBranch(second);
      await world.observed(second);
      await eventually("they are gone", async () => !(await room.entities()).includes("S-3"));
      await world.verified(room.id, second);
      expect(await room.newWrites()).to.deep.equal(["kick S-1", "kick S-2", "kick S-3"]);
    });

    it("says so louder when the poll before found no repository", async () => {
      world.git.break({ kind: "status", status: 404 });
      await fails("RepositoryNotFound");
      replace();
      world.git.heal();
      const { message } = await fails("UnrelatedHistory");
      expect(message).to.match(/^WARNING: the poll before this one failed with RepositoryNotFound/);
    });
  });
});
