#!/usr/bin/env node
/*
 * Starts the agent on Node 24, whatever Node runs this file (20 or newer): the one that came with the package, else the
 * running one if it is new enough. `bin/room-operator` does without it where the packaged Node can be run at once. Where the running Node can do it, this process becomes the agent (`process.execve`): signals,
 * exit code and pid are the agent's own. Else the agent is a child, for which the same holds:
 *
 * - SIGTERM, SIGINT and SIGHUP are passed on. A child that does not end within 12 s of the first SIGTERM or SIGINT is killed;
 *   to SIGHUP an agent does not end, it reads its configuration again.
 * - The child's exit code, or the signal that ended it, becomes ours.
 * - Under npm the shell between npm and us does not pass signals on: when that shell is gone, we stop as by SIGTERM.
 * - The child holds the other end of a channel: when this process dies, the channel closes and the child stops.
 */
import { accessSync, constants, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants as osConstants } from "node:os";
import { fileURLToPath } from "node:url";
import { LOADERS, PACKAGED_NODE } from "./agent-settings.js";
import { findProgram } from "./bundle.js";
import { startOf } from "./start-of.js";

const WANTED_MAJOR = 24;
const KILL_AFTER_MS = 12_000;
const LOOK_EVERY_MS = 500;
const FORWARDED = ["SIGTERM", "SIGINT", "SIGHUP"];

/** The file of the Node that belongs to this package, or undefined where it is not installed. */
function packagedNode() {
  try {
    const file = createRequire(import.meta.url).resolve(PACKAGED_NODE);
    accessSync(file, constants.X_OK);
    return file;
  } catch {
    return undefined;
  }
}

function runningNode() {
  return Number.parseInt(process.versions.node, 10) >= WANTED_MAJOR ? process.execPath : undefined;
}

function fail(message) {
  process.stderr.write(`room-operator: ${message}\n`);
  process.exit(1);
}

function whenOrphaned(stop) {
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    stop();
  }, LOOK_EVERY_MS);
  looking.unref();
}

/**
 * Whether this process may become the agent. Process 1 may not: it cannot kill itself, and an agent that hangs has to. Nor where the
 * file cannot be run by this machine's libc: that is reported where a child cannot be started, and a dump of memory here.
 */
function canBecome(node) {
  if (process.execve === undefined || process.pid === 1) return false;
  return node === process.execPath || existsSync(LOADERS[process.arch] ?? "");
}

async function launch(node, { args, env }) {
  // Not needed by a process that becomes the agent.
  const { spawn } = await import("node:child_process");
  const child = spawn(node, args, { stdio: ["inherit", "inherit", "inherit", "ipc"], env });
  let deadline;
  const forward = (signal) => {
    child.kill(signal);
    if (signal === "SIGHUP") return;
    deadline ??= setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  if (process.env["npm_lifecycle_event"] !== undefined) {
    whenOrphaned(() => forward("SIGTERM"));
  }
  child.on("error", (error) => {
    const advice =
      error.code === "EMFILE"
        ? "Raise the limit on open files (ulimit -n)"
        : `Install Node ${WANTED_MAJOR}`;
    fail(`cannot start ${node}: ${error.message}. ${advice} and start again.`);
  });
  child.on("exit", (code, signal) => {
    clearTimeout(deadline);
    if (signal === null) process.exit(code);
    for (const name of FORWARDED) process.off(name, forward);
    process.kill(process.pid, signal);
    // A signal that does not end this process still must not look like success.
    process.exitCode = 128 + (osConstants.signals[signal] ?? 0);
  });
}

const node = packagedNode() ?? runningNode();
if (node === undefined) {
  fail(
    `needs Node ${WANTED_MAJOR} or newer, but this is ${process.version} and no node-${process.platform}-${process.arch} package is installed. ` +
      `Run npm ci in the folder of the program, without leaving out optional dependencies, or install Node ${WANTED_MAJOR}.`,
  );
}
const found = await findProgram(fileURLToPath(new URL("..", import.meta.url)), process.argv[2]);
const program = startOf(found, process.argv.slice(2));
if (canBecome(node)) process.execve(node, [node, ...program.args], program.env);
await launch(node, program);
