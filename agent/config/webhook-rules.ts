import { valueAt } from "./check.ts";
import { toKey } from "./problem.ts";
import type { Problem } from "./problem.ts";

/** Each secret is given once, and a previous one only next to the one that took its place. */
export function checkWebhook(tree: unknown, position: number): readonly Problem[] {
  const path = ["Git", "Sources", position, "Webhook"];
  const has = (name: string) => valueAt(tree, [...path, name]) !== undefined;
  const problem = (name: string, message: string) => ({ key: toKey([...path, name]), message });
  const twice = ["Secret", "PreviousSecret"]
    .filter((name) => has(name) && has(`${name}File`))
    .map((name) => problem(`${name}File`, `is set as well as ${name}; keep one of them`));
  if (has("Secret") || has("SecretFile")) return twice;
  const alone = ["PreviousSecret", "PreviousSecretFile"]
    .filter(has)
    .map((name) => problem(name, "needs Secret or SecretFile: the secret that took its place"));
  return [...twice, ...alone];
}
