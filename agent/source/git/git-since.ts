import type { CommitRange, CommitRecord } from "../spec-source.ts";
import type { KnownLine } from "../known-line.ts";
import type { SourceFailureReason } from "../../status/source-failures.ts";
import { toSourceFailure } from "../git-failure.ts";
import { CommitWork } from "./git-commit-work.ts";
import type { BringRequest } from "./git-open-clone.ts";
import type { GitSession } from "./git-session.ts";
import { recordCommit } from "./git-touches.ts";

/**
 * A first head comes without the commits before it. This brings those back to the ones in `since`, as far as the limits allow. One that
 * is not met is not on the branch, or too far away, and no more is fetched for the others.
 */
export async function bringBackTo(
  session: GitSession,
  since: KnownLine["since"] = [],
  request: BringRequest,
): Promise<void> {
  try {
    for (const previous of since) {
      await session.bring({ ...request, previous, trail: [] });
      if (!session.objects.has(previous)) return;
    }
  } catch (error) {
    request.signal.throwIfAborted();
    refuseAllBut("LimitExceeded", error);
  }
}

function refuseAllBut(reason: SourceFailureReason, error: unknown): null {
  if (toSourceFailure(error)?.reason !== reason) throw error;
  return null;
}

/** What the branch did after the commits in `since`, as far as that is known whole. */
export function sinceOf(
  session: GitSession,
  { head, line: { since = [] } }: { readonly head: string; readonly line: KnownLine },
): Pick<CommitRange, "since"> {
  if (since.length === 0) return {};
  const after: string[] = [];
  const between = new Map<string, CommitRecord>();
  const met = session
    .builtOn(head, since)
    .map((mark) => [mark, recordsAfter(mark, head, session)] as const);
  // The longest way ends with the head; commits that only others have come before it.
  for (const [mark, records] of met.toSorted(
    ([, a], [, b]) => (a?.length ?? 0) - (b?.length ?? 0),
  )) {
    if (records === null) continue;
    after.push(mark);
    for (const record of records) {
      between.delete(record.oid);
      between.set(record.oid, record);
    }
  }
  return { since: { after, commits: [...between.values()] } };
}

/** Null: they are not known, or not all of them are. */
function recordsAfter(
  mark: string,
  head: string,
  session: GitSession,
): readonly CommitRecord[] | null {
  const { trees, settings } = session;
  const work = new CommitWork(settings.limits.commitFiles);
  const question = {
    trees,
    folder: settings.path,
    limits: settings.limits,
    work,
    isShallow: (oid: string) => session.isShallow(oid),
    specsBySeed: new Map(),
    namesSeed: () => false,
  };
  try {
    const { history, oids } = session.between(mark, head);
    if (history !== "descends" || oids.some((oid) => session.isShallow(oid))) return null;
    return oids.map((oid) => work.record(recordCommit(oid, question)));
  } catch (error) {
    return refuseAllBut("LimitExceeded", error);
  }
}
