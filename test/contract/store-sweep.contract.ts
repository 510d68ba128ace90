import { expect } from "chai";
import { toIso } from "../../agent/kernel/clock.ts";
import type { Action } from "../../agent/plan/plan.ts";
import { KEPT_VERIFIED } from "../../agent/store/store.ts";
import type { StoreChange } from "../../agent/store/store.ts";
import {
  aConfirmation,
  aFileRow,
  aHistoryRow,
  anAuditRecord,
  anInput,
  anIntent,
  aQuarantine,
  aRoomRow,
  ROW_MS,
} from "../support/a-row.ts";
import { anArtifact, aRoomSpec } from "../support/a-room-spec.ts";
import type { StoreContext } from "./store-context.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What the sweep takes and what it leaves. */
export function sweepFacts(context: StoreContext): void {
  const bytes = Uint8Array.of(1, 2, 3);
  const spec = (specOid: string): StoreChange => ({
    kind: "spec",
    specOid,
    text: bytes,
    spec: aRoomSpec(),
  });
  const seed = (oid: string): StoreChange => ({ kind: "seed", oid, bytes });
  const keptSpecs = async (oids: readonly string[]) => {
    const kept: string[] = [];
    for (const oid of oids) {
      const parsed = await context.store.readSpec(oid);
      const text = await context.store.readSpecText(oid);
      expect(parsed === null, `text and parsed form of ${oid} go together`).to.equal(text === null);
      if (parsed !== null) kept.push(oid);
    }
    return kept;
  };
  const keptSeeds = async (oids: readonly string[]) => {
    const kept: string[] = [];
    for (const oid of oids) if ((await context.store.readSeed(oid)) !== null) kept.push(oid);
    return kept;
  };

  describe("the sweep of blobs", () => {
    const names = ["head", "enforced", "earlier", "verified", "file", "nobody"];

    it("leaves what a room's head, enforced (now and before) and verified inputs or a file need", async () => {
      await context.store.write([
        ...names.map((name) => spec(`spec-${name}`)),
        ...names.map((name) => seed(`seed-${name}`)),
        {
          kind: "room",
          row: aRoomRow({
            head: anInput("head", ["seed-head"]),
            enforced: anInput("enforced", ["seed-enforced"]),
            enforcedBefore: anInput("earlier", ["seed-earlier"]),
            verified: anInput("verified", ["seed-verified"]),
          }),
        },
        { kind: "file", row: aFileRow({ inputs: anInput("file", ["seed-file"]) }) },
      ]);
      await context.clock.advance(DAY_MS);
      await context.store.sweep(0);
      const kept = names.slice(0, 5);
      expect(await keptSpecs(names.map((name) => `spec-${name}`))).to.deep.equal(
        kept.map((name) => `spec-${name}`),
      );
      expect(await keptSeeds(names.map((name) => `seed-${name}`))).to.deep.equal(
        kept.map((name) => `seed-${name}`),
      );
    });

    it("leaves the seeds that an undo has still to put back, and only as long as it has", async () => {
      const artifact = anArtifact("notes");
      const old: Action = {
        kind: "seed",
        item: "artifact/notes",
        artifact,
        oid: "seed-old",
        fingerprint: "f00",
      };
      const of: Action = { kind: "delete", item: "artifact/notes", previous: { name: "notes" } };
      const pending = [{ of, actions: [old], wasOurs: true }];
      await context.store.write([
        seed("seed-old"),
        { kind: "room", row: aRoomRow({ quarantine: aQuarantine({ pending }) }) },
      ]);
      await context.clock.advance(DAY_MS);
      await context.store.sweep(0);
      expect(await keptSeeds(["seed-old"])).to.deep.equal(["seed-old"]);
      const undone = aRoomRow({ version: 1, quarantine: aQuarantine() });
      await context.store.write([{ kind: "room", row: undone }]);
      await context.store.sweep(0);
      expect(await keptSeeds(["seed-old"])).to.deep.equal([]);
    });

    it("takes what the newest rows need no more, and nothing that another row still needs", async () => {
      const first = anInput("first", ["seed-both", "seed-first"]);
      const second = anInput("second", ["seed-both", "seed-second"]);
      await context.store.write([
        ...["spec-first", "spec-second", "spec-gone"].map(spec),
        ...["seed-both", "seed-first", "seed-second"].map(seed),
        { kind: "room", row: aRoomRow({ head: first, enforced: first, verified: first }) },
        { kind: "file", row: aFileRow({ inputs: anInput("gone") }) },
        { kind: "file", row: aFileRow({ path: "other", inputs: second }) },
      ]);
      await context.store.write([
        { kind: "room", row: aRoomRow({ version: 1, head: second, enforced: second }) },
        { kind: "fileGone", source: "main", path: aFileRow().path },
      ]);
      await context.clock.advance(DAY_MS);
      const store = await context.reopen();
      await store.sweep(0);
      expect(await keptSpecs(["spec-first", "spec-second", "spec-gone"])).to.deep.equal([
        "spec-second",
      ]);
      expect(await keptSeeds(["seed-both", "seed-first", "seed-second"])).to.deep.equal([
        "seed-both",
        "seed-second",
      ]);
    });

    it("leaves the spec texts of history that is not past its limit, and of no other", async () => {
      const told = (name: string, ms: number) =>
        aHistoryRow({ specOid: name, inputsDigest: name, time: toIso(ROW_MS + ms) });
      const rows = [told("old", -1), told("new", 0), told("last", -1)];
      await context.store.write([
        ...["old", "new", "last", "nobody"].map(spec),
        seed("new"),
        ...rows.map((row) => ({ kind: "history" as const, row })),
      ]);
      await context.clock.advance(DAY_MS);
      await context.store.sweep(ROW_MS);
      expect(await keptSpecs(["old", "new", "last", "nobody"])).to.deep.equal(["new"]);
      expect(await keptSeeds(["new"])).to.deep.equal([]);
      // The row tells of its text for longer than the text is there.
      expect(await context.store.readHistory("room-harbor7")).to.deep.equal([rows[2], rows[1]]);
    });

    it("leaves what was handed in within the last hour, even if it was there long before", async () => {
      await context.store.write([spec("old"), spec("again"), seed("old"), seed("again")]);
      await context.clock.advance(DAY_MS);
      await context.store.write([spec("again"), spec("new"), seed("again"), seed("new")]);
      await context.clock.advance(HOUR_MS - 60_000);
      await context.store.sweep(0);
      expect(await keptSpecs(["old", "again", "new"])).to.deep.equal(["again", "new"]);
      expect(await keptSeeds(["old", "again", "new"])).to.deep.equal(["again", "new"]);
    });

    it("never takes a blob and its row apart when both come while it works", async () => {
      const oids = Array.from({ length: 1200 }, (_, index) => `old-${index}`);
      await context.store.write(oids.map(spec));
      await context.clock.advance(DAY_MS);
      const sweeping = context.store.sweep(0);
      const last = oids.at(-1) ?? "";
      await context.store.write([
        spec(last),
        { kind: "room", row: aRoomRow({ head: { ...anInput(), specOid: last } }) },
      ]);
      await sweeping;
      const room = await context.store.readRoom("room-harbor7");
      expect(await keptSpecs([room?.head?.specOid ?? ""])).to.deep.equal([last]);
      expect(await keptSpecs(oids.slice(0, -1))).to.deep.equal([]);
    });
  });

  describe("the sweep of records", () => {
    const at = (ms: number) => toIso(ROW_MS + ms);

    it("takes audit older than its limit, all of it, and leaves the rest", async () => {
      const record = (ms: number) => anAuditRecord({ timestamp: at(ms), action: `at.${ms}` });
      const times = [...Array.from({ length: 1300 }, (_, index) => index - 1300), 0, 1, -1];
      await context.store.write(times.map((ms) => ({ kind: "audit", record: record(ms) })));
      await context.store.sweep(ROW_MS);
      expect(await context.store.readAudit({ count: 9 })).to.deep.equal([record(0), record(1)]);
    });

    it("never takes an open intent, however old", async () => {
      await context.store.write([
        { kind: "intent", row: anIntent({ id: "open", createdAt: at(-DAY_MS) }) },
      ]);
      await context.store.sweep(ROW_MS);
      expect((await context.store.readOpenIntents()).map((row) => row.id)).to.deep.equal(["open"]);
    });

    it("takes confirmations that expired before its limit", async () => {
      await context.store.write([
        { kind: "confirmation", row: aConfirmation({ id: "old", expiresAt: at(-1) }) },
        { kind: "confirmation", row: aConfirmation({ id: "new", expiresAt: at(0) }) },
      ]);
      await context.store.sweep(ROW_MS);
      const rows = await context.store.readConfirmations("room-harbor7", 0);
      expect(rows.map((row) => row.id)).to.deep.equal(["new"]);
    });

    const row = (inputsDigest: string, outcome: "verified" | "applied", ms = -DAY_MS) =>
      aHistoryRow({ inputsDigest, outcome, time: at(ms) });
    const later = Array.from({ length: KEPT_VERIFIED }, (_, index) =>
      row(`later-${index}`, "verified"),
    );

    it("leaves of old history the last row and what proves the enforced and verified inputs", async () => {
      const rows = [
        row("digest-1", "verified"),
        row("digest-1", "applied"),
        row("digest-2", "verified"),
        row("digest-3", "verified"),
        row("digest-4", "applied", 0),
        row("digest-5", "applied", -1),
        ...later,
        row("digest-6", "applied", -1),
      ];
      const lonely = aHistoryRow({ roomId: "room-lonely", time: at(-DAY_MS) });
      await context.store.write([
        { kind: "room", row: aRoomRow({ enforced: anInput("1"), verified: anInput("2") }) },
        ...[...rows, lonely].map((each) => ({ kind: "history" as const, row: each })),
      ]);
      await context.store.sweep(ROW_MS);
      const kept = [rows[0], rows[2], rows[4], ...rows.slice(6)];
      expect(await context.store.readHistory("room-harbor7")).to.deep.equal(kept.toReversed());
      expect(await context.store.readHistory("room-lonely")).to.deep.equal([lonely]);
    });

    it("leaves of each room the newest verified rows, however old, and no more of them", async () => {
      const rows = [row("digest-1", "verified"), ...later, row("digest-2", "applied", 0)];
      const lonely = aHistoryRow({ roomId: "room-lonely", outcome: "verified", time: at(-DAY_MS) });
      const last = aHistoryRow({ roomId: "room-lonely", time: at(0) });
      await context.store.write(
        [...rows, lonely, last].map((each) => ({ kind: "history", row: each })),
      );
      await context.store.sweep(ROW_MS);
      const kept = rows.slice(1).toReversed();
      expect(await context.store.readHistory("room-harbor7")).to.deep.equal(kept);
      expect(await context.store.readHistory("room-lonely")).to.deep.equal([last, lonely]);
    });

    it("ends early, and not in an error, when the store is closed", async () => {
      const old = anAuditRecord({ timestamp: at(-DAY_MS) });
      const changes = Array.from({ length: 2000 }, () => ({ kind: "audit" as const, record: old }));
      await context.store.write(changes);
      const sweeping = context.store.sweep(ROW_MS);
      await context.store.close();
      await sweeping;
    });

    it("can be asked for twice at once, and finds nothing to do in an empty store", async () => {
      await Promise.all([context.store.sweep(ROW_MS), context.store.sweep(ROW_MS)]);
      expect(await context.store.readAudit({ count: 1 })).to.deep.equal([]);
    });
  });
}
