import { expect } from "chai";
import { accepted, refused, withSource } from "../../support/load-settings.ts";

const forgeOf = async (settings: Record<string, unknown>) => {
  const { git } = await accepted(withSource({ Url: URL_OF, ...settings }));
  const [source] = git.sources;
  return source?.kind === "git" ? source.forge : undefined;
};

const TOKEN = { TokenFile: "/run/token" };

const URL_OF = "https://git.test/rooms/specs.git";

describe("Git.Sources[].Forge", () => {
  it("is none without a kind", async () => {
    expect(await forgeOf({})).to.equal(null);
  });

  for (const [url, forge, expected] of [
    [
      "https://git.test/rooms/specs.git",
      { Kind: "gitea" },
      ["https://git.test", "https://git.test/api/v1", "rooms/specs"],
    ],
    [
      "http://gitea:3000/git/rooms/specs",
      { Kind: "gitea", Url: "http://gitea:3000/git/" },
      ["http://gitea:3000/git", "http://gitea:3000/git/api/v1", "rooms/specs"],
    ],
    [
      "https://github.com/rooms/specs.git",
      { Kind: "github" },
      ["https://github.com", "https://api.github.com", "rooms/specs"],
    ],
    [
      "https://git.corp.test/rooms/specs.git",
      { Kind: "github" },
      ["https://git.corp.test", "https://git.corp.test/api/v3", "rooms/specs"],
    ],
    [
      "https://git.test/a/b/specs.git",
      { Kind: "gitlab" },
      ["https://git.test", "https://git.test/api/v4", "a/b/specs"],
    ],
    [
      "https://git.test/specs",
      { Kind: "gitea", Repository: "rooms/specs" },
      ["https://git.test", "https://git.test/api/v1", "rooms/specs"],
    ],
  ] as const) {
    it(`finds the API and the repository of ${forge.Kind} for ${url}`, async () => {
      const found = await forgeOf({ Url: url, Forge: { ...forge, ...TOKEN } });
      expect([found?.webUrl, found?.apiUrl, found?.repository]).to.deep.equal(expected);
    });
  }

  it("asks over https where git goes over ssh", async () => {
    const found = await forgeOf({
      Url: "git@git.test:rooms/specs.git",
      Auth: { Kind: "ssh", KeyFile: "k", KnownHostsFile: "h" },
      Forge: { Kind: "gitea", ...TOKEN },
    });
    expect([found?.webUrl, found?.repository]).to.deep.equal(["https://git.test", "rooms/specs"]);
  });

  it("has labels and plans with defaults that are safe", async () => {
    const found = await forgeOf({ Forge: { Kind: "gitea", ...TOKEN } });
    expect(found?.labels).to.deep.equal({
      confirm: "confirm",
      dryRun: "dry-run",
      confirmId: null,
      allowedPersons: null,
      requireOtherPerson: false,
    });
    expect(found?.plan).to.deep.equal({
      enabled: true,
      forks: false,
      failOnRefusal: false,
      requireReviewedPlan: false,
      intervalMs: 30_000,
      mostPullRequests: 50,
    });
    expect(found?.login).to.deep.equal({
      kind: "token",
      token: { kind: "file", path: "/run/token", holds: "token" },
    });
  });

  it("signs in as an app of GitHub", async () => {
    const App = { Id: "12", InstallationId: "34", PrivateKeyFile: "/run/key.pem" };
    const found = await forgeOf({ Forge: { Kind: "github", App } });
    expect(found?.login).to.deep.equal({
      kind: "app",
      appId: "12",
      installationId: "34",
      privateKeyFile: "/run/key.pem",
    });
  });

  for (const [name, settings, key, message] of [
    ["no token", { Forge: { Kind: "gitea" } }, "Forge.TokenFile", /is required/],
    [
      "two tokens",
      { Forge: { Kind: "gitea", Token: "a", TokenFile: "b" } },
      "Forge.TokenFile",
      /as well as Token/,
    ],
    [
      "an app of Gitea",
      { Forge: { Kind: "gitea", App: { Id: "1", InstallationId: "2", PrivateKeyFile: "k" } } },
      "Forge.App",
      /with Kind `github` alone/,
    ],
    [
      "half an app",
      { Forge: { Kind: "github", App: { Id: "1", InstallationId: "2" } } },
      "Forge.App.PrivateKeyFile",
      /all three/,
    ],
    [
      "a repository without an owner",
      { Url: "https://git.test/specs", Forge: { Kind: "gitea", ...TOKEN } },
      "Forge.Repository",
      /has no owner and name/,
    ],
    ["labels without a forge", { Labels: { DryRun: "x" } }, "Labels.DryRun", /without Forge/],
    ["plans without a forge", { Plan: { Forks: true } }, "Plan.Forks", /without Forge/],
    [
      "one label for both",
      { Forge: { Kind: "gitea", ...TOKEN }, Labels: { Confirm: "Dry-Run" } },
      "Labels.DryRun",
      /another label than Confirm/,
    ],
    [
      "a login in place of an id",
      { Forge: { Kind: "gitea", ...TOKEN }, Labels: { AllowedPersons: ["ada"] } },
      "Labels.AllowedPersons[0]",
      /decimal number/,
    ],
    [
      "a label with a comma",
      { Forge: { Kind: "gitea", ...TOKEN }, Labels: { Confirm: "a,b" } },
      "Labels.Confirm",
      /without `,`/,
    ],
  ] as const) {
    it(`refuses ${name}`, async () => {
      const problems = await refused(withSource({ Url: URL_OF, ...settings }));
      expect(problems.map((problem) => problem.key)).to.deep.equal([`Git.Sources[0].${key}`]);
      expect(problems[0]?.message).to.match(message);
    });
  }
});
