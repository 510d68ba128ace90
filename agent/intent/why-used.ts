import { toIso } from "../kernel/clock.ts";
import type { UsedConfirms } from "../room/used-confirms.ts";
import type { CommitRecord } from "../source/spec-source.ts";
import { ALREADY_USED, MAY_BE_USED } from "./commit-words.ts";

/** Why the `Confirm` of a commit does not count because it was read before, or may have been; null: it was not. */
export function whyUsedBy({
  known,
  forgottenMs,
}: UsedConfirms): (commit: Pick<CommitRecord, "oid" | "committedAtMs">) => string | null {
  const used = new Set(known.map(({ commit }) => commit));
  return ({ oid, committedAtMs }) => {
    if (used.has(oid)) return ALREADY_USED;
    if (forgottenMs === null || committedAtMs > forgottenMs) return null;
    return MAY_BE_USED(toIso(forgottenMs));
  };
}
