import { parseArgs } from "node:util";
import { expect } from "chai";
import { commands as realCommands } from "../../../agent/cli/commands.ts";
import { dispatch } from "../../../agent/cli/dispatch.ts";
import type { Command, CommandEntry } from "../../../agent/cli/command.ts";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { rejection } from "../../support/rejection.ts";

function entry(command: Command, usage = ""): CommandEntry {
  return { usage, summary: "Does a thing", load: () => Promise.resolve(command) };
}

const commands: Readonly<Record<string, CommandEntry>> = {
  work: entry((args) => Promise.resolve(args.length), "[FILE…]"),
  strict: entry((args) => {
    parseArgs({ args: [...args], options: { port: { type: "string" } } });
    return Promise.resolve(0);
  }, "[--port N]"),
  refuse: entry(() => Promise.reject(new OperatorError("StoreLocked", "Stop the other agent."))),
  broken: entry(() => Promise.reject(new TypeError("a defect"))),
};

const call = (...argv: string[]) => callOf(argv, commands);

async function callOf(argv: string[], commands: Readonly<Record<string, CommandEntry>>) {
  const told = { stdout: "", stderr: "" };
  const code = await dispatch({ version: "1.2.3", commands }, argv, {
    stdout: { write: (text) => (told.stdout += text) },
    stderr: { write: (text) => (told.stderr += text) },
    signal: new AbortController().signal,
    env: {},
    cwd: "/",
  });
  return { code, ...told };
}

describe("dispatch", () => {
  it("hands the arguments to the command and its exit code back", async () => {
    expect(await call("work", "a", "b")).to.deep.equal({ code: 2, stdout: "", stderr: "" });
  });

  it("tells its version", async () => {
    expect(await call("--version")).to.deep.equal({ code: 0, stdout: "1.2.3\n", stderr: "" });
  });

  for (const argv of [["--help"], ["-h"], ["help"]]) {
    it(`lists every command for ${argv[0]}`, async () => {
      const { code, stdout, stderr } = await call(...argv);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
      for (const name of Object.keys(commands))
        expect(stdout).to.match(new RegExp(`^ {2}${name}\\b`, "m"));
    });
  }

  it("has the summary of a command on a line below its usage", async () => {
    expect((await call("--help")).stdout).to.include("\n  work [FILE…]\n      Does a thing\n");
  });

  it("lists every command on stderr and ends with 2 when there is none", async () => {
    const { code, stdout, stderr } = await call();
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
    expect(stderr).to.include("work [FILE…]");
  });

  for (const [name, hint] of [
    ["wrk", "Did you mean work?"],
    ["constructor", 'Unknown command "constructor".'],
    ["__proto__", 'Unknown command "__proto__".'],
    ["\u001b[31m", 'Unknown command "\\u001b[31m".'],
  ] as const) {
    it(`refuses the command ${JSON.stringify(name)}, and says where the list is`, async () => {
      const { code, stdout, stderr } = await call(name, "--help");
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
      const [first, ...rest] = stderr.trimEnd().split("\n");
      expect(first).to.include(hint);
      expect(rest).to.deep.equal(["room-operator --help lists the commands."]);
    });
  }

  for (const [name, hint] of [
    ["status", "`room-operator explain ROOM` says why a room is not at head"],
    ["sync", "/apply -H 'Content-Type: application/json'"],
    ["diff", "-H 'X-Dry-Run: true'"],
    ["history", "/rooms/ROOM/history"],
  ] as const) {
    it(`says what does the work of ${name} in other tools`, async () => {
      const { code, stderr } = await callOf([name], realCommands);
      expect(code).to.equal(2);
      expect(stderr).to.match(/^Unknown command .*\n.*\nroom-operator --help lists/);
      expect(stderr.split("\n")[1]).to.include(hint);
    });
  }

  for (const word of ["help", "--help", "-h"]) {
    it(`explains a command for ${word} and its name`, async () => {
      const { code, stdout } = await call(word, "strict");
      expect(code).to.equal(0);
      expect(stdout).to.equal("Does a thing\n\nUsage: room-operator strict [--port N]\n");
    });
  }

  it("refuses help for a command that there is not", async () => {
    const { code, stderr } = await call("help", "wrk");
    expect(code).to.equal(2);
    expect(stderr).to.include('Unknown command "wrk". Did you mean work?');
  });

  it("explains a command instead of running it", async () => {
    const { code, stdout } = await call("strict", "--port", "x", "--help");
    expect(code).to.equal(0);
    expect(stdout).to.equal("Does a thing\n\nUsage: room-operator strict [--port N]\n");
  });

  it("ends with 2 and the usage when arguments are wrong", async () => {
    const { code, stderr } = await call("strict", "--prot", "1");
    expect(code).to.equal(2);
    expect(stderr)
      .to.match(/^Unknown option '--prot'\.\nUsage/)
      .and.to.include("Usage: room-operator strict [--port N]");
  });

  it("ends with 1 and the message when a person can mend it", async () => {
    expect(await call("refuse")).to.deep.equal({
      code: 1,
      stdout: "",
      stderr: "StoreLocked: Stop the other agent.\n",
    });
  });

  it("does not swallow a defect", async () => {
    expect((await rejection(call("broken"))).message).to.equal("a defect");
  });
});

describe("commands", () => {
  it("are listed in lines that a terminal of 120 columns does not break", async () => {
    const { stdout } = await callOf(["--help"], realCommands);
    expect(stdout.split("\n").filter((line) => line.length > 120)).to.deep.equal([]);
  });

  for (const [name, { usage }] of Object.entries(realCommands)) {
    it(`${name} --help says what each of its options means`, async () => {
      const { stdout } = await callOf([name, "--help"], realCommands);
      const explained = stdout.split("\n").map((line) => /^ {2}(\S+)/.exec(line)?.[1]);
      expect(explained).to.include.members(usage.match(/--[a-z-]+/g) ?? []);
    });
  }

  for (const [name, entry] of Object.entries(realCommands)) {
    it(`${name} can be loaded`, async () => {
      expect(await entry.load()).to.be.a("function");
    });
  }
});
