import { valueAt } from "./check.ts";
import { noteOf } from "./key.ts";
import { toKey } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { sourceSchema } from "./source-schema.ts";

/** Keys that speak of a repository or of its server. */
const OF_GIT = [
  "Url",
  "Ref",
  "Auth",
  "Tls",
  "Proxy",
  "PollTimeoutSeconds",
  "Fetcher",
  "Intent",
  "Forge",
  "Webhook",
  "Labels",
  "Plan",
  "Verify",
] as const;

const URL_RANGE = noteOf(sourceSchema.shape.Url)?.range ?? "the repository's address";

export function isFolderSource(tree: unknown, position: number): boolean {
  return valueAt(tree, ["Git", "Sources", position, "Kind"]) === "folder";
}

/** Whether a source names where its specs are, as its `Kind` wants it, and nothing that has no effect with it. */
export function checkKind(tree: unknown, position: number): readonly Problem[] {
  const entry = valueAt(tree, ["Git", "Sources", position]);
  if (typeof entry !== "object" || entry === null) return [];
  const has = (name: string) => valueAt(tree, ["Git", "Sources", position, name]) !== undefined;
  const problem = (name: string, message: string) => ({
    key: toKey(["Git", "Sources", position, name]),
    message,
  });
  if (isFolderSource(tree, position)) {
    const without = OF_GIT.filter(has).map((name) =>
      problem(name, 'has no effect with Kind "folder"; take it out, or write Kind "git"'),
    );
    return has("Folder")
      ? without
      : [problem("Folder", 'is required: Kind "folder" needs the path of the folder'), ...without];
  }
  return [
    ...(has("Url") ? [] : [problem("Url", `is required: ${URL_RANGE}`)]),
    ...(has("Folder")
      ? [problem("Folder", 'has no effect with Kind "git"; write Kind "folder", or take it out')]
      : []),
  ];
}
