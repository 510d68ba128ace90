import { fileProblem } from "../kernel/file-problem.ts";
import { resolve as resolvePath } from "node:path";
import { toProblem } from "./check.ts";
import type { Config } from "./config.ts";
import type { Environment } from "./environment.ts";
import { readSettings } from "./environment-settings.ts";
import { parseFile } from "./parse-file.ts";
import type { Problem } from "./problem.ts";
import { overlay, resolve } from "./resolve.ts";
import type { Resolved } from "./resolve.ts";
import { crossCheck } from "./rules.ts";
import { configSchema, type Settings } from "./schema.ts";
import { toConfig } from "./to-config.ts";

export interface LoadConfig {
  /** What `--config` named. Absent: `appsettings.json` in `cwd`, if there is one. */
  readonly file?: string;
  /** Where relative paths begin. */
  readonly cwd: string;
  readonly env: Environment;
  /** The text of a file; rejects as `fs.readFile` does. */
  readonly readFile: (path: string) => Promise<string>;
}

export type LoadedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      /** What `config` was made of, by the keys people write. */
      readonly settings: Settings;
      readonly warnings: readonly Problem[];
      /** The file that was read; null when there was none. */
      readonly file: string | null;
    }
  /** Every mistake, not the first alone. */
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Read where `--config` names no other. */
export const DEFAULT_FILE = "appsettings.json";

/** Reads the configuration: file, then environment. Nothing but a complete and checked configuration comes out. */
export async function loadConfig(request: LoadConfig): Promise<LoadedConfig> {
  const file = await readSettingsFile(request);
  if (file.kind === "invalid") return { ok: false, problems: [file.problem] };
  const variables = readSettings(request.env);
  const resolved = withToken(
    resolve(configSchema, overlay(file.value, variables.settings), request.env),
    request.env,
  );
  const rules = crossCheck(resolved.tree, request.env);
  // Code that zod makes for a schema pays where it parses often.
  const parsed = configSchema.safeParse(resolved.tree, { jitless: true });
  const problems = firstOfEachKey([
    ...variables.problems,
    ...resolved.problems,
    ...rules.problems,
    ...(parsed.error?.issues ?? []).map((issue) =>
      toProblem(issue, { ...resolved, schema: configSchema }),
    ),
  ]);
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    config: toConfig(parsed.data, request),
    settings: parsed.data,
    warnings: [...resolved.warnings, ...rules.warnings],
    file: file.path,
  };
}

/** One mistake may break several rules; the first one is the cause. */
function firstOfEachKey(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ key }) => !seen.has(key) && seen.add(key));
}

type SettingsFile =
  | { readonly kind: "read"; readonly value: unknown; readonly path: string | null }
  | { readonly kind: "invalid"; readonly problem: Problem };

async function readSettingsFile({ file, cwd, readFile }: LoadConfig): Promise<SettingsFile> {
  const path = resolvePath(cwd, file ?? DEFAULT_FILE);
  const invalid = (message: string): SettingsFile => ({
    kind: "invalid",
    problem: { key: path, message },
  });
  let text: string;
  try {
    text = await readFile(path);
  } catch (error) {
    if (file === undefined && isAbsent(error)) return { kind: "read", value: {}, path: null };
    return invalid(
      isAbsent(error)
        ? "does not exist; name another file with --config"
        : `cannot be read: ${fileProblem(error)}`,
    );
  }
  const parsed = parseFile(text);
  if (parsed.kind === "invalid") return invalid(parsed.message);
  const { value } = parsed;
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { kind: "read", value, path }
    : invalid('must hold one JSON object, as in { "RoomServer": { … } }');
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

const TOKEN_VARIABLE = "ROOM_AUTH_TOKEN";

function isFilled(value: unknown): boolean {
  return value !== undefined && value !== "";
}

/** `ROOM_AUTH_TOKEN` wins over `Auth.Token`. An empty value is none. */
function withToken(resolved: Resolved, env: Environment): Resolved {
  const tree = resolved.tree as Readonly<Record<string, unknown>>;
  const auth = tree["Auth"] ?? {};
  if (typeof auth !== "object" || auth === null || Array.isArray(auth)) return resolved;
  const { Token: configured, ...others } = auth as Readonly<Record<string, unknown>>;
  const fromEnvironment = env[TOKEN_VARIABLE] ?? "";
  const token = fromEnvironment === "" ? (configured ?? "") : fromEnvironment;
  if (token === "" && isFilled(others["TokenFile"]))
    return { ...resolved, tree: { ...tree, Auth: others } };
  if (token === "") {
    const warning = {
      key: "Auth.Token",
      message: `is not set: requests to the RoomServer carry no token; set ${TOKEN_VARIABLE} or Auth.TokenFile if it wants one`,
    };
    return {
      ...resolved,
      tree: { ...tree, Auth: others },
      warnings: [...resolved.warnings, warning],
    };
  }
  const origins = new Map(resolved.origins);
  if (fromEnvironment !== "") origins.set("Auth.Token", { text: TOKEN_VARIABLE, expanded: false });
  return { ...resolved, origins, tree: { ...tree, Auth: { ...others, Token: token } } };
}
