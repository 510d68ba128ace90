import { Worker } from "node:worker_threads";
import { HangUps } from "./cli/command.ts";
import { commands } from "./cli/commands.ts";
import { dispatch } from "./cli/dispatch.ts";
import { inSourceLines } from "./cli/source-lines.ts";
import type { WatchData } from "./cli/process-watch.ts";
import { type Environment, readEnvironment } from "./config/environment.ts";
import { PROGRAM_VERSION } from "./config/program-version.ts";
import { messageOf } from "./kernel/errors.ts";
import { threadProgram } from "./kernel/package-files.ts";
import { createRedactor } from "./telemetry/redactor.ts";

/*
 * The process: arguments, signals, exit codes. The first SIGTERM or SIGINT, or the loss of the launcher, asks the command to
 * stop; so does SIGHUP, unless the command reads its configuration again then. It has 9.5 s. A second signal ends the process at once with 128 + its number. A terminal and npm each
 * pass one Ctrl-C on, so signals that come together count once. A process that has not ended 12 s after it was asked to, or whose event
 * loop stands still for 60 s, is killed by a thread of its own, so that a supervisor can start it again.
 */

const STOP_WITHIN_MS = 9500;
const TOGETHER_MS = 500;
/** Short commands end before that, and a start is not slowed down. One that says that its work begins is watched from then on. */
const WATCH_AFTER_MS = 1000;
const WATCH_AGAIN_MS = 60_000;
const WATCH = threadProgram("cli/process-watch");
const BEAT_EVERY_MS = 1000;
const LOOK_EVERY_MS = 500;
const SILENT_MS = 60_000;
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

type StopSignal = keyof typeof NUMBERS;

const stopping = new AbortController();
let stoppedAtMs = Number.POSITIVE_INFINITY;
let outputLost = false;
/** Of a command that a supervisor keeps running. */
let isSupervised = false;
const shared = sharedWithWatch();

function stop(why: string, signal?: StopSignal): void {
  const nowMs = performance.now();
  if (stopping.signal.aborted) {
    if (signal !== undefined && nowMs - stoppedAtMs > TOGETHER_MS) end(128 + NUMBERS[signal]);
    return;
  }
  stoppedAtMs = nowMs;
  Atomics.store(shared.stopping, 0, 1);
  setTimeout(() => {
    tell(`not stopped within ${STOP_WITHIN_MS} ms of ${why}; ending now`);
    end(1);
  }, STOP_WITHIN_MS);
  stopping.abort(new Error(`stopped by ${why}`));
}

function end(code: number): never {
  process.exit(code);
}

function tell(text: string): void {
  process.stderr.write(`room-operator: ${createRedactor().redact(text)}\n`);
}

function crash(what: string, error: unknown): never {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  tell(`${what}: ${inSourceLines(text)}`);
  end(1);
}

/**
 * Whoever read our output is gone, or it cannot be written. Work stops in good order, and the exit code is a failure: without
 * its log the agent cannot be observed, so a supervisor has to start it again. After a stop that was asked for it is none.
 */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (stopping.signal.aborted) return;
  outputLost = true;
  stop("the loss of its output");
  // As `head` does of a short command: that is how it is meant to end.
  if (error.code === "EPIPE" && !isSupervised) return;
  const next = isSupervised ? "stopping, to be started again" : "stopping";
  tell(`its output cannot be written (${error.code ?? error.message}); ${next}`);
}

/**
 * The process whose end is the end of this one: the launcher, where it stays, and the shell under npm, which does not pass signals on.
 * Null: none.
 */
function watchedParent(env: Environment): number | null {
  const isLaunched = process.send !== undefined || env["npm_lifecycle_event"] !== undefined;
  return isLaunched ? process.ppid : null;
}

/** Gives back what begins the watch at once. Idempotent. */
function watchOver(parent: number | null): () => void {
  const lost = () => stop("the loss of its launcher");
  if (process.send !== undefined) {
    process.on("disconnect", lost);
    if (!process.connected) lost();
  }
  if (parent !== null) {
    const looking = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(looking);
      lost();
    }, LOOK_EVERY_MS).unref();
  }
  // A debugger may hold the event loop for as long as a person looks.
  if (process.execArgv.some((flag) => flag.startsWith("--inspect"))) return () => undefined;
  setInterval(() => Atomics.add(shared.beats, 0, 1), BEAT_EVERY_MS).unref();
  let isWatched = false;
  const begin = () => {
    if (!isWatched) watchFrom(parent);
    isWatched = true;
  };
  setTimeout(begin, WATCH_AFTER_MS).unref();
  return begin;
}

/** The system may give no thread: the work continues without, and one is asked for again. */
function watchFrom(parent: number | null): void {
  const unwatched = (error: unknown) =>
    tell(`is not watched by its second thread: ${messageOf(error)}`);
  try {
    const data: WatchData = { launcher: parent, ...shared, silentMs: SILENT_MS };
    const resourceLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 };
    new Worker(WATCH, { workerData: data, resourceLimits }).on("error", unwatched).unref();
  } catch (error) {
    unwatched(error);
    setTimeout(() => watchFrom(parent), WATCH_AGAIN_MS).unref();
  }
}

function sharedWithWatch(): Pick<WatchData, "beats" | "stopping"> {
  const number = () => new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  return { beats: number(), stopping: number() };
}

/** Whatever this process and its threads write is for its user alone: store, clones, the demo's folders. */
const PRIVATE_UMASK = 0o077;

async function main(): Promise<void> {
  process.umask(PRIVATE_UMASK);
  process.on("uncaughtException", (error) => crash("crashed", error));
  process.on("unhandledRejection", (error) => crash("crashed", error));
  process.stdout.on("error", onOutputError);
  process.stderr.on("error", onOutputError);
  const argv = process.argv.slice(2);
  // What people look for in a list of processes.
  process.title = ["room-operator", ...argv].join(" ");
  const reloads = Object.hasOwn(commands, argv[0] ?? "") && commands[argv[0] ?? ""]?.reloads;
  isSupervised = reloads === true;
  const hangUps = reloads === true ? new HangUps() : null;
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, () => stop(signal, signal));
  process.on("SIGHUP", () => (hangUps === null ? stop("SIGHUP", "SIGHUP") : hangUps.came()));
  const env = readEnvironment();
  const watched = watchOver(watchedParent(env));
  const program = { version: PROGRAM_VERSION, commands };
  try {
    const code = await dispatch(program, argv, {
      ...(hangUps === null ? {} : { hangUps }),
      stdout: process.stdout,
      stderr: process.stderr,
      signal: stopping.signal,
      begun: watched,
      env,
      cwd: process.cwd(),
    });
    end(outputLost && code === 0 ? 1 : code);
  } catch (error) {
    if (error !== stopping.signal.reason) crash("crashed", error);
    // The loss of the output is reported already.
    if (!outputLost) tell(messageOf(error));
    end(1);
  }
}

await main();
