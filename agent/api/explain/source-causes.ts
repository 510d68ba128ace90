import { withoutStop, upperFirst } from "../../kernel/joined.ts";
import { legible } from "../../kernel/shortened.ts";
import { shellWord } from "../../kernel/shell-word.ts";
import { nearestId } from "../../kernel/nearest-id.ts";
import { quoted } from "../../kernel/quoted.ts";
import { ofSource } from "../../intake/refused-claims.ts";
import { namesIn } from "../../intent/names-in.ts";
import { lostProblem } from "../../room/judge-owner.ts";
import { observedRevision } from "../../room/revision.ts";
import { isSignatureReason } from "../../status/signature-reasons.ts";
import { ANSWERED_OF_REF, isSourceFailure } from "../../status/source-failures.ts";
import type { Attention } from "../../status/attention.ts";
import { confirmCommit } from "../confirm-commit.ts";
import { missingOf, missingSpecsOf, type SourceStanding } from "../source-view.ts";
import { confirmSubject } from "../ways-out.ts";
import { type Blocker, type ExplainFacts, hasNoHead } from "./blocker.ts";
import { howToConfirm } from "../../guardrail/how-to-confirm.ts";
import { unblockOfIgnored } from "./ignored-line.ts";

/** What is known of one source; null: it is not asked about. */
type SourceFacts = Pick<ExplainFacts, "source"> & {
  readonly agent: Pick<ExplainFacts["agent"], "startedAt">;
  /** A room of the source; absent: none is asked about. */
  readonly room?: Pick<ExplainFacts["room"], "observedRevision">;
};

/** The configuration does not allow the last owner to manage the room, so it has no owner. */
export function lostOwner({ room }: ExplainFacts): readonly Blocker[] {
  const problem = lostProblem(room);
  if (problem === null) return [];
  const { reason, message } = problem;
  return [{ reason, since: room.lostOwner?.since ?? null, message, blocks: "yes" }];
}

/** Files that name the room and are refused. They keep a room without an owner from being managed; an owned room is not affected. */
export function refusedFiles({ room, claims }: ExplainFacts): readonly Blocker[] {
  return claims.map((claim) => ({
    ...refusedFile(claim),
    ...ofOwner(room, claim),
    since: null,
    blocks: room.owner === null ? "yes" : "no",
  }));
}

/** What is to be done about a file that another one keeps from the room. */
function ofOwner(
  { roomId, owner }: ExplainFacts["room"],
  { reason, path, source }: ExplainFacts["claims"][number],
): Pick<Blocker, "unblock"> {
  if (reason !== "ClaimedTwice" || owner?.kind !== "git") return {};
  const owned = owner.source === source ? owner.path : ofSource(owner);
  const refused = owner.source === source ? path : ofSource({ source, path });
  const unblock = `${legible(owned)} has room ${roomId}: delete ${legible(refused)}, or give it another spec.roomId. To let it have the room, delete ${legible(owned)} instead.`;
  return { unblock };
}

function refusedFile({ source, reason, message }: ExplainFacts["claims"][number]): Attention {
  // The other messages begin with the source.
  return { reason, message: reason === "ClaimedTwice" ? `source ${source}: ${message}` : message };
}

/** Failures while which no newer commit counts, so that none confirms or corrects anything. */
function holdsHead(reason: string): boolean {
  return reason === "UnrelatedHistory" || reason === "SourceEmptied" || isSignatureReason(reason);
}

/** The source holds its newest head back: that is solved before anything that is done by a commit. */
export function headHeld(facts: SourceFacts): readonly Blocker[] {
  return failure(facts).filter(({ reason }) => holdsHead(reason));
}

/** While a source fails, its head is not known. */
export function sourceFails(facts: SourceFacts): readonly Blocker[] {
  return failure(facts).filter(({ reason }) => !holdsHead(reason));
}

function failure({ source, room }: SourceFacts): readonly Blocker[] {
  const lastError = source?.row?.lastError ?? null;
  if (source?.info == null || lastError === null) return [];
  const { reason, since, message, next } = lastError;
  const isNamed = message.includes(`source "${source.name}"`);
  const why = isNamed ? message : `source ${source.name}: ${message}`;
  const news = source.info.url.startsWith("file:") ? "changed" : "was pushed";
  const text = isAnswered(reason)
    ? `${withoutStop(why)}. ${upperFirst(lastGood(source, room, "that counts"))}`
    : `${withoutStop(why)}. What ${news} since may not be known here; ${lastGood(source, room)}`;
  const step = next ?? ofUnrelated(source);
  const unblock = step === null ? {} : { unblock: `${step}.` };
  return [{ reason, since, message: text, ...unblock, blocks: "unknown" }];
}

/** Whether what was pushed is known, although it does not count. */
function isAnswered(reason: string): boolean {
  return holdsHead(reason) || (isSourceFailure(reason) && ANSWERED_OF_REF.has(reason));
}

function ofUnrelated({ name, row }: SourceStanding): string | null {
  const head = row?.unrelated?.head;
  if (row?.lastError?.reason !== "UnrelatedHistory" || head === undefined) return null;
  return `If it is the right one, \`room-operator accept ${shellWord(name)} --head ${head}\`; otherwise correct \`Url\`, or bring the old branch or tag back`;
}

/** While polls do not show what a webhook announced, head is not known. */
export function announcedMissing({ source }: SourceFacts): readonly Blocker[] {
  if (source === null) return [];
  return missingOf(source.live).map(({ reason, message, since }) => ({
    reason,
    since,
    message: `source ${source.name}: ${message}`,
    blocks: "unknown",
  }));
}

/** What makes news come later, and keeps no room from its head. */
export function sourceWarnings({ source }: ExplainFacts): readonly Blocker[] {
  const warnings = source?.live?.warnings ?? [];
  return warnings.map(({ reason, message, since }) => ({
    reason,
    since,
    message: `source ${source?.name}: ${message}`,
    blocks: "no",
  }));
}

/** Files of the source that may be meant as specs are not read. */
export function missingSpecs({ source }: SourceFacts): readonly Blocker[] {
  if (source?.info == null) return [];
  return missingSpecsOf(source.info, source.row).map(({ reason, message }) => ({
    reason,
    since: null,
    message: `source ${source.name}: ${message}`,
    blocks: "no",
  }));
}

/** Why not all that a source holds is known. */
export function unreadOf(facts: SourceFacts): readonly Blocker[] {
  return [headHeld, sourceFails, announcedMissing, notYetPolled, notYetRead, missingSpecs].flatMap(
    (cause) => cause(facts),
  );
}

/** No file that was read names the room: one that was not may. */
export function unreadSources(facts: ExplainFacts): readonly Blocker[] {
  if (!hasNoHead(facts)) return [];
  return facts.others.flatMap((source) =>
    unreadOf({ source, agent: facts.agent }).map((blocker) => ({ ...blocker, blocks: "no" })),
  );
}

/** It was polled, and what it holds is being read for the first time. */
function notYetRead({ source }: SourceFacts): readonly Blocker[] {
  if (source?.info == null || (source.live?.lastPoll ?? null) === null) return [];
  const { row, name } = source;
  if (row !== null && (row.observedHead !== null || row.lastError !== null)) return [];
  const message = `source ${name} was polled, and what it holds was not read yet: its first snapshot is being ingested`;
  return [{ reason: "NotYetPolled", since: null, message, blocks: "unknown" }];
}

/** After a start the first poll shows whether head has moved meanwhile. */
export function notYetPolled({ source, room, agent }: SourceFacts): readonly Blocker[] {
  if (source?.info == null || (source.live?.lastPoll ?? null) !== null) return [];
  const waits = "its rooms get no pass until its first poll has ended, for 30 s at most";
  const message = `source ${source.name} was not read yet since this agent started: ${waits}; ${lastGood(source, room)}`;
  return [{ reason: "NotYetPolled", since: agent.startedAt, message, blocks: "unknown" }];
}

/**
 * Lines of commits that count for no room, where the room waits for a confirmation and the line may be the one: it names a
 * room whose id is near, or no room at all.
 */
export function misdirectedIntents(facts: ExplainFacts): readonly Blocker[] {
  const { room, source } = facts;
  const isWaiting = room.dryRun !== null || room.refusals.some(({ confirmable }) => confirmable);
  if (!isWaiting || source?.info == null) return [];
  return (source.row?.warnings ?? []).flatMap(({ reason, message, line }): Blocker[] => {
    const names = line === undefined ? [] : namesIn(line);
    const meant = names.find((name) => nearestId(name, [room.roomId]) !== undefined);
    if (line === undefined || (meant === undefined && names.length > 0)) return [];
    const text = `source ${source.name}: ${message}`;
    const isSaid =
      meant === undefined ||
      meant === room.roomId ||
      message.includes(`did you mean ${quoted(room.roomId)}`);
    const asked = isSaid ? "" : `Did you mean ${room.roomId}? `;
    const commit = confirmCommit(room, source.info);
    const next =
      unblockOfIgnored(line, facts) ??
      howToConfirm(room.roomId, { commit, subject: confirmSubject(room) });
    const unblock = `${asked}${next}`;
    return [{ reason, since: null, message: text, unblock, blocks: "no" }];
  });
}

/** A source that is read elsewhere now begins again, and its rooms stay as they were accepted last. */
function lastGood({ row }: SourceStanding, room: SourceFacts["room"], which = "read"): string {
  const revision = row === null ? null : observedRevision(row);
  if (revision !== null)
    return `the last head ${which} is ${revision}, and its rooms are kept as that says`;
  const kept = room?.observedRevision ?? null;
  const meanwhile = kept === null ? "" : `; the room is kept as ${kept} says`;
  return `no head was read of it as it is configured now${meanwhile}`;
}
