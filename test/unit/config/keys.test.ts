import { expect } from "chai";
import { accepted, refused, settingAt, withSource } from "../../support/load-settings.ts";
import type { Config, SourceConfig } from "../../../agent/config/config.ts";
import { revealed } from "../../support/revealed.ts";

type Row = readonly [
  key: string,
  value: unknown,
  got: (config: Config) => unknown,
  want: unknown,
  bad: readonly unknown[],
];

const AGENT: readonly Row[] = [
  [
    "RoomServer.BaseUrl",
    "https://r.test/base/",
    (c) => c.roomServer.baseUrl,
    "https://r.test/base",
    ["r.test", "ftp://r", "http://u@r", "http://u:p@r/", "http://r?x=1", "http://r#x", "", 5],
  ],
  [
    "RoomServer.Protocol",
    "operator-rest",
    (c) => c.roomServer.protocol,
    "operator-rest",
    ["hub", "Operator-Rest"],
  ],
  [
    "RoomServer.RoomIdPattern",
    "^room-[a-z]+$",
    (c) => c.roomServer.roomIdPattern.source,
    "^(?:room-[a-z]+)$",
    ["room", "^(", "^a", "^($", "^a\\$"],
  ],
  ["RoomServer.TimeoutSeconds", 0.5, (c) => c.roomServer.timeoutMs, 500, [0, -1, 3601, "5"]],
  ["RoomServer.UploadTimeoutSeconds", 7, (c) => c.roomServer.uploadTimeoutMs, 7000, [0, null]],
  ["Auth.TokenType", "Token", (c) => c.auth.tokenType, "Token", ["", "Bearer x", "a\nb"]],
  ["Auth.Token", "abc", (c) => revealed(c.auth.token), "abc", ["a b", "a\n", "ä", 7]],
  ["Auth.TokenFile", "/etc/t", (c) => revealed(c.auth.token), "/etc/t", ["", "a\n", 7]],
  ["Operator.Name", "agent.7", (c) => c.operator.name, "agent.7", ["", " a", "a b", "a\n"]],
  ["Operator.Version", "2.0.0-rc.1+5", (c) => c.operator.version, "2.0.0-rc.1+5", ["", "1 2"]],
  ["Operator.Features.Resources", true, (c) => c.operator.features.resources, true, ["true", 1]],
  [
    "Operator.Reconciliation.IntervalSeconds",
    0.25,
    (c) => c.operator.reconciliation.intervalMs,
    250,
    [0, 86_401],
  ],
  [
    "Operator.Reconciliation.ParallelRooms",
    10,
    (c) => c.operator.reconciliation.parallelRooms,
    10,
    [0, 1.5, 257],
  ],
  [
    "Operator.Reconciliation.RateLimitPerSecond",
    0,
    (c) => c.operator.reconciliation.rateLimitPerSecond,
    0,
    [-1, "fast"],
  ],
  [
    "Operator.Reconciliation.StateConsistency.Mode",
    "passive",
    (c) => c.operator.reconciliation.stateConsistency.mode,
    "passive",
    ["off"],
  ],
  [
    "Operator.Reconciliation.StateConsistency.StaleTolerance",
    "1.5m",
    (c) => c.operator.reconciliation.stateConsistency.staleToleranceMs,
    90_000,
    ["5", 5, "5 s", "-5s", "5d", "2h", "1e3s", ""],
  ],
  [
    "Operator.Reconciliation.StateConsistency.ReadBeforeApply",
    false,
    (c) => c.operator.reconciliation.stateConsistency.readBeforeApply,
    false,
    ["no"],
  ],
  [
    "Operator.Reconciliation.Guardrails.MaxEntitiesKickPerCycle",
    0,
    (c) => c.operator.reconciliation.guardrails.maxEntitiesKickPerCycle,
    0,
    [-1, 0.5],
  ],
  [
    "Operator.Reconciliation.Guardrails.MaxArtifactsDeletePerCycle",
    3,
    (c) => c.operator.reconciliation.guardrails.maxArtifactsDeletePerCycle,
    3,
    [-1, null],
  ],
  [
    "Operator.Reconciliation.Guardrails.ChangeThreshold",
    1,
    (c) => c.operator.reconciliation.guardrails.changeThreshold,
    1,
    [1.01, -0.1, "50%"],
  ],
  [
    "Operator.Reconciliation.Guardrails.RequireConfirmHeader",
    false,
    (c) => c.operator.reconciliation.guardrails.requireConfirmHeader,
    false,
    [0],
  ],
  [
    "Operator.Reconciliation.Guardrails.OnLimit",
    "refuse",
    (c) => c.operator.reconciliation.guardrails.onLimit,
    "refuse",
    ["stop"],
  ],
  [
    "Operator.Reconciliation.ConvergenceTracking.Enabled",
    false,
    (c) => c.operator.reconciliation.convergenceTracking.enabled,
    false,
    ["yes"],
  ],
  [
    "Operator.Reconciliation.ConvergenceTracking.MaxCyclesUntilConverged",
    2,
    (c) => c.operator.reconciliation.convergenceTracking.maxCyclesUntilConverged,
    2,
    [0],
  ],
  ["Operator.Retry.MaxAttempts", 1, (c) => c.operator.retry.maxAttempts, 1, [0, 101]],
  ["Operator.Retry.InitialDelayMs", 0, (c) => c.operator.retry.initialDelayMs, 0, [-1]],
  ["Operator.Retry.MaxDelayMs", 100, (c) => c.operator.retry.maxDelayMs, 100, [99, -1]],
  ["Operator.Retry.JitterFactor", 0, (c) => c.operator.retry.jitterFactor, 0, [1.1]],
  ["Operator.VersionPolicy", "off", (c) => c.operator.versionPolicy, "off", ["none"]],
  [
    "Operator.Confirmations.ExpireHours",
    0.5,
    (c) => c.operator.confirmations.expireMs,
    1_800_000,
    [0, 8761],
  ],
  ["Operator.SeedRoot", "seeds", (c) => c.operator.seedRoot, "/start/seeds", ["", "a\0b"]],
  ["HttpApi.Host", "::1", (c) => c.httpApi.host, "::1", ["", "a b", "http://x"]],
  ["HttpApi.Port", 0, (c) => c.httpApi.port, 0, [-1, 65_536, 80.5]],
  ["Store.Path", "/var/lib/agent", (c) => c.store.path, "/var/lib/agent", ["", 5]],
  ["Store.RetentionDays", 1, (c) => c.store.retentionMs, 86_400_000, [0, 1.5]],
  ["Logging.Level", "debug", (c) => c.logging.level, "debug", ["DEBUG", "verbose"]],
];

type SourceRow = readonly [
  key: string,
  value: unknown,
  got: (source: SourceConfig) => unknown,
  want: unknown,
  bad: readonly unknown[],
];

const SOURCE: readonly SourceRow[] = [
  ["Name", "a-1", (s) => s.name, "a-1", ["", "A", "-a", "a_b", "a".repeat(64)]],
  [
    "Url",
    "http://git.test:3000/a/b.git",
    (s) => s.url,
    "http://git.test:3000/a/b.git",
    [
      "",
      "ssh://git.test",
      "file:///a",
      "https://t@git.test/a",
      "https://u:p@git.test/a",
      "https://git.test/a?t=1",
      "https://git.test/a#b",
      "https://",
      "/a",
      " https://git.test/a",
    ],
  ],
  [
    "Ref.Branch",
    "release/1.x",
    (s) => s.ref,
    { kind: "branch", name: "release/1.x" },
    ["", "refs/heads/main", "a b", "a..b", "-a", "a/", "a.lock", "a@{1}", "HEAD", "a~1", "a\\b"],
  ],
  [
    "Ref.Tag",
    "v1.2.0",
    (s) => s.ref,
    { kind: "tag", name: "v1.2.0" },
    ["", "refs/tags/v1", "a b", "a..b", "-a", "v1^{}", "v1:x"],
  ],
  [
    "Ref.Semver",
    ">=1.2.0-rc.1 <3",
    (s) => s.ref,
    { kind: "semver", range: ">=1.2.0-rc.1 <3" },
    ["", " ", " ^1", "main", "latest", "^1.x.y", "1.2.3.4", "^1 ||| 2", `>=${"1".repeat(200)}`],
  ],
  [
    "Ref.Commit",
    "0123456789ABCDEF0123456789abcdef01234567",
    (s) => s.ref,
    { kind: "commit", oid: "0123456789abcdef0123456789abcdef01234567" },
    ["", "0123456", "a".repeat(39), "a".repeat(41), "a".repeat(64), "0".repeat(40), "main", 12],
  ],
  [
    "Path",
    "./rooms//eu/",
    (s) => s.path,
    "rooms/eu",
    ["", "/rooms", "..", "a/../../b", "a\\b", "a\0"],
  ],
  ["IntervalSeconds", 0.5, (s) => s.intervalMs, 500, [0, 86_401]],
  ["TimeoutSeconds", 30, (s) => s.timeoutMs, 30_000, [0, 3601]],
  ["Prune", true, (s) => s.prune, true, ["true"]],
  ["AllowEmpty", true, (s) => s.allowEmpty, true, ["true"]],
  ["Intent.MergedCommits", "all", (s) => s.mergedCommits, "all", ["some"]],
  ["Drift.Policy", "report", (s) => s.drift.policy, "report", ["never", "Report", true, ""]],
  ["AllowedRooms", ["eu-*", "x"], (s) => s.allowedRooms, ["eu-*", "x"], [[], "eu-*", [""], [1]]],
  ["Limits.PackBytes", 1000, (s) => s.limits.packBytes, 1000, [0, "64 MiB", 1.5]],
  ["Limits.ObjectBytes", 1001, (s) => s.limits.objectBytes, 1001, [0]],
  ["Limits.SeedBytes", 1002, (s) => s.limits.seedBytes, 1002, [0]],
  ["Limits.SeedTotalBytes", 1005, (s) => s.limits.seedTotalBytes, 1005, [0]],
  ["Limits.SpecBytes", 1003, (s) => s.limits.specBytes, 1003, [0]],
  ["Limits.ParseSeconds", 33, (s) => s.limits.parseSeconds, 33, [0, 3601]],
  ["Limits.Entries", 1004, (s) => s.limits.entries, 1004, [0]],
  ["Limits.Depth", 7, (s) => s.limits.depth, 7, [0, 257]],
  ["Limits.Commits", 1006, (s) => s.limits.commits, 1006, [0]],
  ["Limits.CommitFiles", 1007, (s) => s.limits.commitFiles, 1007, [0]],
];

describe("configuration keys", () => {
  for (const [key, value, got, want, bad] of AGENT) {
    it(`${key} takes ${JSON.stringify(value)}`, async () => {
      expect(got(await accepted(settingAt(key, value)))).to.deep.equal(want);
    });
    for (const wrong of bad) {
      it(`${key} refuses ${JSON.stringify(wrong)}`, async () => {
        expect((await refused(settingAt(key, wrong))).map((problem) => problem.key)).to.deep.equal([
          key,
        ]);
      });
    }
  }

  for (const [key, value, got, want, bad] of SOURCE) {
    const keysOf = (given: unknown) => settingAt(key, given) as Readonly<Record<string, unknown>>;
    it(`Git.Sources[0].${key} takes ${JSON.stringify(value)}`, async () => {
      const { git } = await accepted(withSource(keysOf(value)));
      expect(git.sources[0] === undefined ? undefined : got(git.sources[0])).to.deep.equal(want);
    });
    for (const wrong of bad) {
      it(`Git.Sources[0].${key} refuses ${JSON.stringify(wrong)}`, async () => {
        const problems = await refused(withSource(keysOf(wrong)));
        expect(problems).to.have.length(1);
        expect(problems[0]?.key).to.match(new RegExp(`^Git\\.Sources\\[0\\]\\.${key}(\\[0\\])?$`));
      });
    }
  }

  it("has the limits of the architecture as defaults", async () => {
    const { git } = await accepted(withSource({}));
    expect(git.sources[0]?.limits).to.deep.equal({
      packBytes: 67_108_864,
      objectBytes: 16_777_216,
      seedBytes: 16_777_216,
      seedTotalBytes: 268_435_456,
      specBytes: 1_048_576,
      parseSeconds: 60,
      entries: 100_000,
      depth: 16,
      commitFiles: 200_000,
      commits: 10_000,
    });
  });

  it("takes room ids by the whole pattern only", async () => {
    const { roomServer } = await accepted(settingAt("RoomServer.RoomIdPattern", "^a|b$"));
    expect(
      ["a", "b", "ax", "xb", "a\n"].filter((id) => roomServer.roomIdPattern.test(id)),
    ).to.deep.equal(["a", "b"]);
  });

  it("takes the room ids of the contract by default", async () => {
    const { roomServer } = await accepted({});
    const ids = ["ai-lab-01", "A.b_c", "ab", "-abc", "a".repeat(128), "a".repeat(129), "a/b/c"];
    expect(ids.filter((id) => roomServer.roomIdPattern.test(id))).to.deep.equal([
      "ai-lab-01",
      "A.b_c",
      "a".repeat(128),
    ]);
  });
});
