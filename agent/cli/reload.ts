import type { z } from "zod";
import { reloadAnswer } from "../api/reload-contract.ts";
import { legible, listed } from "../kernel/shortened.ts";
import { askAgent, MAX_TEXT, parseAgentArgs } from "./agent-client.ts";
import { agentUrl } from "./agent-url.ts";
import type { CommandIo } from "./command.ts";

const DONE = 0;
const MISUSED = 2;

/**
 * `reload [--url URL] [--config FILE]`: has a running agent read its configuration again. Exit code 0 when what the file has
 * is in force, 1 when the agent cannot be reached or keeps the configuration before, 2 when it was called wrongly.
 */
export async function reload(
  args: readonly string[],
  io: Pick<CommandIo, "stdout" | "stderr" | "cwd" | "env" | "signal">,
): Promise<number> {
  const { at, positionals } = parseAgentArgs(args);
  if (positionals.length > 0) {
    io.stderr.write(
      "it reloads the whole configuration. Usage: room-operator reload [--url URL] [--config FILE]\n",
    );
    return MISUSED;
  }
  const url = await agentUrl(at, io);
  const request = { method: "POST", path: "/reload" } as const;
  io.stdout.write(toText(await askAgent(reloadAnswer, { url, request }, io.signal)));
  return DONE;
}

function toText({ changes, before }: z.infer<typeof reloadAnswer>): string {
  if (changes.length === 0)
    return `${unchanged(before)} An edit counts by itself, without this command.\n`;
  const lines = changes.map(({ what, key, source }) => {
    const of = source === null ? "" : ` (source ${legible(source, MAX_TEXT)})`;
    return `  ${what} ${legible(key, MAX_TEXT)}${of}\n`;
  });
  return `The configuration was reloaded:\n${lines.join("")}`;
}

function unchanged(before: z.infer<typeof reloadAnswer>["before"]): string {
  if (before === undefined) return "Nothing changed: what the file has is in force.";
  const { since, changes } = before;
  if (changes.length === 0)
    return `Nothing changed: the file is in force since the start at ${since}.`;
  const keys = changes.map(({ what, key }) => `${what} ${key}`);
  return `Nothing more to change: the file is in force since ${since} (${listed(keys, { each: MAX_TEXT })}).`;
}
