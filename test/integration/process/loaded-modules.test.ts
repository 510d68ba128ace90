import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { z } from "zod";

const RUN = new URL("../../../agent/cli/run.ts", import.meta.url);
const GIT_WORKER = new URL("../../../agent/source/git/git-worker-program.ts", import.meta.url);

const loaded = z.object({ node: z.array(z.string()), packages: z.array(z.string()) });

/** What an import of `program` loads: modules of Node itself, and packages that files are read of. */
function loadedBy(program: URL): {
  readonly node: readonly string[];
  readonly packages: readonly string[];
} {
  const list = `
    import { registerHooks } from "node:module";
    const names = new Set();
    registerHooks({ load: (url, context, next) => {
      names.add(/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1] ?? "");
      return next(url, context);
    } });
    await import(${JSON.stringify(program.href)});
    console.log(JSON.stringify({ node: process.moduleLoadList, packages: [...names] }));`;
  const node = ["--input-type=module", "-e", list];
  return loaded.parse(JSON.parse(execFileSync(process.execPath, node, { encoding: "utf8" })));
}

/** What an agent needs when somebody asks for it, or where its configuration names it. */
const LATER = [
  "yaml",
  "pako",
  "chokidar",
  "node-cron",
  "express-rate-limit",
  "isomorphic-git",
  "@octokit/rest",
  "@octokit/auth-app",
  "@gitbeaker/rest",
];

describe("what is loaded before it is needed", function () {
  this.timeout(60_000);

  it("neither fetch, with 12 MB, nor a library that an agent without work does without, by the agent", () => {
    const { node, packages } = loadedBy(RUN);
    expect(node).to.include("NativeModule http");
    expect(node.filter((part) => part.includes("undici"))).to.deep.equal([]);
    expect(packages).to.include.members(["zod", "express"]);
    expect(packages.filter((name) => LATER.includes(name))).to.deep.equal([]);
  });

  it("neither fetch nor a library by the git worker but those that read packs and ignore files", () => {
    const { node, packages } = loadedBy(GIT_WORKER);
    expect(node).to.include("NativeModule http");
    expect(node.filter((part) => part.includes("undici"))).to.deep.equal([]);
    expect(packages.filter((name) => name !== "")).to.have.members(["ignore", "pako"]);
  });
});
