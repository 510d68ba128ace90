import { expect } from "chai";
import { acceptHead } from "../../../agent/intake/accept-head.ts";
import { aSourceRow } from "../../support/a-row.ts";
import { aTrail } from "../../support/a-trail.ts";
import { anIntake } from "../../support/an-intake.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const [OLD, NEW, OTHER] = ["a".repeat(40), "b".repeat(40), "c".repeat(40)];
const deps = { trail: aTrail() };
const request = { head: NEW, actor: "http 127.0.0.1", correlationId: "id-1" };
const waiting = (head: string, accepted = false) =>
  aSourceRow({
    observedHead: OLD,
    unrelated: { head, whole: true, message: "no commit shared", after: null, accepted },
  });

describe("acceptHead", () => {
  it("stores the acceptance with a record that names who asked", () => {
    const { answer, update } = acceptHead(waiting(NEW), request, deps);
    expect(answer).to.deep.equal({ kind: "accepted", from: OLD, to: NEW });
    expect(update?.row.unrelated).to.include({ head: NEW, accepted: true });
    const [change] = update?.changes ?? [];
    expect(change?.kind === "audit" ? change.record : null).to.deep.include({
      type: "command",
      action: "source.accepted",
      metadata: { actor: request.actor, source: "main", from: OLD, to: NEW },
    });
  });

  for (const { name, row, want } of [
    { name: "another head", row: waiting(OTHER), want: { kind: "stale", head: OTHER } },
    { name: "a source in order", row: aSourceRow(), want: { kind: "notPending" } },
    {
      name: "the same a second time",
      row: waiting(NEW, true),
      want: { kind: "accepted", from: OLD, to: NEW },
    },
  ] as const) {
    it(`changes nothing: ${name}`, () => {
      expect(acceptHead(row, request, deps)).to.deep.equal({ answer: want, update: null });
    });
  }
});

describe("an unrelated head of a source", () => {
  const files = (entities: readonly string[]) => ({
    "a.room.yaml": specYaml({ roomId: "room-a", entities: [...entities] }),
  });

  it("is read once, kept over a restart, and ingested with what is built on it once accepted", async () => {
    const source = new FakeSpecSource();
    const first = source.commit(files(["E-01"]));
    const { sync, store } = await anIntake(source);
    await sync();
    const stranger = source.begin(files(["S-01"]));
    expect(await sync()).to.include({ kind: "failed", reason: "UnrelatedHistory" });
    const restarted = await anIntake(source, { store });
    expect(restarted.intake.heldAt(stranger)).to.include({ reason: "UnrelatedHistory" });
    expect((await restarted.room("room-a")).head?.revision).to.equal(`main@sha1:${first}`);

    expect(await restarted.intake.accept({ ...request, head: first })).to.include({
      kind: "stale",
    });
    await restarted.intake.accept({ ...request, head: stranger });
    const later = await anIntake(source, { store });
    expect(later.intake.heldAt(stranger), "kept over a restart").to.equal(null);
    const next = source.commit(files(["S-01", "S-02"]), "More\n\nConfirm: room-a\n");
    expect(await later.sync()).to.deep.equal({ kind: "synced", head: next });
    const room = await later.room("room-a");
    expect(room.rewritten).to.include({ from: `main@sha1:${first}`, to: `main@sha1:${next}` });
    expect(await store.readConfirmations("room-a", 0), "no word of it counts").to.deep.equal([]);
    expect((await store.readSource("specs"))?.unrelated).to.equal(null);
  });

  it("is doubted again when the branch moves to another one before anybody accepted", async () => {
    const source = new FakeSpecSource();
    source.commit(files(["E-01"]));
    const { sync, intake, store } = await anIntake(source);
    await sync();
    const one = source.begin(files(["S-01"]));
    await sync();
    await intake.accept({ ...request, head: one });
    const two = source.begin(files(["T-01"]));
    expect(await sync()).to.include({ reason: "UnrelatedHistory" });
    expect((await store.readSource("specs"))?.unrelated).to.include({ head: two, accepted: false });
  });
});
