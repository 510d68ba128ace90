import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { BuiltTree } from "../../support/built-tree.ts";
import { childrenOf, ready, waysToEnd } from "../../support/launcher-suite.ts";
import { ProgramRun, type StartGiven } from "../../support/program-tree.ts";

const told = z.object({
  args: z.array(z.string()),
  cwd: z.string(),
  node: z.string(),
  program: z.string(),
  execArgv: z.array(z.string()),
  env: z.record(z.string(), z.string().optional()),
});

const SETTINGS = ["NODE_COMPILE_CACHE", "MALLOC_MMAP_THRESHOLD_", "MALLOC_ARENA_MAX"];
const SHELLS = [
  ["/usr/bin/dash"],
  ["/usr/bin/bash", "--posix"],
  ["/usr/bin/busybox", "sh"],
  ["/bin/busybox", "sh"],
].filter(([file = ""]) => existsSync(file));

describe("the launcher for a shell", function () {
  this.timeout(120_000);
  let tree: BuiltTree;
  /** A folder of commands in which is no Node. */
  let bare: string;

  before(() => {
    tree = new BuiltTree({ commands: "test" });
    bare = join(tree.folder, "commands");
    mkdirSync(bare);
    for (const name of ["sh", "readlink"]) symlinkSync(`/usr/bin/${name}`, join(bare, name));
  });

  after(() => tree.remove());

  /** What `echo` says of how it was started. */
  async function echo(
    command: readonly string[],
    given: StartGiven = {},
  ): Promise<z.infer<typeof told>> {
    const run = tree.startBy([...command, "echo", "a b", "", "ü"], given);
    expect(await run.ended, run.stderr).to.deep.equal({ code: 3, signal: null });
    expect(run.stderr).to.equal("");
    return told.parse(JSON.parse(run.stdout));
  }

  const isBuilt = (program: string) => program.startsWith(join(tree.folder, "dist/"));
  const sources = () => join(tree.folder, "agent/main.ts");

  it("becomes what was built, under its own name", async () => {
    const run = tree.startBy([tree.shellLauncher, "wait"], { variables: { PATH: bare } });
    expect(await ready(run)).to.equal(run.child.pid);
    const line = readFileSync(`/proc/${run.child.pid}/cmdline`, "utf8");
    expect(line.replaceAll("\0", " ").trim()).to.equal("room-operator wait");
    expect(await childrenOf(run)).to.equal("");
    run.child.kill("SIGTERM");
    expect((await run.ended).code).to.equal(0);
  });

  it("starts it with the arguments, flags and variables with which the other launcher does", async () => {
    const variables = { PATH: bare, ROOM_OPERATOR_SOURCES_BECAUSE: "no reason" };
    const by = await echo([tree.shellLauncher], { variables });
    expect(by.args).to.deep.equal(["a b", "", "ü"]);
    expect(by.node).to.match(/^24\./);
    const { env, ...other } = await echo([process.execPath, tree.launcher]);
    expect(by).to.deep.include(other);
    expect(SETTINGS.map((name) => by.env[name])).to.deep.equal(SETTINGS.map((name) => env[name]));
    expect(Object.keys(by.env)).to.include.members(SETTINGS);
    expect(Object.keys(by.env)).to.not.include("ROOM_OPERATOR_SOURCES_BECAUSE");
  });

  it("leaves variables as a person has set them, also to nothing", async () => {
    const words = { root: "a", file: "b", target: "c", node: "d" };
    const variables = { NODE_COMPILE_CACHE: "", MALLOC_ARENA_MAX: "2", ...words };
    symlinkSync("bin/room-operator", join(tree.folder, "linked"));
    expect((await echo(["./linked"], { variables })).env).to.include(variables);
  });

  it("works through links, from another folder, with spaces in their names", async () => {
    const folder = join(tree.folder, "else where");
    const deep = join(folder, "deep");
    mkdirSync(deep, { recursive: true });
    symlinkSync("../bin/room-operator", join(folder, "one link"));
    symlinkSync(join(folder, "one link"), join(deep, "another"));
    const given = { cwd: deep, variables: { PATH: bare, CDPATH: "/:.." } };
    for (const command of [[join(deep, "another")], ["./another"], ["sh", "another"]]) {
      const { program, cwd } = await echo(command, given);
      expect(isBuilt(program), program).to.equal(true);
      expect(cwd).to.equal(deep);
    }
  });

  for (const shell of SHELLS) {
    it(`works in ${shell.join(" ")}`, async () => {
      const { program } = await echo([...shell, "room-operator"], {
        cwd: join(tree.folder, "bin"),
      });
      expect(isBuilt(program), program).to.equal(true);
    });
  }

  it("works where the package is moved to a folder with a quote, a dollar and a space", async () => {
    const { folder } = tree;
    const moved = `${folder} it's $HOME`;
    renameSync(folder, moved);
    try {
      const by = await echo([join(moved, "bin/room-operator")], { cwd: moved });
      expect(by.program.startsWith(`${moved}/dist/`), by.program).to.equal(true);
      expect(by.env["NODE_COMPILE_CACHE"]).to.equal(`${moved}/.cache/node`);
    } finally {
      renameSync(moved, folder);
    }
  });

  it("becomes the sources, with their own flags, while one of them is edited", async () => {
    const file = join(tree.folder, "agent/cli/dispatch.ts");
    const before = readFileSync(file);
    appendFileSync(file, "// edited\n");
    const run = tree.startBy([tree.shellLauncher, "wait"], { variables: { PATH: bare } });
    expect(await ready(run)).to.equal(run.child.pid);
    run.child.kill("SIGTERM");
    await run.ended;
    const { program, execArgv, env } = await echo([tree.shellLauncher]);
    expect(program).to.equal(sources());
    expect(execArgv.join()).to.match(/own-imports\.js$/);
    expect(env["ROOM_OPERATOR_SOURCES_BECAUSE"]).to.match(/^agent\/cli\/dispatch\.ts is not what/);
    truncateSync(file, before.length);
    expect(isBuilt((await echo([tree.shellLauncher])).program)).to.equal(true);
  });

  for (const [what, name] of [
    ["how Node is set is edited", "bin/agent-settings.js"],
    ["what it reads was edited", "dist/start.sh"],
  ] as const) {
    it(`becomes the sources while ${what}`, async () => {
      const file = join(tree.folder, name);
      const before = readFileSync(file);
      appendFileSync(file, name.endsWith(".js") ? "// edited\n" : "# edited\n");
      expect((await echo([tree.shellLauncher])).program).to.equal(sources());
      truncateSync(file, before.length);
    });
  }

  const without: readonly (readonly [string, () => string])[] = [
    ["nothing was built", () => join(tree.folder, "dist")],
    ["the packaged Node is not there", () => join(tree.folder, "node_modules")],
  ];
  for (const [what, path] of without) {
    it(`leaves the start to the other launcher where ${what}`, async () => {
      const place = path();
      renameSync(place, `${place}-away`);
      try {
        const PATH = `${dirname(process.execPath)}:${process.env["PATH"]}`;
        const { program, node } = await echo([tree.shellLauncher], { variables: { PATH } });
        expect([program, node]).to.deep.equal([sources(), process.versions.node]);
      } finally {
        renameSync(`${place}-away`, place);
      }
    });
  }

  it("leaves the start to the other launcher as process 1, which cannot kill itself", async function () {
    const inside = ["--pid", "--fork", "--kill-child", tree.shellLauncher, "wait"];
    if (spawnSync("unshare", ["--pid", "--fork", "true"]).status !== 0) this.skip();
    const run = new ProgramRun(spawn("unshare", inside));
    expect(await ready(run)).to.be.above(1);
    run.child.kill("SIGKILL");
    await run.ended;
  });

  it("leaves the start to the other launcher where a file is empty that the build made", async () => {
    const file = join(tree.folder, "dist/start.sh");
    const text = readFileSync(file);
    truncateSync(file, 0);
    expect((await echo([tree.shellLauncher])).program).to.equal(sources());
    appendFileSync(file, text);
    expect(isBuilt((await echo([tree.shellLauncher])).program)).to.equal(true);
  });

  it("says what to run, and starts all the same, where a file is cut off that the build made", async () => {
    const file = join(tree.folder, "dist/start.sh");
    const text = readFileSync(file);
    const starts = SHELLS.flatMap(([shell = "", ...options]) =>
      [0.2, 0.5, 0.95].map((share) => ({ shell: [shell, ...options], share })),
    );
    try {
      for (const { shell, share } of starts) {
        truncateSync(file, 0);
        appendFileSync(file, text.subarray(0, Math.floor(share * text.length)));
        const variables = { PATH: bare };
        const run = tree.startBy([...shell, tree.shellLauncher, "echo"], { variables });
        expect((await run.ended).code, run.stderr).to.equal(3);
        expect(told.parse(JSON.parse(run.stdout)).program).to.equal(sources());
        expect(run.stderr).to.match(
          /^room-operator: dist\/start\.sh is damaged, .*: run npm run build in \/.*$/m,
        );
      }
    } finally {
      truncateSync(file, 0);
      appendFileSync(file, text);
    }
    expect(isBuilt((await echo([tree.shellLauncher])).program)).to.equal(true);
  });

  it("says what to run where there is no Node at all", async () => {
    const place = join(tree.folder, "node_modules");
    renameSync(place, `${place}-away`);
    try {
      const run = tree.startBy([tree.shellLauncher, "echo"], { variables: { PATH: bare } });
      expect((await run.ended).code).to.equal(127);
      expect(run.stderr).to.match(/^room-operator: found no Node .* run npm ci in \/.*\n$/);
    } finally {
      renameSync(`${place}-away`, place);
    }
  });

  waysToEnd((...args) => [tree.shellLauncher, ...args]);
});
