import type { CommandEntry } from "./command.ts";

export const AGENT_CONFIG = [
  "--config FILE   the configuration; appsettings.json of the current folder, where there is one",
];

export const run: CommandEntry = {
  usage: "[--config FILE]",
  summary: "The agent: makes rooms match what is in git, until it is stopped",
  reloads: true,
  help: AGENT_CONFIG,
  load: async () => (await import("./run.ts")).run,
};

/** The list of commands in the program that has no other one. */
export const commands: Readonly<Record<string, CommandEntry>> = { run };
