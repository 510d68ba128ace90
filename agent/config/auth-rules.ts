import { valueAt } from "./check.ts";
import { toKey } from "./problem.ts";
import type { KeyPath, Problem } from "./problem.ts";

/** What each kind needs: a key, or its file. `Username` has no file. */
const CREDENTIALS = {
  none: [],
  token: ["Token"],
  bearer: ["Token"],
  basic: ["Username", "Password"],
} as const;

/** What else a kind may have. */
const OPTIONAL: Readonly<Record<keyof typeof CREDENTIALS, readonly string[]>> = {
  none: [],
  token: ["Username"],
  bearer: [],
  basic: [],
};

const NAMES = ["Username", "Token", "TokenFile", "Password", "PasswordFile"] as const;

/** Whether a source's `Auth` has what its kind needs, and nothing else. */
export function checkAuth(tree: unknown, position: number): readonly Problem[] {
  const path = ["Git", "Sources", position, "Auth"];
  const kind = valueAt(tree, [...path, "Kind"]) ?? "none";
  if (!isKind(kind)) return [];
  const has = (name: string) => valueAt(tree, [...path, name]) !== undefined;
  return [...missing(kind, { path, has }), ...unused(kind, { path, has })];
}

function isKind(kind: unknown): kind is keyof typeof CREDENTIALS {
  return typeof kind === "string" && Object.hasOwn(CREDENTIALS, kind);
}

interface Place {
  readonly path: KeyPath;
  readonly has: (name: string) => boolean;
}

function missing(kind: keyof typeof CREDENTIALS, { path, has }: Place): readonly Problem[] {
  const found: Problem[] = [];
  for (const name of CREDENTIALS[kind]) {
    const file = name === "Username" ? undefined : `${name}File`;
    const either = file === undefined ? name : `${name} or ${file}`;
    if (!has(name) && !(file !== undefined && has(file))) {
      found.push(problem([...path, name], `is required: Kind "${kind}" needs ${either}`));
    }
    if (file !== undefined && has(name) && has(file)) {
      found.push(problem([...path, file], `is set as well as ${name}; keep one of them`));
    }
  }
  return found;
}

function unused(kind: keyof typeof CREDENTIALS, { path, has }: Place): readonly Problem[] {
  const used = new Set<string>(CREDENTIALS[kind].flatMap((name) => [name, `${name}File`]));
  for (const name of OPTIONAL[kind]) used.add(name);
  return NAMES.filter((name) => has(name) && !used.has(name)).map((name) => {
    const fitting = name.startsWith("Token") ? "token" : "basic";
    return problem(
      [...path, name],
      `is not used by Kind "${kind}"; write Kind "${fitting}" or take it out`,
    );
  });
}

function problem(path: KeyPath, message: string): Problem {
  return { key: toKey(path), message };
}
