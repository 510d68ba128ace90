import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runAgent } from "../../../agent/cli/run-agent.ts";
import type { AgentFactory } from "../../../agent/cli/run-agent.ts";
import type { Config } from "../../../agent/config/config.ts";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import type { Logger } from "../../../agent/telemetry/logger.ts";
import { eventually } from "../../support/eventually.ts";
import { rejection } from "../../support/rejection.ts";

const CANARY = "ghp_canary7secret";

/** Stands in for the agent: records what is asked of it. */
class FakeAgent {
  config: Config | undefined;
  logger: Logger | undefined;
  readonly calls: string[] = [];
  readonly #start: () => Promise<{ url: string }>;

  constructor(start = () => Promise.resolve({ url: "http://127.0.0.1:1" })) {
    this.#start = start;
  }

  readonly create: AgentFactory = (config, { logger }) => {
    this.config = config;
    this.logger = logger;
    return {
      start: () => {
        this.calls.push("start");
        return this.#start();
      },
      reload: () => void this.calls.push("reload"),
      stop: () => {
        this.calls.push("stop");
        return Promise.resolve();
      },
    };
  };
}

describe("runAgent", () => {
  let cwd: string;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "room-operator-run-"));
  });

  afterEach(() => rmSync(cwd, { recursive: true }));

  function run(agent: FakeAgent, { args = [] as string[], env = {}, onLine = () => {} } = {}) {
    const told = { stdout: "", stderr: "" };
    const stopping = new AbortController();
    const ended = runAgent(
      args,
      {
        stdout: {
          write: (text) => {
            told.stdout += text;
            onLine();
          },
        },
        stderr: { write: (text) => (told.stderr += text) },
        signal: stopping.signal,
        begun: () => void agent.calls.push("begun"),
        env,
        cwd,
      },
      agent.create,
    );
    return { told, ended, stop: () => stopping.abort(new Error("stopped")) };
  }

  it("runs the agent until it is asked to stop, and says so", async () => {
    const agent = new FakeAgent();
    const { told, ended, stop } = run(agent);
    await eventually("its work has begun", () => agent.calls.includes("begun"));
    expect(agent.calls).to.deep.equal(["start", "begun"]);
    stop();
    expect(await ended).to.equal(0);
    expect(agent.calls).to.deep.equal(["start", "begun", "stop"]);
    const lines = told.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(lines[0]).to.deep.include({ message: "configuration read", file: null, sources: [] });
    expect(lines.at(-1)).to.include({ level: "info", message: "agent stopping" });
    expect(told.stderr).to.equal("");
  });

  it("tells every problem on stderr and makes no agent", async () => {
    writeFileSync(join(cwd, "appsettings.json"), '{"HttpApi":{"Port":-1},"Stor":{}}');
    const agent = new FakeAgent();
    const { told, ended } = run(agent, { env: { Logging__Level: "loud" } });
    expect(await ended).to.equal(1);
    expect(told.stderr.split("\n")[0]).to.equal("The configuration has 3 problems:");
    for (const key of ["HttpApi.Port", "Stor", "Logging.Level"]) {
      expect(told.stderr).to.include(`\n  ${key} is `);
    }
    expect(told.stdout).to.equal("");
    expect(agent.calls).to.deep.equal([]);
  });

  it("refuses to start with a file of certificates that cannot be read", async () => {
    const settings = { RoomServer: { BaseUrl: "https://rooms.test", Tls: { CaFile: "ca.pem" } } };
    writeFileSync(join(cwd, "appsettings.json"), JSON.stringify(settings));
    const agent = new FakeAgent();
    const { told, ended } = run(agent);
    expect(await ended).to.equal(1);
    expect(told.stderr).to.match(/^ {2}RoomServer\.Tls\.CaFile the file \S+ cannot be read/m);
    expect(agent.calls).to.deep.equal([]);
  });

  it("reads the file that --config names", async () => {
    writeFileSync(join(cwd, "my.json"), '{"HttpApi":{"Port":4321}}');
    const agent = new FakeAgent();
    const { ended, stop } = run(agent, { args: ["--config", "my.json"] });
    await eventually("the agent is started", () => agent.calls.includes("start"));
    expect(agent.config?.httpApi.port).to.equal(4321);
    stop();
    await ended;
  });

  it("stops what did not start, and hands the reason on", async () => {
    const reason = new OperatorError("StoreLocked", "Stop the other agent.");
    const agent = new FakeAgent(() => Promise.reject(reason));
    expect(await rejection(run(agent).ended)).to.equal(reason);
    expect(agent.calls).to.deep.equal(["start", "stop"]);
  });

  it("stops an agent that is still starting", async () => {
    const agent = new FakeAgent(() => new Promise(() => undefined));
    const { ended, stop } = run(agent);
    await eventually("the agent is starting", () => agent.calls.length === 1);
    stop();
    expect(await ended).to.equal(0);
    expect(agent.calls).to.deep.equal(["start", "stop"]);
  });

  for (const file of ["absent", "present"])
    it(`ends with 0 and without a word when it is stopped while it reads its configuration (${file})`, async () => {
      if (file === "present") writeFileSync(join(cwd, "appsettings.json"), "{}");
      const agent = new FakeAgent();
      const { told, ended, stop } = run(agent);
      stop();
      expect(await ended).to.equal(0);
      expect(told).to.deep.equal({ stdout: "", stderr: "" });
      expect(agent.calls).to.deep.equal([]);
    });

  it("ends with 0 when it is stopped while it reads a secret", async () => {
    writeFileSync(join(cwd, "token"), CANARY);
    const agent = new FakeAgent();
    const { told, ended, stop } = run(agent, {
      env: { Auth__TokenFile: "token" },
      onLine: () => stop(),
    });
    expect(await ended).to.equal(0);
    expect(told.stdout).to.include("configuration read");
    expect(told.stderr).to.equal("");
    expect(agent.calls).to.deep.equal([]);
  });

  it("lets no configured secret into the log", async () => {
    writeFileSync(join(cwd, "git-token"), `${CANARY}-git\n`);
    const agent = new FakeAgent();
    const { told, ended, stop } = run(agent, {
      env: {
        ROOM_AUTH_TOKEN: `${CANARY}-room`,
        Git__Sources__0__Name: "specs",
        Git__Sources__0__Url: "https://git.test/specs",
        Git__Sources__0__Auth__Kind: "token",
        Git__Sources__0__Auth__TokenFile: "git-token",
      },
    });
    await eventually("the agent is started", () => agent.calls.includes("start"));
    agent.logger?.error({ error: new Error(`401 for ${CANARY}-git`) }, `with ${CANARY}-room`);
    stop();
    await ended;
    expect(told.stdout).to.include("401 for [redacted]").and.not.include("canary");
  });

  it("warns of a credential file that cannot be read, and goes on", async () => {
    const agent = new FakeAgent();
    const { told, ended, stop } = run(agent, {
      env: {
        ROOM_AUTH_TOKEN: "t0ken-7",
        Git__Sources__0__Name: "specs",
        Git__Sources__0__Url: "https://git.test/specs",
        Git__Sources__0__Auth__Kind: "token",
        Git__Sources__0__Auth__TokenFile: "not-yet",
        RoomServer__HubPath: "/hub",
      },
    });
    await eventually("the agent is started", () => agent.calls.includes("start"));
    stop();
    expect(await ended).to.equal(0);
    const warnings = told.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ level }) => level === "warn");
    expect(warnings.map(({ key, source }) => key ?? source)).to.deep.equal([
      "RoomServer.HubPath",
      "specs",
    ]);
  });
});
