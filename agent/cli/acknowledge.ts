import type { z } from "zod";
import { acknowledgeAnswer } from "../api/contract.ts";
import { OperatorError } from "../kernel/errors.ts";
import { legible } from "../kernel/shortened.ts";
import { askAgent, parseAgentArgs } from "./agent-client.ts";
import { agentUrl } from "./agent-url.ts";
import type { CommandIo } from "./command.ts";

const DONE = 0;
const MISUSED = 2;

/** Longest message that is shown whole. */
const MAX_TEXT = 4000;

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
  const { body } = await askAgent(url, { method: "POST", path: "/acknowledge" }, io.signal);
  const parsed = acknowledgeAnswer.safeParse(body);
  if (!parsed.success) {
    throw new OperatorError(
      "AgentUnreachable",
      `what answers at ${url} is of another version or no agent: check --url`,
    );
  }
  io.stdout.write(toText(parsed.data));
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
