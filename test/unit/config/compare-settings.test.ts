import { expect } from "chai";
import { compareSettings } from "../../../agent/config/compare-settings.ts";
import { describeKeys } from "../../../agent/config/describe.ts";
import { RELOAD_NAMES, reloadRuleOf } from "../../../agent/config/reload-rules.ts";
import { loadSettings, settingAt } from "../../support/load-settings.ts";

const A = { Name: "a", Url: "https://git.test/a.git" };
const B = { Name: "b", Url: "https://git.test/b.git" };

async function compared(before: unknown, next: unknown) {
  const [old, fresh] = [await loadSettings(before), await loadSettings(next)];
  if (!old.ok || !fresh.ok) throw new Error(JSON.stringify([old, fresh]));
  return compareSettings(old.settings, fresh.settings);
}

function withSources(...Sources: readonly unknown[]): unknown {
  return { Git: { Sources } };
}

describe("compareSettings", () => {
  it("has an answer for every key of the schema", () => {
    const undecided = describeKeys().filter(({ key }) => reloadRuleOf(key) === undefined);
    expect(undecided.map(({ key }) => key)).to.deep.equal([]);
  });

  it("has no answer for a key that is not in the schema", () => {
    const names = new Set(describeKeys().map(({ key }) => key.split("[")[0]));
    expect(RELOAD_NAMES.filter((name) => !names.has(name))).to.deep.equal([]);
  });

  it("refuses a key that nobody has decided", async () => {
    const presence = (mode: string) => settingAt("RoomServer.EntityPresence", { mode });
    const found = await compared(presence("a"), presence("b"));
    expect(found.kind).to.equal("refused");
    expect(reloadRuleOf("Operator.Unheard")).to.equal(undefined);
    expect(reloadRuleOf("constructor")).to.equal(undefined);
  });

  it("finds no difference in what another file writes in another way", async () => {
    const other = { Git: { Sources: [{ ...A, IntervalSeconds: 10 }] }, Logging: {} };
    expect(await compared(withSources(A), other)).to.deep.equal({ kind: "none" });
  });

  for (const [name, next, want] of [
    ["an added source", [A, B], ["added Git.Sources[1] b"]],
    ["a removed source", [], ["removed Git.Sources[0] a"]],
    [
      "a renamed source",
      [{ ...A, Name: "c" }],
      ["removed Git.Sources[0] a", "added Git.Sources[0] c"],
    ],
    [
      "each changed key of a source, at its place in the new file",
      [B, { ...A, IntervalSeconds: 5, Limits: { Depth: 3 }, AllowedRooms: ["x"] }],
      [
        "added Git.Sources[0] b",
        "changed Git.Sources[1].IntervalSeconds a",
        "changed Git.Sources[1].AllowedRooms a",
        "changed Git.Sources[1].Limits.Depth a",
      ],
    ],
  ] as const) {
    it(`allows ${name}`, async () => {
      const found = await compared(withSources(A), withSources(...next));
      expect(found.kind).to.equal("live");
      const changes = found.kind === "none" ? [] : found.changes;
      expect(changes.map(({ what, key, source }) => `${what} ${key} ${source}`)).to.deep.equal(
        want,
      );
    });
  }

  it("allows sources in another order, as that is the order of the status", async () => {
    const found = await compared(withSources(A, B), withSources(B, A));
    expect(found).to.deep.equal({
      kind: "live",
      changes: [{ what: "reordered", key: "Git.Sources", source: null }],
    });
  });

  for (const [key, value] of [
    ["Operator.Reconciliation.IntervalSeconds", 9],
    ["Operator.Reconciliation.Guardrails.MaxEntitiesKickPerCycle", 9],
    ["Operator.Rollback.Mode", "off"],
    ["Operator.SyncWindowOverride.AllowedPersons", ["a@example.org"]],
    ["Logging.Level", "debug"],
  ] as const) {
    it(`allows ${key}`, async () => {
      const changes = [{ what: "changed", key, source: null }];
      expect(await compared({}, settingAt(key, value))).to.deep.equal({ kind: "live", changes });
    });
  }

  for (const [key, value, why] of [
    ["HttpApi.Port", 1234, "already listens"],
    ["HttpApi.Host", "0.0.0.0", "already listens"],
    ["Store.Path", "./other", "data folder"],
    ["RoomServer.BaseUrl", "http://rooms.test", "RoomServer"],
    ["Auth.TokenFile", "./token", "TokenFile"],
    ["Operator.Name", "other", "log"],
    ["Operator.Reconciliation.ParallelRooms", 9, "workers"],
  ] as const) {
    it(`refuses ${key} with the reason`, async () => {
      const found = await compared({}, settingAt(key, value));
      if (found.kind !== "refused") throw new Error(found.kind);
      const [problem, ...others] = found.problems;
      expect(others).to.deep.equal([]);
      expect(problem?.key).to.equal(key);
      expect(problem?.message)
        .to.match(/^cannot change while the agent runs: /)
        .and.to.contain(why);
    });
  }

  it("names every key that stands in the way, next to changes that would be possible", async () => {
    const next = { ...Object(withSources(A)), HttpApi: { Port: 1 }, Store: { RetentionDays: 3 } };
    const found = await compared({}, next);
    if (found.kind !== "refused") throw new Error(found.kind);
    expect(found.problems.map(({ key }) => key)).to.deep.equal([
      "HttpApi.Port",
      "Store.RetentionDays",
    ]);
    expect(found.changes.map(({ key }) => key)).to.include("Git.Sources[0]");
  });

  it("quotes no value, as it may be a secret", async () => {
    const auth = (Token: string) => ({ ...A, Auth: { Kind: "token", Token } });
    const found = await compared(withSources(auth("geheim-1")), withSources(auth("geheim-2")));
    expect(found.kind).to.equal("live");
    expect(JSON.stringify(found)).not.to.contain("geheim");
  });
});
