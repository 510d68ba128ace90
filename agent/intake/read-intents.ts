import { trailerSteps } from "../intent/commit-trailers.ts";
import { commitWords, type MergedCommits } from "../intent/commit-words.ts";
import {
  neededSpecs,
  newestHold,
  roomIntentSteps,
  withoutConfirms,
  type RoomIntents,
} from "../intent/commit-intents.ts";
import { confirmsNothing } from "../intent/empty-commits.ts";
import type { IntentQuestion, RoomStanding } from "../intent/intent-question.ts";
import { withSignedConfirms } from "../intent/signed-confirms.ts";
import { unreadHold } from "../intent/unread-commits.ts";
import { isLabelled, withLabels } from "../intent/label-words.ts";
import { inTurns } from "../kernel/in-turns.ts";
import type { ServerMove } from "../room/room-in-doubt.ts";
import type { SourceRow } from "../room/rows.ts";
import type { CommitRange, ReadSpecs, SpecSource } from "../source/spec-source.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import { NO_LABELS, type LabelsRead, type LabelsUnknown } from "./label-reader.ts";
import { nearRooms } from "./near-rooms.ts";
import { awaitingConfirm, namedRooms } from "./refused-items.ts";
import { withoutUnpolledConfirms } from "./unpolled-there.ts";

export interface LabelQuestions {
  readonly read: (range: CommitRange, signal: AbortSignal) => Promise<LabelsRead>;
  /** Keeps what is not known: it holds back removals from now on, before a pass over one of the rooms begins. */
  readonly note: (
    range: CommitRange,
    unknown: LabelsUnknown & { readonly rooms: readonly string[] },
  ) => Promise<void>;
}

export interface IntentGiven {
  /** The source's name. */
  readonly name: string;
  readonly spec: Pick<SpecSource, "readSpecs">;
  readonly mergedCommits: MergedCommits;
  readonly confirmSigners?: readonly string[] | null;
  readonly isAlone?: boolean;
  /** What is on record of the source, and the last change of the RoomServer. */
  readonly row: Pick<SourceRow, "polledSinceMove">;
  readonly serverMove?: ServerMove | null;
  /** Absent: no forge is asked. */
  readonly labels?: LabelQuestions | undefined;
  readonly store: Pick<Store, "readRoom" | "readRoomsOf" | "readSpec">;
  /** Names the source on each line. */
  readonly log: Pick<Logger, "warn">;
  /** The room last seen at a path; null: none. */
  readonly roomOfPath: (path: string) => string | null;
  /** Why a commit's `Confirm` does not count because it was read before (see `IntentQuestion`). */
  readonly whyUsed: IntentQuestion["whyUsed"];
  readonly whyNoOverride: NonNullable<IntentQuestion["whyNoOverride"]>;
  readonly standingOf: (roomId: string) => RoomStanding;
  readonly foreignName?: NonNullable<IntentQuestion["foreignName"]>;
  readonly owners: Parameters<typeof nearRooms>[0]["owners"];
}

/** What the commits of a fetch mean for each room. What does not count is logged: a few lines, however many there are. */
export async function readIntents(
  range: CommitRange,
  given: IntentGiven,
  signal: AbortSignal,
): Promise<RoomIntents> {
  const { roomOfPath, whyUsed, standingOf, foreignName, store, log, isAlone = false } = given;
  await inTurns(trailerSteps([...range.commits, ...(range.said ?? [])]), signal);
  const labels = (await given.labels?.read(range, signal)) ?? NO_LABELS;
  const { pulls } = labels;
  const inDoubt = unreadHold(range, given.mergedCommits, pulls);
  const written = withLabels(commitWords(range, given.mergedCommits, isLabelled(pulls)), pulls);
  const signed = withSignedConfirms(written, given.confirmSigners ?? null);
  const said = withoutUnpolledConfirms(signed, given);
  // Of a first head all files are read anyway.
  const needed = range.history === "first" ? [] : neededSpecs(said, roomOfPath);
  const { specs, unread } =
    needed.length === 0 ? NOTHING : await given.spec.readSpecs(needed, signal);
  const words = unread === null ? said : withoutConfirms(said);
  const named = await namedRooms(words, (roomId) => standingOf(roomId) === "own", store);
  const isEmpty = words.some((each) => confirmsNothing(each, isAlone));
  const question = {
    words,
    isAlone,
    ...(isEmpty ? { awaitingConfirm: await awaitingConfirm(given.name, store) } : {}),
    specs,
    roomOfPath: sameAnswers(roomOfPath),
    meantBy: nearRooms(given),
    refusedItems: (roomId: string) => named.get(roomId)?.refused ?? [],
    whyNothing: (roomId: string) => named.get(roomId)?.why ?? null,
    whyUsed,
    whyNoOverride: given.whyNoOverride,
    standingOf: sameAnswers(standingOf),
    ...(foreignName === undefined ? {} : { foreignName }),
  };
  const intents = await inTurns(roomIntentSteps(question), signal);
  for (const report of intents.reports) log.warn(report, "intent ignored");
  if (labels.unknown !== null) {
    log.warn({ reason: "IntentUnknown", detail: labels.unknown.message }, "labels not read");
    await given.labels?.note(range, { ...labels.unknown, rooms: [...intents.rooms.keys()] });
  }
  const holdsAll = (unread === null ? null : newestHold(words)) ?? inDoubt;
  const held = { ...intents, ...(holdsAll === null ? {} : { holdsAll }) };
  if (unread === null) return held;
  log.warn({ reason: "CommitsNotRead", detail: unread }, "specs of commits not read");
  return { ...held, unread };
}

/** Asks for each name once. Between two commits a room may get another owner, and half of them must not be read for each. */
function sameAnswers<T>(ask: (name: string) => T): (name: string) => T {
  const answers = new Map<string, T>();
  return (name) => {
    const known = answers.get(name);
    if (known !== undefined) return known;
    const answer = ask(name);
    answers.set(name, answer);
    return answer;
  };
}

const NOTHING: ReadSpecs = { specs: new Map(), unread: null };
