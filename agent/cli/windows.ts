import { windowsAnswer, type WindowsAnswer } from "../api/windows-contract.ts";
import { legible } from "../kernel/shortened.ts";
import { askAgent, MAX_TEXT, parseAgentArgs } from "./agent-client.ts";
import { agentUrl } from "./agent-url.ts";
import type { CommandIo } from "./command.ts";

const DONE = 0;
const MISUSED = 2;

/**
 * `windows [--url URL] [--config FILE]`: the sync windows of a running agent, which of them are on, and which rooms wait. Exit
 * code 0 when they were shown, 1 when the agent cannot be reached, 2 when it was called wrongly.
 */
export async function windows(
  args: readonly string[],
  io: Pick<CommandIo, "stdout" | "stderr" | "cwd" | "env" | "signal">,
): Promise<number> {
  const { at, positionals } = parseAgentArgs(args);
  if (positionals.length > 0) {
    io.stderr.write("it takes no room. Usage: room-operator windows [--url URL] [--config FILE]\n");
    return MISUSED;
  }
  const url = await agentUrl(at, io);
  const request = { method: "GET", path: "/windows" } as const;
  io.stdout.write(toText(await askAgent(windowsAnswer, { url, request }, io.signal)));
  return DONE;
}

type Shown = WindowsAnswer["windows"][number];

/** The answer as people read it. */
function toText({ windows, waiting, waitingCount }: WindowsAnswer): string {
  if (windows.length === 0)
    return "No sync windows are configured: new specs are applied at any time.\n";
  const lines = windows.flatMap(windowLines);
  lines.push(waitingCount === 0 ? "No room waits for a window." : "Waiting:");
  for (const { roomId, nextAllowedAt } of waiting)
    lines.push(
      `  ${shown(roomId)}  ${nextAllowedAt === null ? "never allowed, as far as found: correct Operator.SyncWindows" : `next allowed at ${nextAllowedAt}`}`,
    );
  const more = waitingCount - waiting.length;
  if (more > 0) lines.push(`  and ${more} more rooms`);
  return `${lines.join("\n")}\n`;
}

function windowLines(window: Shown, index: number): string[] {
  const { kind, on, changesAt, description, schedule, timeZone, durationMinutes } = window;
  const until = changesAt === null ? ", and no change was found" : ` until ${changesAt}`;
  const state = `${on ? "on" : "off"}${until}`;
  const about = description === "" ? "" : `  ${shown(description)}`;
  return [
    `${index}  ${kind}  ${state}${about}`,
    `   schedule  ${shown(schedule)}  ${shown(timeZone)}  for ${durationMinutes} min`,
    `   rooms     ${shown(window.rooms.join(" "))}`,
    `   sources   ${shown(window.sources.join(" "))}`,
    "",
  ];
}

function shown(text: string): string {
  return legible(text, MAX_TEXT);
}
