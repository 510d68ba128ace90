import { expect } from "chai";
import { resume, suspend } from "../../../agent/cli/suspend.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

export const ALL = entityIds(4);
export const ONE = entityIds(1);

/** A suspended room with four entities, and another source of another repository: what is confirmed waits. */
export class WaitingRoom {
  readonly world: AgentWorld;
  readonly room: RoomStory;
  readonly other: GitRepository;

  private constructor(world: AgentWorld) {
    this.world = world;
    this.room = new RoomStory(world, "room-wait");
    this.other = GitRepository.create({ root: world.repository.root, name: "other.git" });
  }

  static async create(env: Record<string, string> = {}): Promise<WaitingRoom> {
    const world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    const waiting = new WaitingRoom(world);
    const { room, other } = waiting;
    other.commit({ "z.room.yaml": specYaml({ roomId: "room-z" }) });
    world.commit({ "rooms/keep.room.yaml": specYaml({ roomId: "room-keep" }) });
    room.commit({ entities: ALL });
    await world.start({
      Git__Sources__1__Name: "other",
      Git__Sources__1__Url: world.git.url("other.git"),
      Git__Sources__1__IntervalSeconds: "0.2",
      ...env,
    });
    await world.verified(room.id);
    await waiting.suspend();
    return waiting;
  }

  suspend(): Promise<void> {
    return this.#run(suspend, "--reason", "incident");
  }

  resume(): Promise<void> {
    return this.#run(resume);
  }

  async #run(command: typeof suspend, ...args: readonly string[]): Promise<void> {
    const io = new RecordedIo(this.world.folder);
    const code = await command([this.room.id, ...args, "--url", this.world.url], io);
    if (code !== 0) throw new Error(io.err);
  }

  /** Kicks fail from now on, or not any more. */
  faulty(isOn: boolean): Promise<void> {
    const fault = { kind: "status", status: 503, operation: "kick" } as const;
    return setFaults(this.world.roomServerUrl, ...(isOn ? [fault] : []));
  }

  spec(version: number, entities: readonly string[]): string {
    return specYaml({ roomId: this.room.id, version, entities });
  }

  /** Three of four entities are taken out, and that is confirmed. */
  shrink(message = "Shrink\n\nConfirm: true"): Promise<string> {
    return this.observed(this.room.commit({ version: 2, entities: ONE }, message));
  }

  async observed(commit: string): Promise<string> {
    await this.world.observed(commit);
    return commit;
  }

  async take(source: string): Promise<void> {
    await eventually(`the room is of source ${source}`, async () => {
      const now = await this.room.status();
      return now.source === source && !now.orphaned;
    });
  }

  /** Resumes the room: what was confirmed leaves it. */
  async isCarriedOut(revision?: string): Promise<void> {
    await this.resume();
    await this.world.verified(this.room.id, revision);
    expect(await this.room.entities()).to.deep.equal(ONE);
    expect(await this.room.audit("confirmation.withdrawn")).to.deep.equal([]);
  }

  /** Resumes the room: nothing leaves it. */
  async isRefused(): Promise<void> {
    await this.resume();
    expect((await this.room.pass()).status).to.equal(412);
    const [reason] = await this.room.refusals();
    expect(reason).to.match(/^(?:ChangeThresholdExceeded|AdoptionNeedsConfirm|PruneNeedsConfirm)$/);
    expect(await this.room.entities()).to.deep.equal(ALL);
  }

  /** What audit and log say of its end, each once. */
  async isSaid(why: RegExp, inLog = 1): Promise<void> {
    const records = await eventually("it is on record", async () => {
      const found = await this.room.audit("confirmation.withdrawn");
      return found.length > 0 ? found : undefined;
    });
    expect(records).to.have.length(1);
    expect(records[0]?.metadata["message"]).to.match(why);
    const gone = ALL.filter((id) => !ONE.includes(id)).map((id) => `entity/${id}`);
    expect(records[0]?.metadata["items"]).to.include.members(gone);
    const lines = this.world.lines.filter((line) => line.includes('"confirmation withdrawn"'));
    expect(lines).to.have.length(inLog);
  }
}
