import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from "node:fs";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { expect } from "chai";
import { z } from "zod";
import { BuiltTree } from "../../support/built-tree.ts";
import { eventually } from "../../support/eventually.ts";
import { PROJECT } from "../../support/page.ts";

const told = z.object({ program: z.string() });

/** Where what was built is, and the name of each file in it. */
function builtIn(tree: BuiltTree): { readonly folder: string; readonly names: readonly string[] } {
  const text = readFileSync(join(tree.folder, "dist/built.json"), "utf8");
  const { folder } = z.object({ folder: z.string() }).parse(JSON.parse(text));
  const place = join(tree.folder, "dist", folder);
  return { folder: place, names: readdirSync(place).sort() };
}

describe("a program that was built, with commands of tests", function () {
  this.timeout(120_000);
  let tree: BuiltTree;

  before(() => {
    tree = new BuiltTree({ commands: "test" });
  });

  after(() => tree.remove());

  async function programRun(flags: readonly string[] = []): Promise<string> {
    const run = tree.start(["echo"], { flags });
    expect((await run.ended).code, run.stderr).to.equal(3);
    return told.parse(JSON.parse(run.stdout)).program;
  }

  const built = () => join(builtIn(tree).folder, "main.js");
  const sources = () => join(tree.folder, "agent/main.ts");

  it("is what the launcher starts, until a source is edited", async () => {
    expect(await programRun()).to.equal(built());
    const file = join(tree.folder, "agent/cli/dispatch.ts");
    const before = readFileSync(file);
    appendFileSync(file, "// edited\n");
    expect(await programRun()).to.equal(sources());
    truncateSync(file, before.length);
    expect(await programRun()).to.equal(built());
  });

  it("is one of the command run alone, for that", async () => {
    const run = tree.start(["run", "--help"]);
    expect((await run.ended).code, run.stderr).to.equal(0);
    expect(run.stdout).to.match(/^The agent: makes rooms match/);
    const other = tree.start(["demo", "--help"]);
    expect((await other.ended).code).to.equal(2);
  });

  it("names lines of the sources when it crashes, without the secret in its address", async () => {
    const run = tree.start(["crash"]);
    expect((await run.ended).code).to.equal(1);
    const [message, place] = run.stderr.split("\n");
    expect(message).to.match(/crashed: Error: no answer from https:\/\/\[redacted\]@git\.test/);
    const text = readFileSync(join(tree.folder, "agent/cli/commands.ts"), "utf8");
    const line = text.split("\n").findIndex((one) => one.includes("hunter2")) + 1;
    expect(place).to.match(new RegExp(`/agent/cli/commands\\.ts:${line}:\\d+`));
  });

  it("is made again, whole, by a build that finds a damaged one or one that was killed", async () => {
    const { folder, names } = builtIn(tree);
    truncateSync(join(folder, "main.js"), 100);
    expect(await programRun()).to.equal(sources());
    const killed = spawn(process.execPath, ["bin/build.js"], { cwd: tree.folder });
    const leftovers = () =>
      readdirSync(join(tree.folder, "dist")).filter((name) => name.startsWith("making-"));
    await eventually("it has begun", () => leftovers().length > 0);
    killed.kill("SIGKILL");
    await once(killed, "close");
    expect(await programRun()).to.equal(sources());
    expect(tree.build()).to.match(/^built dist\/[0-9a-f]{12} of \d+ files\n$/);
    expect(await programRun()).to.equal(built());
    expect(builtIn(tree).names).to.deep.equal(names);
    expect(leftovers()).to.deep.equal([]);
  });

  it("stays where it is when the same is built again", () => {
    const inode = () => statSync(join(builtIn(tree).folder, "main.js")).ino;
    const before = inode();
    tree.build();
    expect(inode()).to.equal(before);
  });

  it("is whole after two builds at once, and what ran before is still there", async () => {
    const before = builtIn(tree).folder;
    appendFileSync(join(tree.folder, "agent/main.ts"), "process.title += '';\n");
    const builds = [1, 2].map(() =>
      spawn(process.execPath, ["bin/build.js"], { cwd: tree.folder }),
    );
    const codes = await Promise.all(builds.map((build) => once(build, "close")));
    expect(codes.map(([code]: unknown[]) => code)).to.deep.equal([0, 0]);
    expect(await programRun()).to.equal(built());
    expect(builtIn(tree).folder).to.not.equal(before);
    expect(readdirSync(before)).to.include("main.js");
  });

  it("is there for agents that run until it was built anew five times", () => {
    const first = builtIn(tree).folder;
    const next = (round: number) => {
      appendFileSync(join(tree.folder, "agent/main.ts"), `process.title += "${round}";\n`);
      tree.build();
      return readdirSync(join(first, ".."));
    };
    const [, , , fourth = [], fifth = []] = [1, 2, 3, 4, 5].map(next);
    expect(fourth).to.include(basename(first)).and.to.have.length(7);
    expect(fifth).to.have.length(7).and.not.to.include(basename(first));
  });

  it("is not made of a source outside of its folder, whose edits nobody would notice", async () => {
    const file = join(tree.folder, "agent/kernel/quoted.ts");
    const outside = `${tree.folder}-quoted.ts`;
    renameSync(file, outside);
    symlinkSync(outside, file);
    try {
      expect(() => tree.build()).to.throw(/-quoted\.ts is outside of this folder/);
      appendFileSync(outside, "// edited\n");
      expect(await programRun()).to.equal(sources());
    } finally {
      rmSync(file);
      renameSync(outside, file);
    }
  });

  it("is not what the launcher starts once a file of a package is edited", async () => {
    const packages = join(tree.folder, "node_modules");
    rmSync(packages);
    mkdirSync(packages);
    for (const name of readdirSync(join(PROJECT, "node_modules")))
      symlinkSync(join(PROJECT, "node_modules", name), join(packages, name));
    rmSync(join(packages, "yaml"));
    cpSync(join(PROJECT, "node_modules/yaml"), join(packages, "yaml"), { recursive: true });
    tree.build();
    expect(await tree.choice()).to.include({ isBuilt: true });
    const file = "node_modules/yaml/dist/index.js";
    appendFileSync(join(tree.folder, file), "// edited\n");
    const why = `${file} is not what it was when they were built`;
    expect(await tree.choice()).to.include({ isBuilt: false, why });
  });

  it("is not needed: where esbuild is not installed, installing says one line and succeeds", () => {
    rmSync(join(tree.folder, "node_modules"), { recursive: true });
    mkdirSync(join(tree.folder, "node_modules"));
    const build = (...args: string[]) =>
      spawn(process.execPath, ["bin/build.js", ...args], { cwd: tree.folder });
    return Promise.all(
      [build(), build("--if-possible")].map(async (child, position) => {
        let said = "";
        child.stderr.on("data", (text: Buffer) => (said += text.toString()));
        const [code] = (await once(child, "close")) as [number];
        expect(code).to.equal(position === 0 ? 1 : 0);
        expect(said).to.equal(
          "room-operator: not built, so its sources are run: esbuild is not installed\n",
        );
      }),
    );
  });
});

describe("a program that was built", function () {
  this.timeout(120_000);
  let tree: BuiltTree;

  before(() => {
    tree = new BuiltTree({ commands: "real" });
  });

  after(() => tree.remove());

  it("follows a repository by its threads, and shows each converged room with revision, phase and outcome", async () => {
    expect(await tree.choice()).to.include({ isBuilt: true });
    const run = tree.start(["demo", "--once"]);
    expect((await run.ended).code, run.stdout + run.stderr).to.equal(0);
    for (const room of ["ai-lab-01", "help-desk-01"])
      expect(run.stdout).to.match(
        new RegExp(`^${room} +main@sha1:[0-9a-f]{8} +VERIFY +converged$`, "m"),
      );
    expect(run.stderr).to.equal("");
  });

  it("has a program for each thread that the sources start", () => {
    const sources = globSync("agent/**/*.ts", { cwd: PROJECT });
    const started = sources.flatMap((file) => {
      const text = readFileSync(join(PROJECT, file), "utf8");
      return [...text.matchAll(/threadProgram\("(?:\w+\/)+([\w-]+)"\)/g)].map(([, name]) => name);
    });
    expect(started).to.have.length(5);
    expect(builtIn(tree).names).to.include.members(started.map((name) => `${name}.js`));
  });

  it("checks a store in a thread, and cuts its log", async () => {
    const { folder } = builtIn(tree);
    const file = join(tree.folder, "store.db");
    const database = new DatabaseSync(file);
    database.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (x)");
    const check = new Worker(join(folder, "sqlite-check-worker.js"), {
      workerData: { file, task: "start" },
    });
    expect(await once(check, "message")).to.have.nested.property("[0].kind");
    const trim = new Worker(join(folder, "sqlite-log-trim-worker.js"), { workerData: file });
    expect(await once(trim, "exit")).to.deep.equal([0]);
    database.close();
  });

  it("imports no whole module of Node", () => {
    const { folder, names } = builtIn(tree);
    const own = /^(main|main-of-run|run-\w+|[a-z-]+-(worker|program|watch))\.js$/;
    const ours = names.filter((name) => own.test(name));
    expect(ours).to.have.length(9);
    for (const name of ours)
      expect(readFileSync(join(folder, name), "utf8"), name).to.not.match(/from ?"node:/);
  });

  it("loads no library before it is needed", () => {
    const { folder, names } = builtIn(tree);
    const runs = names.filter((name) => /^run-\w+\.js$/.test(name));
    expect(runs).to.have.length(2);
    const list = `
      import { registerHooks } from "node:module";
      import { readFileSync } from "node:fs";
      const names = new Set();
      registerHooks({ load: (url, context, next) => {
        if (url.includes("/dist/")) {
          for (const source of JSON.parse(readFileSync(new URL(url + ".map"), "utf8")).sources)
            names.add(/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(source)?.[1] ?? "");
        }
        return next(url, context);
      } });
      for (const run of ${JSON.stringify(runs)}) await import(${JSON.stringify(`${folder}/`)} + run);
      console.log([...names, ...process.moduleLoadList].join());`;
    const node = ["--input-type=module", "-e", list];
    const loaded = execFileSync(process.execPath, node, { encoding: "utf8" }).trim().split(",");
    expect(loaded).to.include.members(["zod", "express"]);
    const later = ["yaml", "chokidar", "node-cron", "express-rate-limit", "isomorphic-git"];
    const forges = ["@octokit/rest", "@octokit/auth-app", "@gitbeaker/rest"];
    expect(loaded).to.include("NativeModule http");
    const not = [...later, ...forges, "NativeModule https", "NativeModule tls"];
    expect(loaded.filter((name) => not.includes(name))).to.deep.equal([]);
  });

  it("runs without the shapes of its answers", () => {
    const { folder } = builtIn(tree);
    const [run] = /run-\w+\.js/.exec(readFileSync(join(folder, "main-of-run.js"), "utf8")) ?? [];
    const map: unknown = JSON.parse(readFileSync(join(folder, `${run}.map`), "utf8"));
    const { sources } = z.object({ sources: z.array(z.string()) }).parse(map);
    const ofApi = sources.filter((source) => source.includes("/agent/api/"));
    expect(ofApi.some((source) => source.endsWith("/requests.ts"))).to.equal(true);
    expect(ofApi.filter((source) => source.endsWith("contract.ts"))).to.deep.equal([]);
  });

  it("says its version, and checks files", async () => {
    const version = tree.start(["--version"]);
    expect((await version.ended).code, version.stderr).to.equal(0);
    expect(version.stdout).to.match(/^\d+\.\d+\.\d+\n$/);
    const validate = tree.start(["validate", "--root", ".", "specs-example"]);
    expect((await validate.ended).code, validate.stdout + validate.stderr).to.equal(0);
  });

  it("is not started when it is not what the sources say, and the log names the file", async () => {
    const file = join(tree.folder, "agent/config/program-version.ts");
    appendFileSync(file, "// edited\n");
    const why = "agent/config/program-version.ts is not what it was when they were built";
    const run = tree.start(["run"], { cwd: mkdirIn(tree.folder) });
    const line = () => run.stdout.split("\n").find((one) => one.includes("sources are run"));
    const said = await eventually(
      "it logs it",
      () => line() ?? (run.child.exitCode !== null && run.stderr),
    );
    run.child.kill("SIGTERM");
    expect(JSON.parse(said)).to.include({ level: "info", detail: why });
  });
});

function mkdirIn(folder: string): string {
  const made = join(folder, "elsewhere");
  mkdirSync(made);
  return made;
}
