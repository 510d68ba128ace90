import { expect } from "chai";
import { readSettings } from "../../../agent/config/environment-settings.ts";
import { accepted, refused, warned, withSource } from "../../support/load-settings.ts";
import { revealed } from "../../support/revealed.ts";

describe("readSettings", () => {
  it("finds keys whatever the case of their variable", () => {
    expect(
      readSettings({ gIt__SOURCES__0__auth__tokenfile: "a", ROOMSERVER__BASEURL: "b" }),
    ).to.deep.equal({
      settings: [
        { variable: "ROOMSERVER__BASEURL", path: ["RoomServer", "BaseUrl"], text: "b" },
        {
          variable: "gIt__SOURCES__0__auth__tokenfile",
          path: ["Git", "Sources", 0, "Auth", "TokenFile"],
          text: "a",
        },
      ],
      problems: [],
    });
  });

  it("leaves the variables of others alone", () => {
    const others = { PATH: "/bin", GIT: "x", GIT_SSH_COMMAND: "y", AUTH: "z", npm__x__y: "1" };
    expect(readSettings(others)).to.deep.equal({ settings: [], problems: [] });
  });

  const wrong = [
    ["HttpApi__Prot", "did you mean Port?"],
    ["RoomServer__CaFile", "did you mean RoomServer__Tls__CaFile"],
    ["Git__Url", "did you mean Git__Sources__0__Url"],
    ["RoomServer__Url", "did you mean BaseUrl?"],
    ["Operator__IntervalSeconds", "did you mean Operator__Reconciliation__IntervalSeconds?"],
    ["Operator__intervalseconds", "did you mean Operator__Reconciliation__IntervalSeconds?"],
    ["HttpApi__", '"" is not a known key'],
    ["HttpApi__Port__0", "there is nothing below HttpApi__Port"],
    ["Git__Sources", "is a list; set its entries, as in Git__Sources__0"],
    ["Git__Sources__first__Url", "not a position in a list"],

    ["Git__Sources__01__Url", "not a position in a list"],
    ["Git__Sources__99999999__Url", "not a position in a list"],
    ["Git__Sources__0", "is a section; set its keys, as in Git__Sources__0__<Key>"],
    ["Operator__Retry", "is a section"],
    ["Git____proto____x", '"" is not a known key'],
    ["Git__Sources__0x0__Url", "not a position in a list"],
    ["RoomServer__Timeout", "did you mean TimeoutSeconds?"],
    ["Store__constructor", '"constructor" is not a known key; known here: Path, RetentionDays'],
  ] as const;
  for (const [variable, hint] of wrong) {
    it(`refuses ${variable}`, () => {
      const { settings, problems } = readSettings({ [variable]: "x" });
      expect(settings).to.deep.equal([]);
      expect(problems.map(({ key }) => key)).to.deep.equal([variable]);
      expect(problems[0]?.message).to.include(hint);
    });
  }

  it("refuses two spellings of one key with different values", () => {
    const { problems } = readSettings({ HttpApi__Port: "1", HTTPAPI__PORT: "2" });
    expect(problems).to.deep.equal([
      {
        key: "HttpApi__Port",
        message: "sets the same key as HTTPAPI__PORT to another value; keep one of them",
      },
    ]);
    expect(readSettings({ HttpApi__Port: "1", HTTPAPI__PORT: "1" }).problems).to.deep.equal([]);
  });
});

describe("settings by variables", () => {
  const coerced = [
    ["true", true],
    ["True", true],
    ["FALSE", false],
  ] as const;
  for (const [text, want] of coerced) {
    it(`take ${text} for a yes or no`, async () => {
      const config = await accepted({}, { Operator__Features__Resources: text });
      expect(config.operator.features.resources).to.equal(want);
    });
  }

  for (const text of ["yes", "1", "", " true"]) {
    it(`refuse ${JSON.stringify(text)} for a yes or no`, async () => {
      const problems = await refused({}, { Operator__Features__Resources: text });
      expect(problems[0]?.key).to.equal("Operator.Features.Resources");
    });
  }

  for (const text of ["8e1", "0x50", "", " 80", "80\n", "+80", "NaN", "Infinity", "80.5"]) {
    it(`refuse ${JSON.stringify(text)} for a port`, async () => {
      expect((await refused({}, { HttpApi__Port: text }))[0]?.key).to.equal("HttpApi.Port");
    });
  }

  it("keep a text that looks like a number where a text is wanted", async () => {
    const config = await accepted({}, { Store__Path: "42", Auth__Token: "true" });
    expect(config.store.path).to.equal("/start/42");
    expect(revealed(config.auth.token)).to.equal("true");
  });

  it("refuse a list with a gap", async () => {
    const problems = await refused(withSource({}), {
      Git__Sources__2__Name: "b",
      Git__Sources__2__Url: "https://git.test/b",
    });
    expect(problems).to.deep.equal([
      {
        key: "Git.Sources[1]",
        message: "is missing; number the entries from 0 without a gap",
      },
    ]);
  });

  it("do not hide that the file has another shape", async () => {
    const problems = await refused({ HttpApi: "x" }, { HttpApi__Port: "80" });
    expect(problems.map(({ key }) => key)).to.deep.equal(["HttpApi"]);
  });

  const inSecrets = withSource({
    Auth: { Kind: "basic", Username: "${U}", Password: "a ${P} $${P}" },
  });

  it("are filled in where a key holds a secret", async () => {
    const { git } = await accepted(inSecrets, { U: "kim", P: "pw" });
    const [source] = git.sources;
    const auth = source?.auth;
    if (auth?.kind !== "basic" || auth.password.kind !== "value") throw new Error("not basic");
    expect([auth.username, auth.password.secret.reveal()]).to.deep.equal(["kim", "a pw ${P}"]);
  });

  for (const [key, file] of [
    ["RoomServer.BaseUrl", { RoomServer: { BaseUrl: "http://${P}.evil.test" } }],
    ["HttpApi.Port", { HttpApi: { Port: "${P}" } }],
    ["Store.Path", { Store: { Path: "/d/${UNSET}" } }],
    ["Git.Sources[0].Url", withSource({ Url: "https://git.test/${P}.git" })],
    ["Git.Sources[0].Auth.TokenFile", withSource({ Auth: { Kind: "token", TokenFile: "/${P}" } })],
  ] as const) {
    it(`are refused in ${key}, which holds no secret`, async () => {
      const problems = await refused(file, { P: "secret" });
      expect(problems[0]).to.deep.include({ key });
      expect(problems[0]?.message).to.match(
        /^takes no \$\{VAR\}: only keys that hold a secret do; .*variable \w+__\w+/,
      );
      expect(JSON.stringify(problems)).to.not.include('"secret"');
    });
  }

  it("are refused in a variable of such a key, too", async () => {
    const [problem] = await refused({}, { Store__Path: "/${P}", P: "p" });
    expect(problem).to.deep.include({ key: "Store.Path" });
  });

  it("do not keep `$${` out of a key that holds no secret", async () => {
    expect((await accepted({ Store: { Path: "/d/$${x}" } })).store.path).to.equal("/d/${x}");
  });

  it("stop the start where they are needed and not set", async () => {
    const problems = await refused(inSecrets, { U: "kim" });
    expect(problems.map(({ key }) => key)).to.deep.equal(["Git.Sources[0].Auth.Password"]);
    expect(problems[0]?.message).to.match(/needs the variable P, which is not set/);
  });

  it("refuse a ${ that names no variable", async () => {
    expect((await refused({ Store: { Path: "${A-B}" } }))[0]?.message).to.match(
      /^has a "\$\{" that begins no/,
    );
  });

  const tokens = [
    ["the file's", { Auth: { Token: "file" } }, {}, "file"],
    ["a filled in", { Auth: { Token: "${T}" } }, { T: "filled" }, "filled"],
    ["the variable's", { Auth: { Token: "file" } }, { Auth__Token: "var" }, "var"],
    [
      "the environment's own",
      { Auth: { Token: "file" } },
      { Auth__Token: "var", ROOM_AUTH_TOKEN: "env" },
      "env",
    ],
    [
      "the file's in place of an empty",
      { Auth: { Token: "file" } },
      { ROOM_AUTH_TOKEN: "" },
      "file",
    ],
  ] as const;
  for (const [name, file, env, want] of tokens) {
    it(`take ${name} token`, async () => {
      expect(revealed((await accepted(file, env)).auth.token)).to.equal(want);
      expect(await warned(file, env)).to.deep.equal([]);
    });
  }

  for (const [file, env] of [
    [{}, {}],
    [{ Auth: { Token: "${ROOM_AUTH_TOKEN}" } }, {}],
    [{ Auth: { Token: "${OTHER}" } }, {}],
    [{ Auth: { Token: "${ROOM_AUTH_TOKEN}" } }, { ROOM_AUTH_TOKEN: "" }],
  ] as const) {
    it(`warn that ${JSON.stringify([file, env])} gives no token`, async () => {
      expect((await accepted(file, env)).auth.token).to.equal(null);
      expect((await warned(file, env)).map(({ key }) => key)).to.deep.equal(["Auth.Token"]);
    });
  }
});
