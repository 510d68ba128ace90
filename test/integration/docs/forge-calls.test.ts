import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Forge } from "../../../agent/forge/forge.ts";
import { SIGNAL, valueOf } from "../../contract/forge/forge-answers.ts";
import { startGithubWorld } from "../../support/forge/github-stand-in.ts";
import { startGitlabWorld } from "../../support/forge/gitlab-stand-in.ts";
import type { HubWorld } from "../../support/forge/hub-world.ts";
import { PROJECT } from "../../support/page.ts";

const PAGE = readFileSync(join(PROJECT, "docs/forges.md"), "utf8");

/** How the page writes what differs from request to request. */
const NAMES = {
  GitHub: [
    [/^\/api\/v3/, ""],
    [/\/repos\/acme\/rooms\/activity/, "/repos/{head}/activity"],
    [/\/repos\/acme\/rooms/, "{r}"],
    [/[0-9a-f]{40}/, "{sha}"],
    [/(branches)\/[^/]+$/, "$1/{b}"],
    [/\/comments\/\d+/, "/comments/{id}"],
    [/\/collaborators\/[^/]+/, "/collaborators/{login}"],
    [/\/\d+/, "/{n}"],
  ],
  GitLab: [
    [/^\/api\/v4/, ""],
    [/\/projects\/acme%2Frooms/, "{p}"],
    [/\{p\}\/merge_requests\/\d+/, "{m}"],
    [/[0-9a-f]{40}/, "{sha}"],
    [/\/(notes|all)\/\d+/, "/$1/{id}"],
  ],
} as const;

/** Asks everything that can be asked. */
async function askAll(world: HubWorld): Promise<void> {
  const forge: Forge = world.forge;
  const sha = (await world.refAt("refs/heads/main")) ?? "";
  await world.makeLabel("confirm");
  const pull = await world.open({ files: { "a.yaml": "1\n" } });
  await world.setLabel(pull, "confirm");
  const { number } = pull;
  valueOf(await forge.pullRequests.open("main", SIGNAL));
  valueOf(await forge.pullRequests.get(number, SIGNAL));
  valueOf(await forge.pullRequests.mergedAs(sha, "main", SIGNAL));
  valueOf(await forge.pullRequests.files(number, SIGNAL));
  valueOf(await forge.labels.named(["confirm"], SIGNAL));
  valueOf(await forge.labels.history(number, SIGNAL));
  valueOf(await forge.labels.mayWrite(world.person("ada"), SIGNAL));
  const status = { context: "c", state: "success", description: "", targetUrl: null } as const;
  valueOf(await forge.statuses.set(sha, status, SIGNAL));
  const { id } = valueOf(await forge.comments.create(number, "text", SIGNAL));
  valueOf(await forge.comments.find(number, { marker: "m", ownId: "1" }, SIGNAL));
  valueOf(await forge.comments.edit({ number, id }, "text", SIGNAL));
  valueOf(await forge.comments.self(SIGNAL));
  await forge.check(SIGNAL);
}

for (const [name, start] of [
  ["GitHub", startGithubWorld],
  ["GitLab", startGitlabWorld],
] as const)
  it(`docs/forges.md has each call that is made to ${name}`, async () => {
    const world = await start();
    try {
      await askAll(world);
      const calls = new Set(
        world.server.requests.map(({ method, path }) => {
          const [bare = ""] = path.split("?");
          const shown = NAMES[name].reduce<string>(
            (text, [pattern, by]) => text.replace(pattern, by),
            bare,
          );
          return `${method} ${shown}`;
        }),
      );
      expect(calls.size).to.be.greaterThan(12);
      const section = PAGE.slice(PAGE.indexOf(`\n## ${name}\n`), PAGE.indexOf(`verified: ${name}`));
      const isThere = (call: string) =>
        ["`", "?"].some((end) => section.includes(`\`${call}${end}`));
      expect([...calls].filter((call) => !isThere(call))).to.deep.equal([]);
    } finally {
      await world.end();
    }
  });
