import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { createGitSource } from "../../../agent/source/git/git-clones.ts";
import { ROTATION_LIMITS } from "../../../agent/source/git/git-rotation-rule.ts";
import { isFetch } from "../../faults/git-requests.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { keptThreads } from "../../support/kept-threads.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";

describe("an agent and its clone", function () {
  this.timeout(120_000);
  let world: AgentWorld;
  /** Requests for objects. */
  let fetches: string[];

  beforeEach(async () => {
    // Only git asks for passes, so that a pass for any other reason shows.
    world = await AgentWorld.create({
      Operator__Reconciliation__StateConsistency__Mode: "passive",
    });
    fetches = [];
    world.git.fault = (request) => {
      if (isFetch(request)) fetches.push(`${request.method} ${request.url}`);
      return undefined;
    };
    push(1);
  });

  afterEach(() => world.remove());

  const spec = (version: number) =>
    specYaml({ version, entities: [`E-0${version}`], artifacts: ["plan"] });
  const push = (version: number, message?: string) =>
    world.commit({ [PATH]: spec(version), "seeds/plan.md": `plan ${version}` }, message);
  /** At the newest commit; a busy machine may take its time. */
  const verified = async () => {
    await world.observed(undefined, 40_000);
    await world.verified(ROOM);
  };
  const clone = () => join(world.data, "git", "specs");
  const metric = async (name: string) => {
    const line = (await world.text("/metrics"))
      .split("\n")
      .find((each) => each.startsWith(`${name} `));
    return Number(line?.split(" ")[1] ?? Number.NaN);
  };
  const polls = () => metric('room_operator_source_polls_total{source="specs",result="unchanged"}');
  const somePolls = async () => {
    const before = await polls();
    await eventually("three polls more", async () => (await polls()) >= before + 3);
  };

  it("restarts at an unchanged head without a clone: it fetches, parses and reads nothing, and keeps its room", async () => {
    await world.start();
    await verified();
    await world.stop();
    rmSync(join(world.data, "git"), { recursive: true });
    fetches.length = 0;
    await world.kickByHand(ROOM, "E-01");
    await world.start({ Operator__Reconciliation__StateConsistency__Mode: "active" });
    await eventually("the room is mended from what the store holds", async () =>
      (await world.contents(ROOM)).entities.includes("E-01"),
    );
    await somePolls();
    expect(fetches).to.deep.equal([]);
    // Whatever reads or parses opens the clone first, and makes it so.
    expect(existsSync(clone())).to.equal(false);
    expect(
      await metric('room_operator_source_fetch_duration_seconds_count{source="specs"}'),
    ).to.equal(0);
    expect(world.lines.join("")).to.not.contain("clone discarded");
  });

  it("makes the clone anew for a posted spec's seeds, and hears every commit since", async () => {
    await world.start();
    await verified();
    await world.stop();
    rmSync(join(world.data, "git"), { recursive: true });
    await world.start();
    const posted = specYaml({ roomId: "room-posted", artifacts: ["plan"] });
    expect((await world.applyYaml(posted)).body).to.include({ outcome: "converged" });
    expect((await world.contents("room-posted")).artifacts).to.deep.equal(["plan"]);
    push(2, "Change the one who works here\n\nConfirm: true");
    push(3);
    await verified();
    expect((await world.contents(ROOM)).entities).to.deep.equal(["E-03"]);
  });

  it("touches no room when it makes the clone anew, and goes on with every word of the commits since", async () => {
    world.implementations = {
      openSource: (options) =>
        createGitSource({
          ...options,
          startThread: keptThreads,
          tuning: { rotation: { ...ROTATION_LIMITS, packs: 2 } },
        }),
    };
    await world.start();
    await verified();
    for (const message of ["Two\n\nConfirm: true", "Three\n\nConfirm: true"]) {
      push(message.startsWith("Two") ? 2 : 3, message);
      await verified();
    }
    const rotations = 'room_operator_source_clone_rotations_total{source="specs",result="packs"}';
    await eventually("the clone was made anew", async () => (await metric(rotations)) === 1);
    await somePolls();
    expect(readdirSync(join(world.data, "git"))).to.deep.equal(["specs"]);
    // One pass for each commit, and none for the clone.
    expect(await metric("room_operator_reconcile_attempts_total")).to.equal(3);
    expect(
      await metric('room_operator_source_fetch_duration_seconds_count{source="specs"}'),
    ).to.equal(3);
    expect((await world.audit("source.synced")).length).to.equal(3);
    push(4, "Four\n\nConfirm: true");
    push(5);
    await verified();
    expect((await world.contents(ROOM)).entities).to.deep.equal(["E-05"]);
  });
});
