import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const BIN = fileURLToPath(new URL("../bin/room-operator.js", import.meta.url));
const TIMED = /^\d\d:\d\d:\d\d {2}/;
const WITHIN_MS = 60_000;

export const DEMO_TITLE =
  "npm run demo: a push that removes eight items is refused, a commit confirms it";

const run = promisify(execFile);

/**
 * Runs the demo, types its own lines for a removal and its confirmation into a shell, and gives what both terminals show. Of
 * the demo's reports only the last one of each room in each step is kept: what comes in between depends on timing. Throws
 * when the demo does not report what is waited for within a minute.
 */
export async function recordDemo(): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), "room-operator-recording-"));
  const demo = new RunningDemo();
  try {
    const began = await demo.until("Ctrl-C ends the demo", (text) =>
      text.includes("Ctrl-C ends the demo") ? text : null,
    );
    const [head = "", reports = ""] = began.split("\n\n");
    const clone = lineOf(began, /^ +(git clone .*)$/m);
    const cloned = await type(clone, folder);
    const rooms = join(folder, "my-rooms");
    const removed = await typeStep(demo, 4, { rooms, report: /would be removed/ });
    const confirmed = await typeStep(demo, 5, { rooms, report: /: Converged/ });
    return [
      "$ npm run demo",
      ...head.split("\n"),
      "",
      ...lastReports(reports),
      "",
      ...cloned,
      ...removed,
      "",
      ...confirmed,
    ];
  } finally {
    await demo.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lines of two recordings that differ only in ids, times, ports and temporary folders are equal when they are masked. */
export function masked(lines: readonly string[]): readonly string[] {
  return lines.map((line) =>
    line
      .replaceAll(/\d\d:\d\d:\d\d/g, "<time>")
      .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>")
      .replaceAll(/[\w./-]*\/room-operator-demo-\w+/g, "/tmp/room-operator-demo-<id>")
      .replaceAll(/\b[0-9a-f]{7,64}\b/g, "<id>"),
  );
}

/** The demo under way. */
class RunningDemo {
  readonly #child = spawn(process.execPath, [BIN, "demo"], { stdio: ["ignore", "pipe", "pipe"] });
  readonly #exited = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
  output = "";

  constructor() {
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    }
  }

  /** Resolves with the first value that `look` finds in the output. */
  async until<T>(what: string, look: (output: string) => T | null): Promise<T> {
    const deadline = AbortSignal.timeout(WITHIN_MS);
    for (;;) {
      const found = look(this.output);
      if (found !== null) return found;
      if (deadline.aborted || this.#child.exitCode !== null) {
        throw new Error(`the demo did not print ${what}; it printed: ${this.output}`);
      }
      const stop = new AbortController();
      const signal = AbortSignal.any([deadline, stop.signal]);
      const events = [
        once(this.#child.stdout, "data", { signal }),
        once(this.#child, "exit", { signal }),
      ];
      await Promise.race(events).catch(() => undefined);
      stop.abort();
      await Promise.allSettled(events);
    }
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#exited;
  }
}

interface Step {
  /** The clone. */
  readonly rooms: string;
  /** What the last report of this step says. */
  readonly report: RegExp;
}

/** Types one numbered step of the demo's own words, and waits for its report. */
async function typeStep(
  demo: RunningDemo,
  number: number,
  { rooms, report }: Step,
): Promise<readonly string[]> {
  const section = demo.output.split(`\n${number}. `)[1]?.split("\n\n")[0] ?? "";
  const commands = section
    .split("\n")
    .slice(1)
    .filter((line) => /^ {2}[^ (]/.test(line))
    .map((line) => line.trim());
  const before = demo.output.length;
  const shown: string[] = [];
  for (const command of commands) shown.push(...(await type(command, rooms)));
  const reported = await demo.until(`a report like ${report.source}`, (output) => {
    const reports = lastReports(output.slice(before));
    return reports.some((line) => report.test(line)) ? reports : null;
  });
  return [...shown, "", ...reported];
}

/** The last report of each room, with the lines that belong to it. */
function lastReports(output: string): readonly string[] {
  const byRoom = new Map<string, string[]>();
  let current: string[] | null = null;
  for (const line of output.trimEnd().split("\n")) {
    if (TIMED.test(line)) {
      current = [line];
      byRoom.set(/^\S+ {2}([^:]+):/.exec(line)?.[1] ?? "", current);
    } else if (line.trim() === "") current = null;
    else current?.push(line);
  }
  return [...byRoom.values()].flat();
}

/** The command after a prompt, and what it prints. */
async function type(command: string, cwd: string): Promise<readonly string[]> {
  const person = { NAME: "Ada", EMAIL: "ada@example.org" };
  const env = {
    PATH: process.env["PATH"],
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: person.NAME,
    GIT_AUTHOR_EMAIL: person.EMAIL,
    GIT_COMMITTER_NAME: person.NAME,
    GIT_COMMITTER_EMAIL: person.EMAIL,
  };
  const { stdout } = await run("bash", ["-euo", "pipefail", "-c", `exec 2>&1\n${command}`], {
    cwd,
    env,
  });
  return [`$ ${command}`, ...stdout.split("\n").filter((line) => line !== "")];
}

function lineOf(text: string, pattern: RegExp): string {
  const [, line] = pattern.exec(text) ?? [];
  if (line === undefined) throw new Error(`the demo printed no line like ${pattern.source}`);
  return line;
}
