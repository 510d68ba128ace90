import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { RoomStory } from "../../support/room-story.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const PATH = "Git__Sources__0__Path";
const URL = "Git__Sources__0__Url";
const BRANCH = "Git__Sources__0__Ref__Branch";
const OTHER = specYaml({ roomId: "room-other" });

describe("rooms that a changed configuration of their source takes out", () => {
  let world: AgentWorld;
  let room: RoomStory;

  beforeEach(async () => {
    world = await AgentWorld.create();
    room = new RoomStory(world, "room-harbor7");
    world.commit({ "other/o.room.yaml": OTHER });
    room.commit({ entities: ["E-01", "E-02"] });
  });

  afterEach(() => world.remove());

  async function startWith(env: Record<string, string>): Promise<void> {
    await world.start(env);
    await world.verified(room.id);
  }

  /** Another configuration, in force after a restart. */
  async function restart(env: Record<string, string>): Promise<void> {
    await world.stop();
    await world.start(env);
  }

  const health = async () =>
    (await world.get<{ status: string; problems: { message: string }[] }>("/health")).body;
  /** A count of rooms is cached for a moment. */
  const isHealthy = () =>
    eventually("it is healthy", async () => (await health()).status === "healthy");
  const explained = async () => (await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`)).body;

  /** Every place that shows the state of a room shows that this one needs a person. */
  async function needsPerson(): Promise<void> {
    const shown = await world.reason(room.id, "SourceChanged");
    expect(shown).to.deep.include({ source: null, orphaned: false });
    expect(shown.lostOwner).to.include({ source: "specs", path: room.path });
    expect(shown.needsPerson?.reason).to.equal("SourceChanged");
    expect(shown.needsPerson?.message).to.include(room.path).and.include("Url, Ref or Path");
    await eventually("health names the room", async () => {
      const { status, problems } = await health();
      const isNamed = JSON.stringify(problems).includes(`${room.id} (SourceChanged)`);
      return status === "degraded" && isNamed;
    });
    const gauge = /rooms\{[^}]*ready="False",reason="SourceChanged"\} 1/;
    expect(await world.text("/metrics")).to.match(gauge);
    const { atHead, blockedBy } = await explained();
    expect([atHead, blockedBy[0]?.reason]).to.deep.equal([false, "SourceChanged"]);
    expect(blockedBy[0]?.unblock)
      .to.include('"specs"')
      .and.include("correct its Url, Ref or Path")
      .and.include(`DELETE /rooms/${room.id}`);
  }

  it("need a person everywhere, after a restart too, until the path is corrected", async () => {
    await startWith({ [PATH]: "rooms" });
    await restart({ [PATH]: "other" });
    await world.verified("room-other");
    await needsPerson();
    expect(world.said).to.include("rooms have no owner");
    const lost = (await world.auditOf(room.id)).filter(({ action }) => action === "room.ownerLost");
    expect(lost.map(({ metadata }) => metadata["reason"])).to.deep.equal(["SourceChanged"]);
    await room.newWrites();
    await room.driftOut("E-01");
    expect((await room.pass()).body).to.include({ reason: "SourceChanged" });
    expect(await room.newWrites()).to.deep.equal([]);
    await restart({});
    await needsPerson();
    await restart({ [PATH]: "rooms" });
    await world.reason(room.id, "Converged");
    expect(await room.status()).to.include({ source: "specs", needsPerson: null });
    expect(await room.entities()).to.deep.equal(["E-01", "E-02"]);
  });

  it("need a person when the source follows the repository of another team, until DELETE", async () => {
    await startWith({});
    const theirs = GitRepository.create({ root: world.repository.root, name: "theirs.git" });
    // The same path, for a room of theirs.
    theirs.commit({ [room.path]: OTHER });
    await restart({ [URL]: world.git.url("theirs.git") });
    await needsPerson();
    expect(await world.delete(`/rooms/${room.id}`)).to.equal(200);
    expect(await world.delete(`/rooms/room-other`)).to.equal(409);
    await isHealthy();
  });

  it("need a person on a branch with a history of its own, and not where a commit removed the file", async () => {
    await startWith({});
    const before = world.repository.head() ?? "";
    world.commit({ [room.path]: null });
    world.repository.point("refs/heads/next", world.repository.head() ?? "");
    world.repository.forceBranch(before);
    await restart({ [BRANCH]: "next" });
    await world.reason(room.id, "Orphaned");
    expect(await room.status()).to.deep.include({ orphaned: true, needsPerson: null });
    await isHealthy();
    await restart({ [BRANCH]: "main" });
    await world.reason(room.id, "Converged");
    const first = world.repository.git("rev-list", "--max-parents=0", "main").trim();
    world.repository.point("refs/heads/apart", first);
    await restart({ [BRANCH]: "apart" });
    await needsPerson();
  });

  it("are quiet where the new place names them all, and where a first sync follows", async () => {
    await startWith({});
    const copy = GitRepository.create({ root: world.repository.root, name: "copy.git" });
    const text = specYaml({ roomId: room.id, version: 2, entities: ["E-01", "E-02"] });
    copy.commit({ "moved.room.yaml": text, "o.room.yaml": OTHER });
    await restart({ [URL]: world.git.url("copy.git") });
    await world.reason(room.id, "Converged");
    await isHealthy();
    expect(await world.audit("room.ownerLost")).to.deep.equal([]);
    copy.commit({ "moved.room.yaml": null });
    await world.reason(room.id, "Orphaned");
    await isHealthy();
  });
});
