import type { IntakeSource } from "./intake-deps.ts";
import type { LabelQuestions } from "./read-intents.ts";

/** What is asked about the labels of a source's commits at a revision; undefined: no forge is asked. */
export function labelQuestions(
  { labels }: Pick<IntakeSource, "labels">,
  revision: string,
): LabelQuestions | undefined {
  if (labels === undefined) return undefined;
  return {
    read: (range, signal) => labels.read(range, signal),
    note: ({ commits, history }, { rooms, message, retryAfterMs }) =>
      labels.note(
        {
          revision,
          commits: commits.map(({ oid, parents }) => ({ oid, parents })),
          rooms,
          mayConfirm: history === "descends",
          message,
        },
        retryAfterMs,
      ),
  };
}
