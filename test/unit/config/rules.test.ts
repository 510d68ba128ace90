import { expect } from "chai";
import { redactUrl } from "../../../agent/kernel/redact.ts";
import { accepted, refused, warned, withSource } from "../../support/load-settings.ts";

const OID = "0123456789abcdef".repeat(3).slice(0, 40);

describe("rules between keys", () => {
  const SOURCE = "Git.Sources[0]";

  const wrong = [
    ["two refs", { Ref: { Branch: "main", Tag: "v1" } }, [`${SOURCE}.Ref`]],
    ["a range and a commit", { Ref: { Semver: "^1", Commit: OID } }, [`${SOURCE}.Ref`]],
    ["a token without its kind", { Auth: { Token: "t" } }, [`${SOURCE}.Auth.Token`]],
    ["kind token without one", { Auth: { Kind: "token" } }, [`${SOURCE}.Auth.Token`]],
    [
      "a token twice",
      { Auth: { Kind: "token", Token: "t", TokenFile: "f" } },
      [`${SOURCE}.Auth.TokenFile`],
    ],
    [
      "kind token with a password",
      { Auth: { Kind: "token", TokenFile: "f", Password: "p" } },
      [`${SOURCE}.Auth.Password`],
    ],
    [
      "kind basic without anything",
      { Auth: { Kind: "basic" } },
      [`${SOURCE}.Auth.Username`, `${SOURCE}.Auth.Password`],
    ],
    [
      "kind basic with a token",
      { Auth: { Kind: "basic", Username: "u", PasswordFile: "f", Token: "t" } },
      [`${SOURCE}.Auth.Token`],
    ],
    ["an unknown kind", { Auth: { Kind: "ntlm", Token: "t" } }, [`${SOURCE}.Auth.Kind`]],
  ] as const;
  for (const [name, keys, want] of wrong) {
    it(`refuse ${name}`, async () => {
      expect((await refused(withSource(keys))).map(({ key }) => key)).to.deep.equal(want);
    });
  }

  const folder = { Url: undefined, Kind: "folder", Folder: "rooms" };
  const ofKinds = [
    ["a folder without its path", { ...folder, Folder: undefined }, "Folder"],
    ["a repository without its address", { Url: undefined }, "Url"],
    ["a path with kind git", { Folder: "rooms" }, "Folder"],
    ["an address of a folder", { ...folder, Url: "https://git.test/a" }, "Url"],
    ["a ref of a folder", { ...folder, Ref: { Branch: "main" } }, "Ref"],
    ["a login to a folder", { ...folder, Auth: { Kind: "token", Token: "t" } }, "Auth"],
    ["certificates of a folder", { ...folder, Tls: { CaFile: "ca.pem" } }, "Tls"],
    ["a proxy of a folder", { ...folder, Proxy: { Url: "none" } }, "Proxy"],
    ["a poll's time of a folder", { ...folder, PollTimeoutSeconds: 5 }, "PollTimeoutSeconds"],
    ["commits of a folder", { ...folder, Intent: { MergedCommits: "all" } }, "Intent"],
    ["a kind that is not known", { Kind: "svn" }, "Kind"],
  ] as const;
  for (const [name, keys, want] of ofKinds) {
    it(`refuse ${name}, and name the key`, async () => {
      expect((await refused(withSource(keys))).map(({ key }) => key)).to.deep.equal([
        `${SOURCE}.${want}`,
      ]);
    });
  }

  it("refuse a webhook of a folder", async () => {
    const problems = await refused(withSource({ ...folder, Webhook: { Secret: "s" } }));
    expect(problems.map(({ key }) => key)).to.include(`${SOURCE}.Webhook`);
  });

  it("make a folder's path absolute, and its address one that is shown whole", async () => {
    const [source] = (await accepted(withSource({ ...folder, Folder: "/srv/a b@c#d" }))).git
      .sources;
    expect(source).to.include({
      kind: "folder",
      folder: "/srv/a b@c#d",
      url: "file:///srv/a%20b%40c%23d",
    });
    expect(redactUrl(source?.url ?? "")).to.equal(source?.url);
  });

  it("refuse two sources of one name", async () => {
    const source = { Name: "a", Url: "https://git.test/a" };
    const problems = await refused({
      Git: { Sources: [source, { ...source, Name: "b" }, source] },
    });
    expect(problems).to.deep.equal([
      {
        key: "Git.Sources[2].Name",
        message: 'must be unique, but Git.Sources[0] is called "a" too',
      },
    ]);
  });

  it("compare the delays of retries with their defaults too", async () => {
    const problems = await refused({ Operator: { Retry: { InitialDelayMs: 6000 } } });
    expect(problems[0]?.message).to.equal("must be at least InitialDelayMs (6000), not 5000");
  });

  it("make a token the password of a user", async () => {
    const { git } = await accepted(withSource({ Auth: { Kind: "token", TokenFile: "t" } }));
    expect(git.sources[0]?.auth).to.deep.equal({
      kind: "token",
      username: "x-access-token",
      password: { kind: "file", path: "/start/t", holds: "token" },
    });
  });

  it("keep the user of a password", async () => {
    const { git } = await accepted(
      withSource({ Auth: { Kind: "basic", Username: "kim", Password: "a b:ü" } }),
    );
    const auth = git.sources[0]?.auth;
    if (auth?.kind !== "basic" || auth.password.kind !== "value") throw new Error("no password");
    expect([auth.username, auth.password.secret.reveal()]).to.deep.equal(["kim", "a b:ü"]);
  });

  const token = { ROOM_AUTH_TOKEN: "t" };

  for (const [url, count] of [
    ["http://git.test/a", 1],
    ["https://git.test/a", 0],
    ["http://localhost:3000/a", 0],
    ["http://127.0.0.1/a", 0],
    ["http://[::1]:3000/a", 0],
    ["http://127.0.0.1.evil.test/a", 1],
  ] as const) {
    it(`warn ${count === 1 ? "" : "not "}of credentials for ${url}`, async () => {
      const keys = { Url: url, Auth: { Kind: "token", Token: "t" } };
      expect(await warned(withSource(keys), token)).to.have.length(count);
      expect(await warned(withSource({ Url: url }), token)).to.have.length(0);
    });
  }

  it("refuse a token of the RoomServer that is given twice, and take its file alone", async () => {
    const both = { Auth: { Token: "t", TokenFile: "f" } };
    expect((await refused(both)).map(({ key }) => key)).to.deep.equal(["Auth.TokenFile"]);
    const file = { Auth: { TokenFile: "f" } };
    expect((await refused(file, token)).map(({ key }) => key)).to.deep.equal(["Auth.TokenFile"]);
    expect(await warned(file, {})).to.have.length(0);
  });

  for (const [host, count] of [
    ["0.0.0.0", 1],
    ["::", 1],
    ["127.0.0.1", 0],
    ["localhost", 0],
    ["::1", 0],
  ] as const) {
    it(`warn ${count === 1 ? "" : "not "}of an API on ${host}`, async () => {
      expect(await warned({ HttpApi: { Host: host } }, token)).to.have.length(count);
    });
  }
});
