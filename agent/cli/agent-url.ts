import { fileProblem } from "../kernel/file-problem.ts";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Config } from "../config/config.ts";
import type { Environment } from "../config/environment.ts";
import { DEFAULT_FILE, loadConfig } from "../config/load-config.ts";
import { parseFile } from "../config/parse-file.ts";
import { OperatorError } from "../kernel/errors.ts";
import { joined } from "../kernel/joined.ts";
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

const ADDRESS_VARIABLE = /^HttpApi__(?!PublicUrl$)/i;

type UrlIo = Pick<CommandIo, "cwd" | "env" | "signal">;

/**
 * Where the agent's API is: what `--url` says, else `HttpApi` of the file that `--config` names, else `ROOM_OPERATOR_URL`, else
 * `HttpApi__Host` and `HttpApi__Port` of the environment, else `HttpApi` of `appsettings.json` in the current folder, which `run` reads
 * too. Throws `ConfigInvalid` for a file that cannot be read, and for an `HttpApi` that `run` would refuse.
 */
export async function agentUrl({ url, config }: AgentAt, io: UrlIo): Promise<string> {
  if (url !== null && url !== "") return url;
  const named = io.env["ROOM_OPERATOR_URL"] ?? "";
  if (config === null && named !== "") return named;
  const path = resolve(io.cwd, config ?? DEFAULT_FILE);
  const text = await httpApiOf(path, { isOptional: config === null }, io);
  const loaded = await loadConfig({
    file: path,
    cwd: io.cwd,
    env: addressIn(io.env),
    readFile: () => Promise.resolve(text ?? "{}"),
  });
  if (loaded.ok) return addressOf(loaded.config.httpApi);
  const problems = loaded.problems.map(({ key, message }) =>
    key === path ? message : `${key} ${message}`,
  );
  const where = text === null ? "the environment" : path;
  throw unusable(where, `has no usable HttpApi: ${joined(problems)}`);
}

function addressOf({ host, port }: Config["httpApi"]): string {
  if (port === 0) return DEFAULT_URL;
  const name = EVERY_ADDRESS.has(host) ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/** The variables that make the address: a command needs nothing else of the agent's, so nothing else keeps it from asking. */
function addressIn(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => ADDRESS_VARIABLE.test(name)));
}

/** The file with nothing but its address in it: a command needs none of the agent's secrets. Null: the file is missing. */
async function httpApiOf(
  path: string,
  { isOptional }: { readonly isOptional: boolean },
  { signal }: UrlIo,
): Promise<string | null> {
  let text: string;
  try {
    text = await readFile(path, { encoding: "utf8", signal });
  } catch (error) {
    signal.throwIfAborted();
    if (isOptional && isAbsent(error)) return null;
    throw unusable(path, `cannot be read: ${fileProblem(error)}`);
  }
  const parsed = parseFile(text);
  if (parsed.kind === "invalid") throw unusable(path, parsed.message);
  return JSON.stringify(addressMembers(parsed.value));
}

/** Names that differ in case alone stay: `run` refuses them. `PublicUrl` is for people. */
function addressMembers(value: unknown): unknown {
  if (!isObject(value)) return value;
  const named = Object.entries(value).filter(([name]) => name.toLowerCase() === "httpapi");
  return Object.fromEntries(
    named.map(([name, section]) => [
      name,
      isObject(section) ? { ...section, PublicUrl: undefined } : section,
    ]),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
