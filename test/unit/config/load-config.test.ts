import { expect } from "chai";
import { PROGRAM_VERSION } from "../../../agent/config/program-version.ts";
import { loadConfig } from "../../../agent/config/load-config.ts";
import {
  accepted,
  loadSettings,
  refused,
  warned,
  withSource,
} from "../../support/load-settings.ts";
import { revealed } from "../../support/revealed.ts";

/** The example of the specification, as it stands there. */
const SPECIFICATION = {
  RoomServer: { BaseUrl: "http://localhost:5000", HubPath: "/hub" },
  Auth: {
    TokenType: "Bearer",
    Token: "${ROOM_AUTH_TOKEN}",
    RequiredScopes: [
      "room:entities:write",
      "room:artifacts:write",
      "room:policies:write",
      "room:resources:read",
    ],
    ValidateScopes: true,
  },
  Operator: {
    Version: "1.0.0",
    Features: { Resources: false },
    Reconciliation: {
      IntervalSeconds: 2,
      ParallelRooms: 1,
      RateLimitPerSecond: 8,
      StateConsistency: { Mode: "active", StaleTolerance: "5s", ReadBeforeApply: true },
      Guardrails: {
        MaxEntitiesKickPerCycle: 5,
        MaxArtifactsDeletePerCycle: 10,
        ChangeThreshold: 0.5,
        RequireConfirmHeader: true,
      },
      ConvergenceTracking: { Enabled: true, MaxCyclesUntilConverged: 10 },
    },
    Retry: { MaxAttempts: 3, InitialDelayMs: 100, MaxDelayMs: 5000, JitterFactor: 0.2 },
  },
  HttpApi: { Port: 8080 },
};

function absent(): Promise<string> {
  return Promise.reject(Object.assign(new Error("no such file"), { code: "ENOENT" }));
}

describe("loadConfig", () => {
  it("has the values of the specification's file as its defaults, but for more rooms at a time", async () => {
    const { operator, ...others } = await accepted(SPECIFICATION);
    const defaults = await accepted({ Operator: { Reconciliation: { ParallelRooms: 1 } } });
    const ours = { ...operator, version: PROGRAM_VERSION };
    expect({ operator: ours, ...others }).to.deep.equal(defaults);
    expect((await accepted({})).operator.reconciliation.parallelRooms).to.equal(4);
  });

  it("needs no file", async () => {
    const loaded = await loadConfig({ cwd: "/start", env: {}, readFile: absent });
    expect(loaded.ok && loaded.file).to.equal(null);
    expect(loaded.ok && loaded.config).to.deep.equal(await accepted({}));
  });

  it("runs from variables alone", async () => {
    const loaded = await loadConfig({
      cwd: "/start",
      env: {
        ROOM_AUTH_TOKEN: "t0ken",
        RoomServer__BaseUrl: "http://rooms:5000/",
        Git__Sources__0__Name: "specs",
        Git__Sources__0__Url: "https://git.test/specs.git",
        Git__Sources__0__AllowedRooms__0: "team-*",
        HTTPAPI__PORT: "9090",
        operator__features__resources: "TRUE",
        Operator__Reconciliation__Guardrails__ChangeThreshold: "0.25",
      },
      readFile: absent,
    });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    expect(loaded.warnings).to.deep.equal([]);
    const { config } = loaded;
    expect(config.roomServer.baseUrl).to.equal("http://rooms:5000");
    expect(revealed(config.auth.token)).to.equal("t0ken");
    expect(config.git.sources[0]).to.deep.include({
      name: "specs",
      url: "https://git.test/specs.git",
      allowedRooms: ["team-*"],
      intervalMs: 10_000,
    });
    expect(config.httpApi.port).to.equal(9090);
    expect(config.operator.features.resources).to.equal(true);
    expect(config.operator.reconciliation.guardrails.changeThreshold).to.equal(0.25);
  });

  it("reads appsettings.json where it was started, or the file that was named", async () => {
    const asked: string[] = [];
    const readFile = (path: string) => {
      asked.push(path);
      return Promise.resolve("{}");
    };
    await loadConfig({ cwd: "/start", env: {}, readFile });
    await loadConfig({ cwd: "/start", env: {}, readFile, file: "conf/a.json" });
    await loadConfig({ cwd: "/start", env: {}, readFile, file: "/etc/b.json" });
    expect(asked).to.deep.equal(["/start/appsettings.json", "/start/conf/a.json", "/etc/b.json"]);
  });

  it("refuses a named file that does not exist", async () => {
    const loaded = await loadConfig({ cwd: "/start", env: {}, readFile: absent, file: "x.json" });
    expect(loaded.ok).to.equal(false);
    expect(!loaded.ok && loaded.problems).to.deep.equal([
      { key: "/start/x.json", message: "does not exist; name another file with --config" },
    ]);
  });

  it("refuses a file that cannot be read, also the default one", async () => {
    const readFile = () =>
      Promise.reject(Object.assign(new Error("permission denied"), { code: "EACCES" }));
    const loaded = await loadConfig({ cwd: "/start", env: {}, readFile });
    expect(!loaded.ok && loaded.problems[0]?.message).to.match(/cannot be read: permission denied/);
  });

  for (const text of ["[]", "null", '"x"', "5"]) {
    it(`refuses a file that holds ${text}`, async () => {
      expect((await refused(text))[0]?.message).to.match(/one JSON object/);
    });
  }

  it("lets variables win over the file and keeps what they do not name", async () => {
    const config = await accepted(
      { HttpApi: { Host: "127.0.0.2", Port: 1000 }, Logging: { Level: "warn" } },
      { HttpApi__Port: "2000" },
    );
    expect(config.httpApi).to.deep.equal({
      host: "127.0.0.2",
      port: 2000,
      publicUrl: null,
    });
    expect(config.logging.level).to.equal("warn");
  });

  it("merges lists by position", async () => {
    const config = await accepted(withSource({ AllowedRooms: ["a", "b"], Path: "rooms" }), {
      Git__Sources__0__AllowedRooms__1: "c",
      Git__Sources__0__Path: "other",
      Git__Sources__1__Name: "more",
      Git__Sources__1__Url: "https://git.test/more.git",
    });
    expect(
      config.git.sources.map(({ name, path, allowedRooms }) => [name, path, allowedRooms]),
    ).to.deep.equal([
      ["specs", "other", ["a", "c"]],
      ["more", ".", ["*"]],
    ]);
  });

  it("tells every mistake at once, each under its key", async () => {
    const problems = await refused(
      {
        HttpApi: { Port: 70_000 },
        Operatr: {},
        Git: { Sources: [{ Url: "ftp://x/y", Auth: { Kind: "token" } }] },
        Logging: { Level: "${LEVEL}" },
      },
      { Store__Pth: "x", Operator__Retry__MaxAttempts: "many" },
    );
    expect(problems.map(({ key }) => key)).to.have.members([
      "Store__Pth",
      "Operatr",
      "Logging.Level",
      "Git.Sources[0].Auth.Token",
      "Git.Sources[0].Name",
      "Git.Sources[0].Url",
      "HttpApi.Port",
      "Operator.Retry.MaxAttempts",
    ]);
  });

  it("quotes the bad value, its variable, and what may stand there", async () => {
    expect(await refused({}, { HttpApi__Port: "http" })).to.deep.equal([
      {
        key: "HttpApi.Port",
        message: 'is "http" (from HttpApi__Port), but must be a whole number from 0 to 65535',
      },
    ]);
  });

  it("does not take a number for its text in a file", async () => {
    expect((await refused({ HttpApi: { Port: "80" } }))[0]?.message).to.match(/^is "80", but/);
  });

  it("warns once of each key that has no effect yet", async () => {
    const warnings = await warned(SPECIFICATION, {
      ROOM_AUTH_TOKEN: "t",
      RoomServer__EntityPresence__Deep__Down: "x",
    });
    expect(warnings.map(({ key }) => key)).to.have.members([
      "RoomServer.HubPath",
      "RoomServer.EntityPresence",
      "Auth.RequiredScopes",
      "Auth.ValidateScopes",
    ]);
    expect(warnings.every(({ message }) => message.includes("no effect yet"))).to.equal(true);
  });

  it("refuses drift entries that name nothing, with their key", async () => {
    const rows = [
      [{ Items: [] }, "Items"],
      [{}, "Items"],
      [{ Items: ["E-*"] }, "Items[0]"],
      [{ Items: ["entity/"] }, "Items[0]"],
      [{ Items: ["room/x"] }, "Items[0]"],
      [{ Items: ["entity/x"], Attributes: [] }, "Attributes"],
      [{ Items: ["entity/x"], Attributes: ["colour"] }, "Attributes[0]"],
    ] as const;
    for (const [entry, member] of rows) {
      const problems = await refused(withSource({ Drift: { Ignore: [entry] } }));
      const key = `Git.Sources[0].Drift.Ignore[0].${member}`;
      expect(problems.map((problem) => problem.key)).to.deep.equal([key]);
      expect(problems[0]?.message).to.match(/must be|is required/);
    }
    const given = { Policy: "off", Ignore: [{ Items: ["entity/E-*"], Attributes: ["tags"] }] };
    const { git } = await accepted(withSource({ Drift: given }));
    expect(git.sources[0]?.drift).to.deep.equal({
      policy: "off",
      ignore: [{ items: ["entity/E-*"], attributes: ["tags"] }],
    });
  });

  it("says nothing about keys that are left out or have their effect", async () => {
    expect(
      await warned(withSource({ Prune: true, AllowEmpty: true }), { ROOM_AUTH_TOKEN: "t" }),
    ).to.deep.equal([]);
  });

  it("gives two loads two configurations", async () => {
    const [one, other] = [await loadSettings({}), await loadSettings({})];
    expect(one).to.deep.equal(other);
    expect(one.ok && other.ok && one.config.git !== other.config.git).to.equal(true);
  });
});
