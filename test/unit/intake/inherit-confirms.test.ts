import { expect } from "chai";
import { inheritConfirms } from "../../../agent/intake/inherit-confirms.ts";
import type { SourceRow } from "../../../agent/room/rows.ts";
import { MOST_CONFIRMS } from "../../../agent/room/used-confirms.ts";
import { aSourceRow } from "../../support/a-row.ts";
import { aTrail } from "../../support/a-trail.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryStore } from "../../support/memory-store.ts";

const used = (...commits: readonly string[]) => ({
  known: commits.map((commit, at) => ({ commit, atMs: 1000 - at })),
  forgottenMs: null,
});

const at = (name: string, path = ".") => ({
  name,
  url: "http://127.0.0.1/specs.git",
  ref: "main",
  path,
});

function row(name: string, commits: readonly string[], path = "."): SourceRow {
  return aSourceRow({ ...at(name, path), observedHead: "h1", usedConfirms: used(...commits) });
}

/** The commits that each source knows as used after a start with this configuration, and what was logged. */
async function started(
  stored: readonly SourceRow[],
  configured: Parameters<typeof inheritConfirms>[0],
) {
  const clock = new FakeClock();
  const store = new MemoryStore(() => clock.nowMs());
  await store.write(stored.map((each) => ({ kind: "source", row: each })));
  const lines: string[] = [];
  const log = { warn: (_fields: unknown, line?: string) => lines.push(line ?? "") };
  await inheritConfirms(configured, { store, log: log as never, trail: aTrail({ clock }) });
  const rows = await store.readSources();
  const audit = await store.readAudit({ count: 10 });
  const known = rows.map(({ name, usedConfirms }) => [
    name,
    usedConfirms.known.map(({ commit }) => commit).sort(),
  ]);
  return { known: Object.fromEntries(known), rows, lines, audit };
}

describe("commits with a Confirm that sources have read", () => {
  for (const { name, stored, configured, want } of [
    {
      name: "stay with each of two sources that are as they were",
      stored: [row("a", ["1"]), row("b", ["2"], "b")],
      configured: [at("a"), at("b", "b")],
      want: { a: ["1"], b: ["2"] },
    },
    {
      name: "go to all others from a source that is gone",
      stored: [row("a", ["1"]), row("b", ["2"], "b"), row("gone", ["3"])],
      configured: [at("a"), at("b", "b")],
      want: { a: ["1", "3"], b: ["2", "3"], gone: ["3"] },
    },
    {
      name: "go to the new name of a source",
      stored: [row("old", ["1"])],
      configured: [at("new")],
      want: { old: ["1"], new: ["1"] },
    },
    {
      name: "stay with a source that is elsewhere now, and go to the others",
      stored: [row("a", ["1"]), row("b", ["2"], "b")],
      configured: [at("a", "rooms"), at("b", "b")],
      want: { a: ["1"], b: ["1", "2"] },
    },
    {
      name: "go along where two sources swap their names",
      stored: [row("a", ["1"]), row("b", ["2"], "b")],
      configured: [at("a", "b"), at("b")],
      want: { a: ["1", "2"], b: ["1", "2"] },
    },
    {
      name: "go to a source that gets a name which another one had",
      stored: [row("a", ["1"])],
      configured: [at("a", "other"), at("new")],
      want: { a: ["1"], new: ["1"] },
    },
  ]) {
    it(name, async () => {
      expect((await started(stored, configured)).known).to.deep.equal(want);
    });
  }

  it("are taken over without the head of another place", async () => {
    const { rows } = await started([row("a", ["1"])], [at("a", "rooms")]);
    expect(rows[0]).to.deep.include({ path: "rooms", observedHead: null });
  });

  it("leave the head of a source that follows another ref of the same place, and what it was found at", async () => {
    const tags = { ...at("a"), ref: "semver ^1" };
    const { rows, known } = await started([row("a", ["1"])], [tags]);
    const head = { observedHead: "h1", observedName: "main" };
    expect(rows[0]).to.deep.include({ ref: "semver ^1", ...head });
    expect(known).to.deep.equal({ a: ["1"] });
  });

  it("leave the head of a source that is as it was", async () => {
    const { rows } = await started([row("a", []), row("gone", ["1"])], [at("a")]);
    expect(rows[0]).to.deep.include({ name: "a", observedHead: "h1" });
  });

  it("are forgotten aloud where they are too many together", async () => {
    const many = Array.from({ length: MOST_CONFIRMS }, (_, each) => `${each}`);
    const { lines, audit, rows } = await started(
      [row("a", many), row("gone", ["more"])],
      [at("a")],
    );
    expect(lines).to.deep.equal(["used confirmations forgotten"]);
    expect(audit.map(({ action }) => action)).to.deep.equal(["source.confirmsForgotten"]);
    expect(rows[0]?.usedConfirms.forgottenMs).to.be.a("number");
  });
});
