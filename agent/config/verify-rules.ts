import { valueAt } from "./check.ts";
import { toKey } from "./problem.ts";
import type { Problem } from "./problem.ts";

/** Who asks for signatures names keys, and who names keys asks for signatures: no key is without effect. */
export function checkVerify(tree: unknown, position: number): readonly Problem[] {
  const at = (...path: readonly string[]) => valueAt(tree, ["Git", "Sources", position, ...path]);
  const problem = (path: readonly string[], message: string) => ({
    key: toKey(["Git", "Sources", position, ...path]),
    message,
  });
  const mode = at("Verify", "Mode") ?? "none";
  const isRequired = at("Intent", "ConfirmRequiresSignature") === true;
  const has = (...path: readonly string[]) => {
    const value = at(...path);
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  };
  const hasKeys = has("Verify", "KeyFiles") || has("Verify", "AllowedSignersFile");
  const found: Problem[] = [];
  if ((mode === "head" || mode === "all") && !hasKeys)
    found.push(problem(["Verify", "Mode"], `is "${mode}" and ${NEEDS_KEYS}`));
  if (mode === "none" && !isRequired && hasKeys)
    found.push(problem(["Verify", "Mode"], UNUSED_KEYS));
  if (isRequired && !hasKeys)
    found.push(problem(["Intent", "ConfirmRequiresSignature"], `is true and ${NEEDS_KEYS}`));
  if (isRequired && !has("Intent", "ConfirmSigners"))
    found.push(problem(["Intent", "ConfirmSigners"], NO_SIGNERS));
  if (!isRequired && has("Intent", "ConfirmSigners"))
    found.push(problem(["Intent", "ConfirmSigners"], UNUSED_SIGNERS));
  return found;
}

const NEEDS_KEYS =
  "needs keys: name files of public GPG keys in Verify.KeyFiles, or a file of ssh keys in Verify.AllowedSignersFile";
const UNUSED_KEYS =
  'must be "head" or "all" where Verify names keys, which have no effect otherwise; or take the keys out';
const NO_SIGNERS =
  "is required: ConfirmRequiresSignature needs the fingerprints of the keys that may confirm";
const UNUSED_SIGNERS =
  "has no effect without ConfirmRequiresSignature; set that to true, or take the signers out";
