import { confirmingCommits } from "../intent/commit-words.ts";
import { longerTrail } from "../source/git/git-trail.ts";
import type { CommitRange, CommitRecord, SyncResult } from "../source/spec-source.ts";
import { observedNameOf } from "../room/revision.ts";
import type { SourceRow } from "../room/rows.ts";
import type { VerifiedHead } from "../room/signer.ts";
import { joinConfirms } from "../room/used-confirms.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { leftAfter, lineageAfter } from "./lineage.ts";
import { polledThere } from "./unpolled-there.ts";

/** What a source's row says of its history once a snapshot counts. */
export function historyAfter(
  now: SourceRow,
  result: Pick<Extract<SyncResult, { kind: "ready" }>, "head" | "trail">,
  given: {
    readonly range: CommitRange;
    readonly name: string | null;
    readonly nowIso: string;
    /** Absent, or null: no signature was checked. */
    readonly verified?: VerifiedHead | null;
    /** Commits at which labels confirm something. */
    readonly labelled?: readonly CommitRecord[];
  },
): Partial<SourceRow> {
  const { range, name, nowIso, verified = null, labelled = [] } = given;
  const { head, trail } = result;
  const read = [...confirmingCommits(range), ...labelled].map(({ oid, committedAtMs }) => ({
    commit: oid,
    atMs: committedAtMs,
  }));
  return {
    observedHead: head,
    observedName: name,
    observedRef: now.ref,
    takingIn: null,
    verified: verified === null ? null : { ...verified, since: nowIso },
    lineage: lineageAfter(now, range, head),
    left: leftAfter(now, range, head),
    trail: range.history === "descends" ? longerTrail(trail, now.trail) : trail,
    usedConfirms: joinConfirms([{ known: read, forgottenMs: null }, now.usedConfirms]),
    followedSince: now.observedHead === null ? nowIso : now.followedSince,
    unrelated: null,
    lastGood: nowIso,
  };
}

/** The row of a source whose head is the one that was ingested, by this name; null: as it was. */
export function confirmedAt(
  now: SourceRow,
  name: string | null,
  deps: Pick<IntakeDeps, "serverMove">,
): { readonly row: SourceRow } | null {
  const { polledSinceMove } = { ...now, ...polledThere(deps) };
  // Another tag, or another configured ref, may lead to the same commit.
  const isSame = observedNameOf(now) === name && polledSinceMove === now.polledSinceMove;
  return isSame ? null : { row: { ...now, ...polledThere(deps), observedName: name } };
}
