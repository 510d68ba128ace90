import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { messageOf } from "../kernel/errors.ts";
import { checkFiles } from "./check-files.ts";
import type { Environment } from "./environment.ts";
import { readSettings } from "./environment-settings.ts";
import { DEFAULT_FILE, loadConfig, type LoadedConfig } from "./load-config.ts";

export interface ConfigurationAt {
  /** What `--config` named; null: `appsettings.json` in `cwd`, if there is one. */
  readonly file: string | null;
  readonly cwd: string;
  readonly env: Environment;
}

/** The configuration as it stood at one moment. */
export interface ConfigReading {
  /** Equal for equal texts of the file, and for equal reasons why it cannot be read. */
  readonly digest: string;
  readonly loaded: LoadedConfig;
}

const MAX_BYTES = 8_000_000;

/** Absolute path of the file, whether there is one or not. */
export function configurationFile({ file, cwd }: ConfigurationAt): string {
  return resolve(cwd, file ?? DEFAULT_FILE);
}

/** True where neither a file nor an environment variable says anything: `file` is what was read. */
export function isUnconfigured({ env }: ConfigurationAt, file: string | null): boolean {
  return file === null && readSettings(env).settings.length === 0;
}

/** Reads and checks the configuration, the files and programs it names included. Rejects with the reason of `signal` alone. */
export async function readConfiguration(
  at: ConfigurationAt,
  signal: AbortSignal,
): Promise<ConfigReading> {
  const hash = createHash("sha256");
  const loaded = await loadConfig({
    ...(at.file === null ? {} : { file: at.file }),
    cwd: at.cwd,
    env: at.env,
    readFile: async (path) => {
      try {
        const text = await readSmallFile(path, signal);
        hash.update(`text ${text}`);
        return text;
      } catch (error) {
        hash.update(`unreadable ${messageOf(error)}`);
        throw error;
      }
    },
  });
  // What a stop cuts off is not a file that cannot be read.
  signal.throwIfAborted();
  const digest = hash.digest("hex");
  if (!loaded.ok) return { digest, loaded };
  const problems = await checkFiles(loaded.config, at.env["PATH"] ?? "", signal);
  return { digest, loaded: problems.length === 0 ? loaded : { ok: false, problems } };
}

/** A file that cannot be a configuration is not read into memory. */
async function readSmallFile(path: string, signal: AbortSignal): Promise<string> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) throw new Error(`it has ${size} bytes; at most ${MAX_BYTES}`);
  return readFile(path, { encoding: "utf8", signal });
}
