import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { differences, recordingOf } from "./recording.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";

const GOLDEN = join(import.meta.dirname, "..", "..", "fixtures", "golden-one-room.json");

/** Reads the golden file; with `GOLDEN=write` it is written from what was seen first. */
async function golden(seen: unknown): Promise<unknown> {
  if (process.env["GOLDEN"] === "write")
    await writeFile(GOLDEN, `${JSON.stringify(seen, null, 2)}\n`);
  return JSON.parse(await readFile(GOLDEN, "utf8"));
}

describe("the answers of an agent over one room's life", function () {
  this.timeout(60_000);
  let world: AgentWorld;
  let room: RoomStory;
  const steps: Record<string, unknown>[] = [];

  before(async () => {
    world = await AgentWorld.create({
      Operator__Reconciliation__IntervalSeconds: "600",
      Operator__Reconciliation__StateConsistency__StaleTolerance: "1h",
    });
    room = new RoomStory(world, "room-golden");
  });

  after(async () => {
    await world.remove();
  });

  /** What people and machines see once the room has this reason, and no pass or poll runs. */
  async function record(step: string, reason: string, answer: unknown = null): Promise<void> {
    await world.observed();
    await eventually(`${step}: ${reason}`, async () => {
      const { conditions, isReconciling } = await room.status();
      return !isReconciling && conditions[0]?.reason === reason;
    });
    const status = await eventually(`${step}: no poll runs`, async () => {
      const answer = await world.status();
      return answer.sources.some(({ nextPoll }) => nextPoll === null) ? undefined : answer;
    });
    const explain = await eventually(`${step}: explain knows the next poll`, async () => {
      const path = `/rooms/${room.id}/explain`;
      const { body } = await world.get<Record<string, unknown>>(path);
      return "nextPoll" in body ? body : undefined;
    });
    steps.push({
      step,
      answer,
      status,
      room: await room.status(),
      writes: await room.newWrites(),
      explain,
      history: (await world.get(`/rooms/${room.id}/history`)).body,
    });
  }

  it("are those of the golden recording", async () => {
    const artifacts = ["plan"];
    const spec = (version: number, count: number) => ({
      version,
      entities: entityIds(count),
      artifacts,
    });
    room.commit(spec(1, 6), "Add the room", { "seeds/plan.md": "# Plan\n" });
    await world.start();
    await world.verified(room.id);
    await record("first sync", "Converged");
    room.commit(spec(2, 7), "Add an entity");
    await world.verified(room.id);
    await record("update", "Converged");
    await room.driftOut("E-01");
    await record("drift", "Converged", await room.pass());
    room.commit(spec(3, 1), "Shrink");
    await record("refused", "KickLimitExceeded");
    await record("refused to a person", "KickLimitExceeded", await room.pass());
    world.commit({}, `Yes\n\nConfirm: ${room.id}`);
    await record("confirmed", "Converged");
    room.commit(spec(4, 3), "Try\n\nDry-Run: true");
    await record("dry run", "DryRun");
    world.commit({ [room.path]: "spec: [" }, "Break it");
    await record("broken", "SpecInvalid");
    room.commit(spec(5, 2), "Mend it");
    await record("mended", "Converged");
    await record("asked to delete", "Converged", await world.delete(`/rooms/${room.id}`));
    const audit = await world.auditOf(room.id);
    const metrics = (await world.text("/metrics"))
      .split("\n")
      .filter((line) => line.startsWith("# TYPE"))
      .sort();
    const seen = recordingOf({ steps, audit, metrics });
    const recorded = await golden(seen);
    expect(differences(seen, recorded)).to.deep.equal([]);
    expect(seen).to.deep.equal(recorded);
  });
});
