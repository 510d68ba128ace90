import { expect } from "chai";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";

const BIN = new URL("../../bin/room-operator.js", import.meta.url).pathname;

/** A demo under way, with everything it has printed. */
class Demo {
  output = "";
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;

  constructor(...args: readonly string[]) {
    this.child = spawn(process.execPath, [BIN, "demo", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    this.exited = new Promise((resolve) => this.child.once("exit", (code) => resolve(code)));
  }

  sees(text: string, timeoutMs = 20_000): Promise<true> {
    return eventually(
      `the demo says "${text}"; it said: ${this.output}`,
      () => this.output.includes(text) || undefined,
      timeoutMs,
    );
  }

  /** The indented lines of one numbered step, as they are printed. */
  step(number: number): string {
    const section = this.output.split(`\n${number}. `)[1]?.split("\n\n")[0] ?? "";
    return section
      .split("\n")
      .filter((line) => line.startsWith("  ") && !line.startsWith("  ("))
      .join("\n");
  }

  get clone(): string {
    const line = this.output.split("\n").find((text) => text.includes("git clone "));
    if (line === undefined) throw new Error(`no clone line in: ${this.output}`);
    return line;
  }
}

describe("room-operator demo", function () {
  this.timeout(60_000);
  let folder: string;
  let demo: Demo | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-demo-test-"));
  });

  afterEach(async () => {
    demo?.child.kill("SIGTERM");
    await demo?.exited;
    demo = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** Types lines into a shell, as the reader of the demo's words would. */
  const type = (lines: string, cwd = join(folder, "my-rooms")): string =>
    execFileSync("bash", ["-euo", "pipefail", "-c", lines], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        GIT_AUTHOR_NAME: "Kim",
        GIT_AUTHOR_EMAIL: "kim@example.org",
        GIT_COMMITTER_NAME: "Kim",
        GIT_COMMITTER_EMAIL: "kim@example.org",
      },
    });

  it("keeps the word of each of its lines, ends cleanly on Ctrl-C and leaves nothing behind", async () => {
    demo = new Demo();
    await demo.sees("Ctrl-C ends the demo");
    type(demo.clone, folder);
    type(demo.step(1));
    await demo.sees(
      `ai-lab-01: Converged, verified at main@sha1:${type("git rev-parse HEAD").slice(0, 8)}`,
    );
    const planned = type(demo.step(2).split("\n").slice(0, 2).join("\n"));
    await demo.sees("ai-lab-01: DryRun");
    expect(type(demo.step(2).split("\n").slice(2).join("\n")), planned).to.include(
      '"toUpdate":["E-orchestrator-main"]',
    );
    type(demo.step(3));
    await demo.sees(
      `ai-lab-01: Converged, verified at main@sha1:${type("git rev-parse HEAD~1").slice(0, 8)}`,
    );
    type(demo.step(4));
    await demo.sees("help-desk-01: ");
    await demo.sees("ChangeThresholdExceeded");
    type(demo.step(5));
    await demo.sees(
      `help-desk-01: Converged, verified at main@sha1:${type("git rev-parse HEAD~1").slice(0, 8)}`,
    );
    expect(type(demo.step(6)))
      .to.include("help-desk-01 is at head")
      .and.include('"entity.kicked"')
      .and.include("room_operator_reconcile_attempts_total");
    const [, logs = ""] = /\(log: (.*)\/agent\.log\)/.exec(demo.output) ?? [];
    expect(existsSync(logs)).to.equal(true);
    demo.child.kill("SIGINT");
    expect(await demo.exited).to.equal(0);
    expect(existsSync(logs)).to.equal(false);
  });

  it("shows a spec that cannot be used and a file that is not read, and does not end well with them", async () => {
    const place = join(folder, "rooms");
    cpSync(new URL("../../specs-example/rooms", import.meta.url), place, { recursive: true });
    cpSync(new URL("../../seeds", import.meta.url), join(folder, "seeds"), { recursive: true });
    writeFileSync(join(place, "new.room.yaml"), "apiVersion: nope\nspec: [\n");
    writeFileSync(join(place, "other.room.YAML"), "");
    demo = new Demo("--once", "--repo", folder);
    expect(await demo.exited, demo.output).to.equal(1);
    expect(demo.output)
      .to.match(/source specs has .* in spec files: rooms\/new\.room\.yaml:\d+:\d+: /)
      .and.match(/source specs warns: a file is not read .*other\.room\.YAML/)
      .and.match(/^ai-lab-01 .* converged$/m);
  });

  it("says that a folder holds no spec, follows it when it does, and leaves it as it is", async () => {
    demo = new Demo("--once", "--repo", folder);
    expect(await demo.exited).to.equal(1);
    expect(demo.output).to.include("no spec names a room: source specs warns: ");
    demo = new Demo("--repo", folder);
    await demo.sees("source specs warns: ");
    const place = join(folder, "rooms");
    cpSync(new URL("../../seeds", import.meta.url), join(folder, "seeds"), { recursive: true });
    cpSync(new URL("../../specs-example/rooms", import.meta.url), place, { recursive: true });
    await demo.sees("Ctrl-C ends the demo");
    expect(demo.output).to.include(`folder      ${folder}`).and.not.include("git");
    const explains = demo.output.split("\n").find((line) => line.includes(" explain --url "));
    expect(type(explains ?? "", folder)).to.include("ai-lab-01 is at head");
    const file = join(place, "ai-lab.room.yaml");
    const text = readFileSync(file, "utf8").replace("version: 4\n", "version: 5\n");
    writeFileSync(`${file}~`, text.replace("Research Agent", "Chief Researcher"));
    renameSync(`${file}~`, file);
    await demo.sees("ai-lab-01: Converged, verified at local@sha256:");
    await eventually("the second revision is verified", () => {
      const lines =
        demo?.output.match(/ai-lab-01: Converged, verified at local@sha256:\w{8}/g) ?? [];
      return new Set(lines).size >= 2 ? true : undefined;
    });
    demo.child.kill("SIGINT");
    expect(await demo.exited).to.equal(0);
    expect(readdirSync(folder).sort()).to.deep.equal(["rooms", "seeds"]);
  });

  it("refuses a folder that is not there", async () => {
    demo = new Demo("--repo", join(folder, "none"));
    expect(await demo.exited).to.equal(1);
    expect(demo.output).to.include("none cannot be read").and.include("name a folder with specs");
  });
});
