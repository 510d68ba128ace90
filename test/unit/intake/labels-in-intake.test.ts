import { expect } from "chai";
import { LabelIntake } from "../../../agent/intake/label-intake.ts";
import { LabelReader } from "../../../agent/intake/label-reader.ts";
import type { LabelQuestion } from "../../../agent/room/label-question.ts";
import { pullRequestKey } from "../../../agent/room/shown-plan.ts";
import { aMergedPullRequest, RULES, type PullStep } from "../../support/a-merged-pull-request.ts";
import { anIntake } from "../../support/an-intake.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { MemoryStore } from "../../support/memory-store.ts";
import { forgeFailure, ScriptedForge } from "../../support/scripted-forge.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const A = "rooms/a.room.yaml";
const specA = (version: number, entities: readonly string[]) =>
  specYaml({ roomId: "room-a", version, entities });
const GONE = ["entity/E-02", "entity/E-03", "entity/E-04"] as const;
const CONFIRMED: readonly PullStep[] = [{ plan: { "room-a": GONE } }, { add: "confirm" }];

async function bench() {
  const clock = new FakeClock();
  const store = new MemoryStore(() => clock.nowMs());
  const forge = new ScriptedForge();
  const options = { source: "specs", store, clock };
  const reader = new LabelReader({ ...options, forge, branch: "main", rules: RULES });
  const told: (readonly LabelQuestion[])[] = [];
  const openLabels = () =>
    LabelIntake.open({ ...options, reader, onQuestions: (open) => told.push(open) });
  const labels = await openLabels();
  const source = new FakeSpecSource();
  source.commit({ [A]: specA(1, entityIds(4)) });
  const intake = await anIntake(source, { store, labels });
  await intake.sync();
  const merge = async (steps: readonly PullStep[]) => {
    const facts = aMergedPullRequest(steps, { mergeSha: source.head });
    forge.merge(facts);
    const { plans } = facts;
    const document = { source: "specs", number: 7, commentId: null, plans };
    const key = pullRequestKey("specs", 7);
    const pins = { labelIds: { confirm: "11" }, ownId: null };
    await store.write([
      { kind: "document", collection: "pullRequest", key, document },
      { kind: "document", collection: "forge", key: "specs", document: pins },
    ]);
  };
  const confirmations = async () =>
    (await store.readConfirmations("room-a", clock.nowMs())).map(
      ({ id, named, items }) => `${id}${named ? "!" : ""} ${items.join(" ")}`,
    );
  const askAgain = () =>
    labels.askAgain(
      {
        apply: (intents) => intake.intake.takeIntents(intents),
        wake: (roomId) => intake.enqueued.push(`woken ${roomId}`),
      },
      new AbortController().signal,
    );
  return {
    ...intake,
    forge,
    labels,
    source,
    merge,
    confirmations,
    askAgain,
    told,
    openLabels,
    store,
  };
}

describe("labels, as an intake reads them", () => {
  it("confirm what was shown, once, with who set them in the audit", async () => {
    const { source, sync, merge, confirmations, store } = await bench();
    source.commit({ [A]: specA(2, ["E-01"]) });
    await merge(CONFIRMED);
    await sync();
    expect(await confirmations()).to.deep.equal([
      `label/7@${source.head}:confirm/room-a! ${GONE.join(" ")}`,
    ]);
    const [record] = (await store.readAudit({ count: 50 })).filter(
      ({ action }) => action === "confirm",
    );
    expect(record?.type).to.equal("command");
    expect(record?.metadata).to.include({
      actor: "bob (id 2)",
      commit: source.head,
      via: "label confirm of pull request #7",
    });
    const row = await store.readSource("specs");
    expect(row?.usedConfirms.known.map(({ commit }) => commit)).to.include(source.head);
  });

  it("that do not count are told on the room, with the reason", async () => {
    const { source, sync, merge, confirmations, room } = await bench();
    source.commit({ [A]: specA(2, ["E-01"]) });
    await merge([{ add: "confirm" }, { plan: { "room-a": GONE } }]);
    await sync();
    expect(await confirmations()).to.deep.equal([]);
    const [ignored] = (await room("room-a")).intentIgnored;
    expect(ignored?.line).to.equal("label confirm of pull request #7");
    expect(ignored?.reason).to.match(/^NoPlanShown: /);
  });

  it("confirm in the first poll on another RoomServer what was shown there, and nothing else", async () => {
    const MOVE = { from: "http://a", to: "http://b", since: "2026-01-02T00:00:00.000Z" };
    for (const isShown of [true, false]) {
      const { source, labels, merge, confirmations, store, room } = await bench();
      source.commit({ [A]: specA(2, ["E-01"]) }, "Shrink\n\nConfirm: room-a");
      await merge(isShown ? CONFIRMED : [{ add: "confirm" }]);
      const { sync } = await anIntake(source, { store, labels, serverMove: MOVE });
      await sync();
      expect(await confirmations()).to.have.length(isShown ? 1 : 0);
      const reasons = (await room("room-a")).intentIgnored.map(({ reason }) => reason);
      expect(reasons.join()).to.include("came with the first poll");
      expect(reasons.some((reason) => reason.startsWith("NoPlanShown: "))).to.equal(!isShown);
    }
  });

  it("hold the room as a dry run, by the label", async () => {
    const { source, sync, merge, room } = await bench();
    source.commit({ [A]: specA(2, ["E-01"]) });
    await merge([{ add: "dry-run" }]);
    await sync();
    expect((await room("room-a")).dryRun).to.deep.equal({
      commit: source.head,
      label: "label dry-run of pull request #7",
    });
  });

  it("that are not known hold removals of the rooms that changed, until they are", async () => {
    const { source, sync, merge, confirmations, askAgain, forge, labels, room, told, enqueued } =
      await bench();
    source.commit({ [A]: specA(2, ["E-01"]) });
    forge.instead = () => forgeFailure({ message: "the forge answered 500" });
    await sync();
    const held = await room("room-a");
    if (held.head === null) throw new Error("no inputs");
    expect(labels.whyUnknown(held, held.head)).to.match(/^the forge answered 500; it is asked/);
    expect(told.at(-1)?.map(({ rooms }) => rooms)).to.deep.equal([["room-a"]]);
    await askAgain();
    expect(labels.questions).to.have.length(1);

    forge.instead = () => null;
    await merge(CONFIRMED);
    enqueued.length = 0;
    await askAgain();
    expect(await confirmations()).to.have.length(1);
    expect(labels.whyUnknown(held, held.head)).to.equal(null);
    expect(told.at(-1)).to.deep.equal([]);
    expect(enqueued.at(-1)).to.equal("woken room-a");
  });

  it("that were not known are asked for after a restart, too", async () => {
    const { source, sync, forge, openLabels, room } = await bench();
    source.commit({ [A]: specA(2, ["E-01"]) });
    forge.instead = () => forgeFailure();
    await sync();
    const labels = await openLabels();
    const row = await room("room-a");
    if (row.head === null) throw new Error("no inputs");
    expect(labels.whyUnknown(row, row.head)).to.not.equal(null);
  });

  it("that come late hold as a dry run what no later commit changed", async () => {
    const { source, sync, merge, askAgain, forge, room } = await bench();
    source.commit({ [A]: specA(2, ["E-01"]) });
    forge.instead = () => forgeFailure();
    await sync();
    forge.instead = () => null;
    await merge([{ add: "dry-run" }]);
    await askAgain();
    expect((await room("room-a")).dryRun?.label).to.equal("label dry-run of pull request #7");
  });

  it("that come late hold what a later commit only broke", async () => {
    const { source, sync, merge, askAgain, forge, room } = await bench();
    source.commit({ [A]: specA(2, ["E-01"]) });
    await merge([{ add: "dry-run" }]);
    forge.instead = () => forgeFailure();
    await sync();
    source.commit({ [A]: "apiVersion: v1\nkind: RoomSpec\nspec: {\n" });
    await sync();
    expect((await room("room-a")).headProblem).to.not.equal(null);
    forge.instead = () => null;
    await askAgain();
    expect((await room("room-a")).dryRun?.label).to.equal("label dry-run of pull request #7");
  });

  it("that come late leave alone what a later commit changed", async () => {
    const { source, sync, merge, askAgain, forge, room, labels } = await bench();
    source.commit({ [A]: specA(2, ["E-01"]) });
    await merge([{ add: "dry-run" }]);
    forge.instead = () => forgeFailure();
    await sync();
    forge.instead = () => null;
    source.commit({ [A]: specA(3, ["E-01", "E-02"]) });
    await sync();
    const row = await room("room-a");
    if (row.head === null) throw new Error("no inputs");
    expect(labels.whyUnknown(row, row.head)).to.equal(null);
    await askAgain();
    expect((await room("room-a")).dryRun).to.equal(null);
    expect(labels.questions).to.deep.equal([]);
  });

  it("hold nothing once the inputs are verified", async () => {
    const { source, sync, forge, labels, room } = await bench();
    source.commit({ [A]: specA(2, ["E-01"]) });
    forge.instead = () => forgeFailure();
    await sync();
    const row = await room("room-a");
    if (row.head === null) throw new Error("no inputs");
    expect(labels.whyUnknown({ ...row, verified: row.head }, row.head)).to.equal(null);
  });
});
