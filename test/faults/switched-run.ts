import { writeFileSync } from "node:fs";
import { createAgent } from "../../agent/run/agent.ts";
import type { CommandIo } from "../../agent/cli/command.ts";
import { runAgent } from "../../agent/cli/run-agent.ts";
import type { Config } from "../../agent/config/config.ts";
import { systemClock } from "../../agent/kernel/clock.ts";
import type { PassPointReached } from "../../agent/room/pass-points.ts";
import { readLog } from "../support/devserver-client.ts";
import { eventually } from "../support/eventually.ts";
import { SWITCHES_VARIABLE, readSwitches, type KillSwitch, type Switches } from "./switches.ts";
import { systemHeap } from "../../agent/kernel/heap.ts";

/*
 * Takes the place of `agent/cli/run.ts` in a program tree of its own: the same agent, which a test can kill at a given
 * point, whose clock it can move and whose event loop it can block, all while it runs.
 */

const LOOK_EVERY_MS = 50;

/** `run`, under the switches of the file that the variable names. */
export function run(args: readonly string[], io: CommandIo): Promise<number> {
  const file = io.env[SWITCHES_VARIABLE];
  if (file === undefined) throw new Error(`${SWITCHES_VARIABLE} is not set`);
  watchForBlock(file);
  return runAgent(args, io, (config, options) => {
    const trap = new Trap(file, config);
    const ahead = () => read(file).clockAheadMs ?? 0;
    return createAgent(config, {
      ...options,
      heap: systemHeap,
      clock: { ...systemClock, nowMs: () => Date.now() + ahead() },
      onPassPoint: (reached) => trap.onPassPoint(reached),
    });
  });
}

function read(file: string): Switches {
  return JSON.parse(readSwitches(file)) as Switches;
}

function watchForBlock(file: string): void {
  let before = "{}";
  setInterval(() => {
    const text = readSwitches(file);
    if (text === before) return;
    before = text;
    const untilMs = performance.now() + (read(file).blockMs ?? 0);
    while (performance.now() < untilMs);
  }, LOOK_EVERY_MS).unref();
}

/** Kills at the moment that the switch names. */
class Trap {
  readonly #file: string;
  readonly #roomServer: string;
  #text = "{}";
  #count = 0;

  constructor(file: string, { roomServer }: Config) {
    this.#file = file;
    this.#roomServer = roomServer.baseUrl;
  }

  async onPassPoint(reached: PassPointReached): Promise<void> {
    const text = readSwitches(this.#file);
    if (text !== this.#text) this.#count = 0;
    this.#text = text;
    const { kill } = JSON.parse(text) as Switches;
    if (kill === undefined || !isMeant(kill, reached)) return;
    this.#count += 1;
    if (this.#count !== kill.nth) return;
    if (reached.point === "sent") await this.#hasArrived(reached);
    writeFileSync(`${this.#file}.killed`, JSON.stringify(kill));
    process.kill(kill.victim === "agent" ? process.pid : launcherPid(), "SIGKILL");
  }

  /** A call counts as sent once the RoomServer has seen it. */
  async #hasArrived({ intent }: PassPointReached): Promise<void> {
    await eventually("the call arrives", async () =>
      (await readLog(this.#roomServer)).some(({ requestId }) => requestId === intent?.id),
    );
  }
}

function isMeant(kill: KillSwitch, { point, roomId, intent }: PassPointReached): boolean {
  if (point !== kill.point) return false;
  if (roomId !== null && roomId !== kill.room) return false;
  if (intent === undefined) return true;
  if (kill.phase !== undefined && intent.phase !== kill.phase) return false;
  return kill.kind === undefined || intent.action.kind === kill.kind;
}

/** An agent that the launcher became has none: its parent is the test. */
function launcherPid(): number {
  if (process.send === undefined) throw new Error("there is no launcher to kill");
  return process.ppid;
}
