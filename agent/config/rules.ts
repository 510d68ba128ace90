import { quoted } from "../kernel/quoted.ts";
import { checkAuth } from "./auth-rules.ts";
import { valueAt } from "./check.ts";
import { isLoopback } from "./environment-proxy.ts";
import type { Environment } from "./environment.ts";
import { checkForge } from "./forge-rules.ts";
import { checkKind, isFolderSource } from "./kind-rules.ts";
import { toKey } from "./problem.ts";
import type { KeyPath, Problem } from "./problem.ts";
import { checkReach } from "./reach-rules.ts";
import { checkSchedule } from "./schedule-rules.ts";
import { checkVerify } from "./verify-rules.ts";
import { checkWebhook } from "./webhook-rules.ts";
import { checkWindows } from "./window-rules.ts";

/**
 * The rules about more than one key. They read a tree that may be wrong in other places, so that all mistakes are
 * reported at once; a value of the wrong type counts as absent here.
 */
export function crossCheck(
  tree: unknown,
  env: Environment,
): {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
} {
  const sources = valueAt(tree, ["Git", "Sources"]);
  const positions = Array.isArray(sources) ? [...sources.keys()] : [];
  const windows = checkWindows(tree);
  return {
    problems: [
      ...positions.flatMap((position) => [
        ...checkKind(tree, position),
        ...checkName(tree, position),
        ...checkWebhook(tree, position),
        ...(isFolderSource(tree, position) ? [] : checkForge(tree, position)),
        ...checkSchedule(tree, position),
        ...(isFolderSource(tree, position) ? [] : checkRepository(tree, position, env)),
      ]),
      ...checkReach(tree, { path: ["RoomServer"], address: "BaseUrl" }, env),
      ...checkDelays(tree),
      ...checkToken(tree),
      ...windows.problems,
    ],
    warnings: [
      ...positions.flatMap((position) => [...warnOfPlainHttp(tree, ["Git", "Sources", position])]),
      ...warnOfHost(tree),
      ...windows.warnings,
    ],
  };
}

function checkRepository(tree: unknown, position: number, env: Environment): readonly Problem[] {
  return [
    ...checkRef(tree, position),
    ...checkVerify(tree, position),
    ...checkAuth(tree, position),
    ...checkReach(tree, { path: ["Git", "Sources", position], address: "Url" }, env),
  ];
}

/** Which of the two counted would be a guess. */
function checkToken(tree: unknown): readonly Problem[] {
  if (!isThere(tree, ["Auth", "Token"]) || !isThere(tree, ["Auth", "TokenFile"])) return [];
  const message = "cannot stand next to Auth.Token or ROOM_AUTH_TOKEN: remove one of them";
  return [problem(["Auth", "TokenFile"], message)];
}

function textAt(tree: unknown, path: KeyPath): string | undefined {
  const value = valueAt(tree, path);
  return typeof value === "string" ? value : undefined;
}

function isThere(tree: unknown, path: KeyPath): boolean {
  return valueAt(tree, path) !== undefined;
}

function problem(path: KeyPath, message: string): Problem {
  return { key: toKey(path), message };
}

function checkRef(tree: unknown, position: number): Problem[] {
  const path = ["Git", "Sources", position, "Ref"];
  const kinds = ["Branch", "Tag", "Semver", "Commit"];
  const named = kinds.filter((kind) => isThere(tree, [...path, kind]));
  return named.length > 1
    ? [problem(path, `must name exactly one of ${kinds.join(", ")}, not ${named.join(" and ")}`)]
    : [];
}

function checkName(tree: unknown, position: number): Problem[] {
  const nameAt = (other: number) => textAt(tree, ["Git", "Sources", other, "Name"]);
  const name = nameAt(position);
  if (name === undefined) return [];
  const first = Array.from({ length: position }, (_, other) => other).find(
    (other) => nameAt(other) === name,
  );
  return first === undefined
    ? []
    : [
        problem(
          ["Git", "Sources", position, "Name"],
          `must be unique, but Git.Sources[${first}] is called ${quoted(name)} too`,
        ),
      ];
}

function checkDelays(tree: unknown): Problem[] {
  const path = ["Operator", "Retry"];
  const initial = valueAt(tree, [...path, "InitialDelayMs"]) ?? 100;
  const max = valueAt(tree, [...path, "MaxDelayMs"]) ?? 5000;
  if (typeof initial !== "number" || typeof max !== "number" || initial <= max) return [];
  return [
    problem([...path, "MaxDelayMs"], `must be at least InitialDelayMs (${initial}), not ${max}`),
  ];
}

function warnOfPlainHttp(tree: unknown, path: KeyPath): Problem[] {
  const kind = textAt(tree, [...path, "Auth", "Kind"]) ?? "none";
  const url = URL.parse(textAt(tree, [...path, "Url"]) ?? "");
  if (kind === "none" || url === null) return [];
  return url.protocol === "http:" && !isLoopback(url.hostname)
    ? [problem([...path, "Url"], "sends credentials unencrypted; use https")]
    : [];
}

function warnOfHost(tree: unknown): Problem[] {
  const path = ["HttpApi", "Host"];
  const host = textAt(tree, path);
  return host === undefined || isLoopback(host)
    ? []
    : [problem(path, "opens the HTTP API, which asks for no login, to everybody who reaches it")];
}
