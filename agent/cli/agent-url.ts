import { readFile } from "node:fs/promises";
import { loadConfig } from "../config/load-config.ts";
import type { CommandIo } from "./command.ts";

/** Where an agent listens that is configured with nothing else. */
export const DEFAULT_URL = "http://127.0.0.1:8080";

/** Addresses that mean "every address of this machine" to who listens there. */
const EVERY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/**
 * Where the agent's API is: what `--url` says, else `ROOM_OPERATOR_URL`, else `HttpApi` of the configuration that the agent
 * itself would read here. A configuration that is refused, or that takes any free port, says nothing of it.
 */
export async function agentUrl(
  given: string | null,
  io: Pick<CommandIo, "cwd" | "env" | "signal">,
): Promise<string> {
  const named = given ?? io.env["ROOM_OPERATOR_URL"] ?? "";
  if (named !== "") return named;
  const loaded = await loadConfig({
    cwd: io.cwd,
    env: io.env,
    readFile: (path) => readFile(path, { encoding: "utf8", signal: io.signal }),
  });
  if (!loaded.ok || loaded.config.httpApi.port === 0) return DEFAULT_URL;
  const { host, port } = loaded.config.httpApi;
  const name = EVERY_ADDRESS.has(host) ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
