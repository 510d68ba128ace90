import type { LabelConfig } from "../config/config.ts";
import type { ForgeLabel } from "../forge/forge.ts";

/**
 * What is wrong with the label that confirms, in words, by all labels of its name; null: nothing. Where the forge has no ids, nothing
 * can be said.
 */
export function labelProblem(
  labels: readonly ForgeLabel[],
  pinned: string | null,
  { confirm }: Pick<LabelConfig, "confirm">,
): string | null {
  const ids = labels.filter(({ name }) => name === confirm).flatMap(({ id }) => id ?? []);
  if (pinned === null || ids.length === 0) return null;
  const isThere = ids.includes(pinned);
  if (ids.length > 1) {
    const which = isThere
      ? `the one with the id ${pinned} counts: delete the others`
      : other(pinned);
    return `${ids.length} labels are called ${confirm} (ids ${ids.join(", ")}); ${which}`;
  }
  return isThere ? null : `the label ${confirm} has the id ${ids.join()}; ${other(pinned)}`;
}

function other(pinned: string): string {
  return (
    `the one that counts had the id ${pinned}. Either it was re-created, or another label was renamed: ` +
    "find out which, then set Labels.ConfirmId to the id of the right one"
  );
}
