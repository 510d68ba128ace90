import type { z } from "zod";
import { acknowledgeAnswer } from "../api/contract.ts";
import { legible } from "../kernel/shortened.ts";
import { askAgent, MAX_TEXT, parseAgentArgs } from "./agent-client.ts";
import { agentUrl } from "./agent-url.ts";
import type { CommandIo } from "./command.ts";

const DONE = 0;
const MISUSED = 2;

/**
 * `acknowledge [--url URL] [--config FILE]`: ends observe-only of a running agent for all rooms. Exit code 0 when it has ended or was not on, 1
 * when the agent cannot be reached or does not do it, 2 when it was called wrongly.
 */
export async function acknowledge(
  args: readonly string[],
  io: Pick<CommandIo, "stdout" | "stderr" | "cwd" | "env" | "signal">,
): Promise<number> {
  const { at, positionals } = parseAgentArgs(args);
  if (positionals.length > 0) {
    io.stderr.write(
      "it takes no room. Usage: room-operator acknowledge [--url URL] [--config FILE]\n",
    );
    return MISUSED;
  }
  const url = await agentUrl(at, io);
  const request = { method: "POST", path: "/acknowledge" } as const;
  io.stdout.write(toText(await askAgent(acknowledgeAnswer, { url, request }, io.signal)));
  return DONE;
}

function toText({ ended, lost }: z.infer<typeof acknowledgeAnswer>): string {
  if (ended === null) {
    return "The agent is not observe-only: there is nothing to acknowledge.\n";
  }
  const { since, message, file } = ended;
  return (
    `The agent was observe-only since ${since}: ${legible(message, MAX_TEXT)}.\n` +
    `From now on it writes to all rooms again. The damaged store is at ${legible(file, MAX_TEXT)}.\n` +
    (lost === null ? "" : `Note: ${legible(lost, MAX_TEXT)}.\n`)
  );
}
