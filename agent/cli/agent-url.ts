import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { DEFAULT_FILE, loadConfig, type LoadConfig } from "../config/load-config.ts";
import { parseFile } from "../config/parse-file.ts";
import { messageOf, OperatorError } from "../kernel/errors.ts";
import type { CommandIo } from "./command.ts";

/** Where an agent listens that is configured with nothing else. */
export const DEFAULT_URL = "http://127.0.0.1:8080";

/** Addresses that mean "every address of this machine" to who listens there. */
const EVERY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** What the arguments of a command say of the agent's address. */
export interface AgentAt {
  readonly url: string | null;
  /** `--config`: the file that the agent itself was started with. */
  readonly config: string | null;
}

type UrlIo = Pick<CommandIo, "cwd" | "env" | "signal">;

/**
 * Where the agent's API is: what `--url` says, else `HttpApi` of the file that `--config` names, else `ROOM_OPERATOR_URL`, else
 * `HttpApi__Host` and `HttpApi__Port` of the environment, else `HttpApi` of `appsettings.json` in the current folder, which `run` reads
 * too. Throws `ConfigInvalid` for a file that cannot be read.
 */
export async function agentUrl({ url, config }: AgentAt, io: UrlIo): Promise<string> {
  if (url !== null && url !== "") return url;
  const named = io.env["ROOM_OPERATOR_URL"] ?? "";
  if (config === null && named !== "") return named;
  const file = config ?? DEFAULT_FILE;
  const text = await httpApiOf(file, { isOptional: config === null }, io);
  return configured(io, { file, readFile: () => Promise.resolve(text) });
}

async function configured(
  { cwd, env }: UrlIo,
  source: Pick<LoadConfig, "file" | "readFile">,
): Promise<string> {
  const loaded = await loadConfig({ cwd, env, ...source });
  if (!loaded.ok || loaded.config.httpApi.port === 0) return DEFAULT_URL;
  const { host, port } = loaded.config.httpApi;
  const name = EVERY_ADDRESS.has(host) ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/** The file with nothing but its address in it: a command needs none of the agent's secrets. */
async function httpApiOf(
  file: string,
  { isOptional }: { readonly isOptional: boolean },
  { cwd, signal }: UrlIo,
): Promise<string> {
  const path = resolve(cwd, file);
  let text: string;
  try {
    text = await readFile(path, { encoding: "utf8", signal });
  } catch (error) {
    signal.throwIfAborted();
    if (isOptional && isAbsent(error)) return "{}";
    throw unusable(path, `cannot be read: ${messageOf(error)}`);
  }
  const parsed = parseFile(text);
  if (parsed.kind === "invalid") throw unusable(path, parsed.message);
  const { value } = parsed;
  const hasAddress = typeof value === "object" && value !== null && "HttpApi" in value;
  return JSON.stringify(hasAddress ? { HttpApi: value.HttpApi } : {});
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function unusable(path: string, message: string): OperatorError {
  return new OperatorError(
    "ConfigInvalid",
    `${path} ${message}; name another file with --config, or the agent's address with --url`,
  );
}
