import { loadConfig } from "../../agent/config/load-config.ts";
import type { LoadedConfig } from "../../agent/config/load-config.ts";
import type { Config } from "../../agent/config/config.ts";
import type { Environment } from "../../agent/config/environment.ts";
import type { Problem } from "../../agent/config/problem.ts";

/** Loads a configuration from a file's value (or its text) and variables, without a disk. Starts in `/start`. */
export function loadSettings(file: unknown, env: Environment = {}): Promise<LoadedConfig> {
  return loadConfig({
    cwd: "/start",
    env,
    readFile: () => Promise.resolve(typeof file === "string" ? file : JSON.stringify(file)),
  });
}

/** The configuration, or a failure that tells the problems. */
export async function accepted(file: unknown, env: Environment = {}): Promise<Config> {
  const loaded = await loadSettings(file, env);
  if (!loaded.ok) throw new Error(`refused: ${JSON.stringify(loaded.problems)}`);
  return loaded.config;
}

export async function refused(file: unknown, env: Environment = {}): Promise<readonly Problem[]> {
  const loaded = await loadSettings(file, env);
  if (loaded.ok) throw new Error("expected a refusal, but the configuration was accepted");
  return loaded.problems;
}

export async function warned(file: unknown, env: Environment = {}): Promise<readonly Problem[]> {
  const loaded = await loadSettings(file, env);
  if (!loaded.ok) throw new Error(`refused: ${JSON.stringify(loaded.problems)}`);
  return loaded.warnings;
}

/** `{ A: { B: value } }` for `A.B`. */
export function settingAt(path: string, value: unknown): unknown {
  return path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
}

/** A configuration with one source that has these keys beside a name and an address. */
export function withSource(keys: Readonly<Record<string, unknown>>): unknown {
  return { Git: { Sources: [{ Name: "specs", Url: "https://git.test/specs.git", ...keys }] } };
}
