import type { Room, RoomInputs } from "./room.ts";

/** Commits of which it is not known yet what the labels of their pull requests say. */
export interface LabelQuestion {
  readonly source: string;
  /** The head that they came with. */
  readonly revision: string;
  /** Oldest first. */
  readonly commits: readonly { readonly oid: string; readonly parents: readonly string[] }[];
  /** The rooms that they touch, as far as those are known. */
  readonly rooms: readonly string[];
  /** Whether a label may confirm there at all. */
  readonly mayConfirm: boolean;
  /** Why it is not known. */
  readonly message: string;
  /** ISO time. */
  readonly since: string;
}

/** Key of a question's document. */
export function questionKey({
  source,
  revision,
}: Pick<LabelQuestion, "source" | "revision">): string {
  return `${source}/${revision}`;
}

/**
 * The question that keeps removals in a room from being carried out; null: there is none. It is about the inputs that its commits
 * brought, until those are verified, also while those are enforced because later ones may not be. Others have commits of their own.
 */
export function openQuestion(
  questions: readonly LabelQuestion[],
  row: Pick<Room, "roomId" | "verified">,
  inputs: Pick<RoomInputs, "digest" | "revision">,
): LabelQuestion | null {
  if (row.verified?.digest === inputs.digest) return null;
  const found = questions.find(
    ({ revision, rooms }) => revision === inputs.revision && rooms.includes(row.roomId),
  );
  return found ?? null;
}
