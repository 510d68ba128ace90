import type { RoomIntents } from "../intent/commit-intents.ts";
import { toIso } from "../kernel/clock.ts";
import type { CommitRange, SourceWarning } from "../source/spec-source.ts";
import type { FileRow } from "../room/rows.ts";
import { shownSigner, type VerifiedHead } from "../room/signer.ts";
import type { StoreChange } from "../store/store.ts";
import type { IntakeDeps, IntakeSource } from "./intake-deps.ts";
import {
  commitsNotRead,
  ignoredIntents,
  snapshotWarnings,
  type FileErrors,
} from "./intake-findings.ts";
import type { SourceIndex } from "./source-index.ts";
import { syncedAt, type SourceRecord } from "./source-record.ts";
import { historyAfter } from "./source-row-after.ts";
import { polledThere } from "./unpolled-there.ts";
import type { UnclaimedRooms } from "./unclaimed-rooms.ts";

/** A snapshot that is being ingested. */
export interface SnapshotGiven {
  readonly source: IntakeSource;
  readonly record: SourceRecord;
  readonly index: SourceIndex;
  readonly head: string;
  /** The branch or tag that the head was found at; null for a commit. */
  readonly name: string | null;
  readonly revision: string;
  readonly correlationId: string;
  /** True when this process has judged before who owns what of this source. */
  readonly isAssessed: boolean;
}

/** What is left to be written of a snapshot whose rooms are on record. */
export interface SnapshotRest {
  readonly errors: FileErrors;
  readonly unclaimed: UnclaimedRooms;
  /** Files without a room. */
  readonly roomless: readonly FileRow[];
  /** Paths of files that the snapshot does not hold any more. */
  readonly gone: readonly string[];
  /** How many spec files the snapshot holds. */
  readonly present: number;
  readonly range: CommitRange;
  /** The newest commits behind the head, itself first. */
  readonly trail: readonly string[];
  /** Of the names in the tree. */
  readonly warnings: readonly SourceWarning[];
  readonly intents: RoomIntents;
  /** Null: no signature was checked. */
  readonly verified: VerifiedHead | null;
}

/** File rows that go into one transaction: small enough not to hold up the event loop. */
export const FILES_AT_ONCE = 100;

/**
 * Writes the rest of a snapshot, and last of all the fact that its head counts. Until then the source is on record as being
 * half-way, so a crash in between costs nothing but the same work again.
 */
export async function settleSnapshot(
  { source, record, index, head, name, revision, correlationId }: SnapshotGiven,
  deps: IntakeDeps,
  rest: SnapshotRest,
): Promise<void> {
  const files = [
    ...rest.roomless.map((row): StoreChange => ({ kind: "file", row })),
    ...rest.gone.map((path): StoreChange => ({ kind: "fileGone", source: source.name, path })),
  ];
  while (files.length > FILES_AT_ONCE) {
    await record.beginTakingIn(head, files.splice(0, FILES_AT_ONCE));
  }
  const { range, trail, present, verified } = rest;
  const { labelled = [] } = rest.intents;
  const unread = range.unread ?? rest.intents.unread;
  const history = { range, name, nowIso: toIso(deps.clock.nowMs()), verified, labelled };
  const synced = deps.trail.event(
    "source.synced",
    {
      source: source.name,
      revision,
      commits: range.commits.length,
      history: range.history,
      ...(verified === null ? {} : { signedBy: shownSigner(verified.signer) }),
      ...(unread === undefined ? {} : { reason: "CommitsNotRead", message: unread }),
    },
    { correlationId },
  );
  const ignored = ignoredRecords(
    rest,
    { source: source.name, revision },
    { trail: deps.trail, correlationId },
  );
  await record.update((now) => ({
    row: {
      ...now,
      ...historyAfter(now, { head, trail }, history),
      ...polledThere(deps),
      ...(deps.tracker.isSynced(source.name) ? syncedAt(now, revision) : {}),
      patterns: source.patternsText ?? "",
      hadSpecs: now.hadSpecs || present > 0,
      ...rest.errors,
      warnings: [
        ...snapshotWarnings(source, rest),
        ...commitsNotRead(range),
        ...ignoredIntents(rest.intents),
      ],
    },
    changes: [...files, synced, ...ignored],
  }));
  for (const { path, roomId, ignoredBy } of rest.roomless)
    rest.unclaimed.note(path, ignoredBy === undefined ? roomId : null);
  for (const path of rest.gone) rest.unclaimed.note(path, null);
  for (const file of rest.roomless) index.put(file);
  for (const path of rest.gone) index.drop(path);
}

/** Lines of commits that count for no room. */
function ignoredRecords(
  { intents }: Pick<SnapshotRest, "intents">,
  about: { readonly source: string; readonly revision: string },
  { trail, correlationId }: Pick<IntakeDeps, "trail"> & { readonly correlationId: string },
): readonly StoreChange[] {
  return intents.unplaced.map(({ commit, line, reason: detail }) => {
    const metadata = { ...about, reason: "IntentIgnored", commit, line, detail };
    return trail.event("intent.ignored", metadata, { correlationId });
  });
}
