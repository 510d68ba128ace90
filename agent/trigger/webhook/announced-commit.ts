/** A commit that a webhook announced and that no poll has shown yet. */
export interface AnnouncedCommit {
  readonly commit: string;
  /** Where the ref was before, as the webhook says; null: not said. */
  readonly before: string | null;
  /** The source's head when the webhook came; null: it had none. */
  readonly headThen: string | null;
  /** ISO time. */
  readonly time: string;
}

/** What a poll shows. */
export interface ShownHead {
  readonly head: string;
  /** True for a commit that the source is at, or was at before. */
  readonly knows: (commit: string) => boolean;
  /** True for a commit that another webhook announced. */
  readonly wasAnnounced: (commit: string) => boolean;
}

/**
 * Whether a poll shows an announced commit, or a head that came after it. The head of then, the one before the commit, and
 * what earlier webhooks announced are not that: a replica that lags answers with them.
 */
export function isReached(announced: AnnouncedCommit, shown: ShownHead): boolean {
  const { commit, before, headThen } = announced;
  if (shown.head === commit || shown.knows(commit)) return true;
  if (shown.head === headThen || shown.head === before) return false;
  return !shown.wasAnnounced(shown.head);
}

/** Says that polls do not show it, and what the source stays at. */
export function missingText(
  { commit, time }: AnnouncedCommit,
  { ref, head, polls }: { readonly ref: string; readonly head: string; readonly polls: number },
): string {
  return `a webhook announced commit ${commit} of ${ref} at ${time}, and ${polls} polls since then do not show it: the source stays at ${head}`;
}
