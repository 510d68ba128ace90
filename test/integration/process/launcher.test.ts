import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { childrenOf, ready, waysToEnd } from "../../support/launcher-suite.ts";
import { AS_CHILD, BY_ANOTHER, ProgramRun, ProgramTree } from "../../support/program-tree.ts";

/** Another Node of this machine, often an older one. */
const OTHER_NODES = ["/usr/bin/node", "/usr/local/bin/node"].filter((file) => existsSync(file));

/** What the launcher does with its process. */
const WAYS = [
  { how: "that becomes the program", flags: [] },
  { how: "that starts the program as its child", flags: AS_CHILD },
];

describe("launcher", () => {
  let tree: ProgramTree;

  before(() => {
    tree = new ProgramTree({ packages: true });
  });

  after(() => tree.remove());

  for (const node of [process.execPath, ...OTHER_NODES]) {
    it(`runs the program on Node 24 when started by ${node === process.execPath ? "it" : node}`, async () => {
      const run = tree.start(["echo", "a b", "--flag", "ü"], { node });
      expect(await run.ended, run.stderr).to.deep.equal({ code: 3, signal: null });
      const told = JSON.parse(run.stdout) as { args: string[]; node: string };
      expect(told.args).to.deep.equal(["a b", "--flag", "ü"]);
      expect(told.node).to.match(/^24\./);
      expect(run.stderr).to.equal("");
    });
  }

  it("keeps compiled code for the next start, and goes without where it cannot", async () => {
    const cache = join(tree.folder, ".cache");
    // That of other copies.
    rmSync(cache);
    await tree.start(["echo"]).ended;
    expect(readdirSync(join(cache, "node"))).to.have.length(1);
    rmSync(cache, { recursive: true });
    writeFileSync(cache, "in the way");
    const run = tree.start(["echo"]);
    expect((await run.ended).code, run.stderr).to.equal(3);
    expect(run.stderr).to.equal("");
    rmSync(cache);
  });

  it("works through a link and keeps the folder it was started in", async () => {
    const folder = join(tree.folder, "elsewhere");
    mkdirSync(folder);
    const link = join(folder, "room-operator");
    symlinkSync(tree.launcher, link);
    const run = tree.start(["echo"], { file: link, cwd: folder });
    expect((await run.ended).code, run.stderr).to.equal(3);
    expect(JSON.parse(run.stdout)).to.deep.include({ cwd: folder });
  });

  it("becomes the program where Node can replace its process, under its own name", async () => {
    const run = tree.start(["wait"]);
    expect(await ready(run)).to.equal(run.child.pid);
    const line = await readFile(`/proc/${run.child.pid}/cmdline`, "utf8");
    expect(line.replaceAll("\0", " ").trim()).to.equal("room-operator wait");
    expect(await childrenOf(run)).to.equal("");
    run.child.kill("SIGTERM");
    await run.ended;
  });

  it("becomes the program on the packaged Node when another Node that can do it starts it", async () => {
    const run = tree.start(["wait"], { flags: BY_ANOTHER });
    expect(await ready(run), run.stderr).to.equal(run.child.pid);
    run.child.kill("SIGTERM");
    expect((await run.ended).code).to.equal(0);
  });

  it("starts a child as process 1, which cannot kill itself", async function () {
    const inside = ["--pid", "--fork", "--kill-child", process.execPath, tree.launcher, "wait"];
    if (spawnSync("unshare", ["--pid", "--fork", "true"]).status !== 0) this.skip();
    const run = new ProgramRun(spawn("unshare", inside));
    expect(await ready(run)).to.be.above(1);
    run.child.kill("SIGKILL");
    await run.ended;
  });

  for (const { how, flags } of WAYS) {
    describe(how, () => {
      waysToEnd((...args) => [process.execPath, ...flags, tree.launcher, ...args]);
    });
  }

  it("names the limit on open files when that is used up", async () => {
    const said: string[] = [];
    // With a lower one Node itself does not start, with a higher one all is well.
    for (const limit of [23, 24, 22, 25, 21, 26]) {
      const limited = `ulimit -n ${limit} && exec "$0" "$@" --version`;
      const command = ["-c", limited, process.execPath, ...AS_CHILD, tree.launcher];
      const run = new ProgramRun(spawn("sh", command));
      await run.ended;
      if (run.stderr.startsWith("room-operator: ")) said.push(run.stderr);
      if (said.length > 0) break;
    }
    expect(said.join("\n")).to.match(/cannot start .*EMFILE\. Raise the limit on open files/);
  });
});

describe("the flags of Node that a launcher sets", () => {
  it("let it use the code that its own modules were compiled to", async () => {
    const settings: unknown = await import(
      String(new URL("../../../bin/agent-settings.js", import.meta.url))
    );
    const { AGENT_FLAGS } = settings as { readonly AGENT_FLAGS: readonly string[] };
    const count = `
      require("node:https");
      const { internalBinding } = require("internal/test/binding");
      const { compiledWithCache, compiledWithoutCache } = internalBinding("builtins").getCacheUsage();
      console.log(compiledWithCache.size > 50, [...compiledWithoutCache].join());`;
    const args = ["--no-warnings", "--expose-internals", ...AGENT_FLAGS, "-e", count];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(stdout, stderr).to.equal("true \n");
  });
});

describe("launcher without the packaged Node", () => {
  let tree: ProgramTree;

  before(() => {
    tree = new ProgramTree({ packages: false });
  });

  after(() => tree.remove());

  it("uses the running Node if that is new enough", async () => {
    const run = tree.start(["--version"]);
    expect((await run.ended).code, run.stderr).to.equal(0);
    expect(run.stdout).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  for (const node of OTHER_NODES) {
    const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim();
    const isTooOld = Number(/^v(\d+)/.exec(version)?.[1]) < 24;
    it(`${isTooOld ? "says what to install" : "runs"} when started by ${node}, ${version}`, async () => {
      const run = tree.start(["--version"], { node });
      const { code } = await run.ended;
      const refusal = new RegExp(
        `^room-operator: needs Node 24 or newer, but this is ${version}[^\n]*\n$`,
      );
      expect(code, run.stderr).to.equal(isTooOld ? 1 : 0);
      expect(run.stderr).to.match(isTooOld ? refusal : /^$/);
    });
  }
});
