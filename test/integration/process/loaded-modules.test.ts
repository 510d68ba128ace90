import { execFileSync } from "node:child_process";
import { expect } from "chai";

const RUN = new URL("../../../agent/cli/run.ts", import.meta.url);
const GIT_WORKER = new URL("../../../agent/source/git/git-worker-program.ts", import.meta.url);

/** The modules of Node itself that an import of `program` loads. */
function partsOfNode(program: URL): readonly string[] {
  const list = `await import(${JSON.stringify(program.href)}); console.log(process.moduleLoadList.join());`;
  const node = ["--input-type=module", "-e", list];
  return execFileSync(process.execPath, node, { encoding: "utf8" }).trim().split(",");
}

/** Packages that an import of `program` reads files of. */
function packages(program: URL): readonly string[] {
  const list = `
    import { registerHooks } from "node:module";
    const names = new Set();
    registerHooks({ load: (url, context, next) => {
      names.add(/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1] ?? "");
      return next(url, context);
    } });
    await import(${JSON.stringify(program.href)});
    console.log([...names].join());`;
  const node = ["--input-type=module", "-e", list];
  return execFileSync(process.execPath, node, { encoding: "utf8" }).trim().split(",");
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

  for (const { what, program } of [
    { what: "the agent", program: RUN },
    { what: "the git worker", program: GIT_WORKER },
  ]) {
    it(`not fetch, with 12 MB, by ${what}`, () => {
      const parts = partsOfNode(program);
      expect(parts).to.include("NativeModule http");
      expect(parts.filter((part) => part.includes("undici"))).to.deep.equal([]);
    });
  }

  it("no library that an agent without work does without", () => {
    const loaded = packages(RUN);
    expect(loaded).to.include.members(["zod", "express"]);
    expect(loaded.filter((name) => LATER.includes(name))).to.deep.equal([]);
  });

  it("no library by the git worker but those that read packs and ignore files", () => {
    const loaded = packages(GIT_WORKER).filter((name) => name !== "");
    expect(loaded).to.have.members(["ignore", "pako"]);
  });
});
