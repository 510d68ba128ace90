import type { CommandEntry, CommandIo } from "../../agent/cli/command.ts";

/** Stands in for the list of commands in a program tree of its own: one command per way a process can behave. */

function forever(): Promise<never> {
  return new Promise(() => setInterval(() => undefined, 60_000));
}

/** The event loop stands still from now on, at no cost. */
function standStill(): never {
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const clock = setInterval(() => undefined, 60_000);
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => {
      clearInterval(clock);
      resolve();
    });
  });
}

function entry(run: (args: readonly string[], io: CommandIo) => Promise<number>): CommandEntry {
  return { usage: "[ARG…]", summary: "For tests.", load: () => Promise.resolve(run) };
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  echo: entry((args, io) => {
    const program = process.argv[1];
    const { execArgv, versions } = process;
    const told = { args, cwd: io.cwd, node: versions.node, program, execArgv, env: io.env };
    io.stdout.write(`${JSON.stringify(told)}\n`);
    return Promise.resolve(3);
  }),
  wait: entry(async (_args, io) => {
    io.stdout.write(`ready ${process.pid}\n`);
    await untilAborted(io.signal);
    io.stdout.write("stopped\n");
    return 0;
  }),
  ignore: entry((_args, io) => {
    io.stdout.write(`ready ${process.pid}\n`);
    return forever();
  }),
  block: entry((args, io) => {
    io.stdout.write(`ready ${process.pid}\n`);
    return new Promise(() => {
      setTimeout(() => {
        io.stdout.write("blocked\n");
        standStill();
      }, Number(args[0]));
    });
  }),
  begin: entry((_args, io) => {
    io.stdout.write(`ready ${process.pid}\n`);
    io.begun?.();
    return standStill();
  }),
  stall: entry(async (_args, io) => {
    io.stdout.write(`ready ${process.pid}\n`);
    await untilAborted(io.signal);
    return standStill();
  }),
  crash: entry(() => Promise.reject(new Error("no answer from https://kim:hunter2@git.test/a"))),
  unhandled: entry(() => {
    void Promise.reject(new Error("nobody looks"));
    return forever();
  }),
  abort: entry(() => {
    process.abort();
  }),
};
