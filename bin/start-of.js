/*
 * How a program is started.
 */
import { AGENT_ENVIRONMENT, AGENT_FLAGS, SOURCE_FLAGS } from "./agent-settings.js";
import { WHY_SOURCES } from "./bundle.js";

/** The arguments of Node and its variables, for a program that `findProgram` found. */
export function startOf({ main, isBuilt, why }, args) {
  const flags = isBuilt ? AGENT_FLAGS : [...AGENT_FLAGS, ...SOURCE_FLAGS];
  const env = { ...AGENT_ENVIRONMENT, ...process.env };
  delete env[WHY_SOURCES];
  if (why !== undefined) env[WHY_SOURCES] = why;
  return { args: [...flags, main, ...args], env };
}
