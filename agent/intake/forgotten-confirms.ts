import { toIso } from "../kernel/clock.ts";
import type { SourceRow } from "../room/rows.ts";
import { MOST_CONFIRMS } from "../room/used-confirms.ts";

/** What log and audit say when a source's row lost commits whose `Confirm` was read; null: it did not. */
export function confirmsForgotten(
  after: SourceRow,
  before: Pick<SourceRow, "usedConfirms">,
): { readonly source: string; readonly until: string; readonly message: string } | null {
  const { forgottenMs } = after.usedConfirms;
  if (forgottenMs === null || forgottenMs === before.usedConfirms.forgottenMs) return null;
  const until = toIso(forgottenMs);
  const message =
    `more than ${MOST_CONFIRMS} commits with a \`Confirm\` were read: which of those up to ${until} (committer time) were is ` +
    "forgotten, so no `Confirm` of a commit that is not newer counts (MayBeUsed)";
  return { source: after.name, until, message };
}
