import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { RoomStory } from "../../support/room-story.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const EVIL = "evil.room.yaml";
const ALLOWED = "Git__Sources__1__AllowedRooms__0";

/** Two sources: `specs` may manage every room, `evil` only `evil-*`. */
describe("a source that may not manage a room", () => {
  let world: AgentWorld;
  let evil: GitRepository;
  let room: RoomStory;

  beforeEach(async () => {
    world = await AgentWorld.create({
      Git__Sources__1__Name: "evil",
      Git__Sources__1__IntervalSeconds: "0.2",
      [ALLOWED]: "evil-*",
    });
    evil = GitRepository.create({ root: world.repository.root, name: "evil.git" });
    evil.commit({ "own.room.yaml": specYaml({ roomId: "evil-own" }) });
    world.commit({ "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }) });
    room = new RoomStory(world, "room-new01");
  });

  afterEach(async () => {
    await world.remove();
  });

  const start = (env: Record<string, string> = {}) =>
    world.start({ Git__Sources__1__Url: world.git.url("evil.git"), ...env });
  const claim = (roomId = room.id) => {
    evil.commit({ [EVIL]: specYaml({ roomId, entities: ["E-evil"] }) });
    return refused();
  };
  const refused = () =>
    eventually("the claim of evil is refused", async () => {
      const source = (await world.status()).sources.find(({ name }) => name === "evil");
      const head = `main@sha1:${evil.head()}`;
      if (source?.observedRevision !== head) return undefined;
      return source.specErrors.find(({ message }) => message.startsWith("RoomNotAllowed"));
    });
  const specErrors = async (name: string) =>
    (await world.status()).sources.find((source) => source.name === name)?.specErrors ?? [];

  it("claims nothing when it comes first: the one that may has the room, and keeps it", async () => {
    await start();
    const { path, message } = await claim();
    expect(path).to.equal(EVIL);
    expect(message).to.include(room.id).and.include("AllowedRooms");
    expect((await world.get(`/status/rooms/${room.id}`)).status).to.equal(404);
    // The store shows the claim a moment before the index of files does, which explain asks.
    const explained = await eventually("the claim is explained", async () => {
      const { status, body } = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
      return status === 200 ? body : undefined;
    });
    expect(explained.blockedBy.map(({ reason }) => reason)).to.deep.equal(["RoomNotAllowed"]);
    const health = await world.text("/health");
    expect(health).to.include("degraded").and.include("RoomNotAllowed");
    room.commit({ entities: ["E-01"] });
    await world.verified(room.id);
    expect(await room.status()).to.include({ source: "specs" });
    expect(await specErrors("specs")).to.deep.equal([]);
    await room.driftOut("E-01");
    await eventually("drift is corrected", async () => (await room.entities()).includes("E-01"));
    world.commit({ [room.path]: null });
    await eventually("orphaned", async () => (await room.status()).orphaned);
    expect(await world.writes(room.id)).to.not.include("join E-evil");
    room.commit({ entities: ["E-01"] });
    await eventually("back", async () => (await room.status()).source === "specs");
    evil.commit({ [EVIL]: null });
    await eventually("no error is left", async () => (await specErrors("evil")).length === 0);
    await eventually("the end is logged", () =>
      Promise.resolve(world.said.includes("spec files have no more errors")),
    );
  });

  it("claims nothing in a first start, by a changed id, and by an unreadable file", async () => {
    evil.commit({
      [EVIL]: specYaml({ roomId: room.id, entities: ["E-evil"] }),
      "broken.room.yaml": `metadata: [\nspec:\n  roomId: ${room.id}\n`,
      "unreadable.room.yaml": "{{{",
    });
    room.commit({ entities: ["E-01"] });
    await start();
    await world.verified(room.id);
    evil.commit({ "own.room.yaml": specYaml({ roomId: room.id, entities: ["E-evil"] }) });
    await eventually("evil-own is an orphan or held", async () => {
      const errors = await specErrors("evil");
      return errors.filter(({ message }) => message.startsWith("RoomNotAllowed")).length >= 2;
    });
    world.commit({ [room.path]: null });
    await eventually(
      "orphaned, whatever evil cannot read",
      async () => (await room.status()).orphaned,
    );
    expect(await world.writes(room.id)).to.deep.equal(["join E-01"]);
  });

  it("neither ends nor blocks a posted spec, an orphan, or the seeds of others", async () => {
    evil.commit({ "seeds/a.md": "evil words" });
    await start();
    await claim();
    const text = specYaml({ roomId: room.id, entities: ["E-01"], artifacts: ["a"] });
    // Seeds of a posted spec are read from a source that has been fetched: before that /apply answers 503.
    await world.verified("room-anchor");
    const answer = await world.applyYaml(text, {}, "?source=evil");
    expect([answer.status, answer.body["code"]]).to.deep.equal([409, "RoomNotAllowed"]);
    expect((await world.applyYaml(text, {}, "?source=specs")).status).to.equal(200);
    expect(await room.status()).to.include({ source: "api" });
    evil.commit({ [EVIL]: specYaml({ roomId: room.id, version: 2, entities: ["E-evil"] }) });
    await refused();
    expect(await room.status()).to.include({ source: "api" });
    await room.driftOut("E-01");
    await eventually("drift is corrected", async () => (await room.entities()).includes("E-01"));
    expect(await world.delete(`/rooms/${room.id}`)).to.equal(200);
    expect(await room.status()).to.include({ source: null, orphaned: true });
    evil.commit({ [EVIL]: specYaml({ roomId: room.id, version: 3, entities: ["E-evil"] }) });
    await refused();
    expect(await room.status()).to.include({ source: null, orphaned: true });
    expect(await world.delete(`/rooms/${room.id}`)).to.equal(200);
    expect((await world.get(`/status/rooms/${room.id}`)).status).to.equal(404);
    expect(await world.writes(room.id)).to.not.include("join E-evil");
  });

  it("confirms nothing and rehearses nothing of a room by name", async () => {
    room.commit({ entities: ["E-01", "E-02", "E-03", "E-04"] });
    await start();
    await world.verified(room.id);
    await claim();
    room.commit({ version: 2, entities: ["E-01"] });
    await world.reason(room.id, "ChangeThresholdExceeded");
    evil.commit({}, { message: `Speak\n\nConfirm: ${room.id}` });
    evil.commit({}, { message: `Speak\n\nDry-Run: ${room.id}` });
    await refused();
    expect(await room.entities()).to.have.length(4);
    expect((await room.status()).dryRun).to.equal(null);
    expect((await world.audit("confirm")).length).to.equal(0);
  });

  it("loses a room that it had, to the one that may manage it and names it too", async () => {
    evil.commit({ [EVIL]: specYaml({ roomId: room.id, entities: ["E-01"] }) });
    await start({ [ALLOWED]: "*" });
    await eventually("evil has the room", async () => (await room.status()).source === "evil");
    room.commit({ entities: ["E-01", "E-02"] });
    await eventually("specs is refused", async () => (await specErrors("specs")).length > 0);
    await world.stop();
    await world.start({ [ALLOWED]: "evil-*" });
    await eventually("specs has the room", async () => {
      const { source, conditions } = await room.status();
      return source === "specs" && conditions[0]?.reason === "Converged";
    });
    expect(await specErrors("specs")).to.deep.equal([]);
    expect(await room.entities()).to.deep.equal(["E-01", "E-02"]);
  });

  it("has a room back at the next start that allows it again, in passive mode too", async () => {
    evil.commit({ [EVIL]: specYaml({ roomId: room.id, entities: ["E-01"] }) });
    const passive = { Operator__Reconciliation__StateConsistency__Mode: "passive" };
    await start({ [ALLOWED]: "*", ...passive });
    await world.reason(room.id, "Converged");
    await world.stop();
    await world.start({ [ALLOWED]: "evil-*" });
    const { conditions, source, lostOwner } = await room.status();
    expect(conditions[0]).to.include({ status: "False", reason: "RoomNotAllowed" });
    expect([source, lostOwner?.source]).to.deep.equal([null, "evil"]);
    await world.stop();
    await world.start({ [ALLOWED]: "*" });
    const back = await world.reason(room.id, "Converged");
    expect([back.source, back.lostOwner]).to.deep.equal(["evil", undefined]);
  });
});
