import type { Confirmation } from "../room/confirmations.ts";
import type { LabelQuestion } from "../room/label-question.ts";
import { byLabel } from "./by-label.ts";
import type { RoomIntents } from "./commit-intents.ts";
import type { IgnoredIntent } from "./ignored-lines.ts";
import type { PullRequestLabels } from "./label-words.ts";
import type { DryRunWord, RoomIntent } from "./room-intent.ts";

/**
 * What labels mean for each room where they could be read only after their commits were ingested. Which of several pull requests of
 * a push changed which room is not known any more, so a dry run holds all the rooms that the push touched, but for those that a
 * later commit changed (`moved`).
 */
export function labelledIntents(
  { rooms }: Pick<LabelQuestion, "rooms">,
  pulls: readonly PullRequestLabels[],
  moved: ReadonlySet<string>,
): RoomIntents {
  const touched = new Set(rooms);
  const dryRuns = new Map<string, DryRunWord>();
  const confirmations = new Map<string, Confirmation[]>();
  const ignored = new Map<string, IgnoredIntent[]>();
  const unplaced: IgnoredIntent[] = [];
  const report = (line: IgnoredIntent, about: readonly string[]) => {
    const known = about.filter((roomId) => touched.has(roomId));
    for (const roomId of known) listOf(ignored, roomId).push(line);
    if (known.length === 0) unplaced.push(line);
  };
  for (const pull of pulls) {
    for (const { line, room } of pull.dryRuns) {
      const isKnown = room !== null && touched.has(room);
      for (const roomId of (isKnown ? [room] : rooms).filter((one) => !moved.has(one)))
        dryRuns.set(roomId, { kind: "on", commit: pull.mergeSha, label: line });
    }
    for (const { line, reason, rooms: about } of pull.ignored)
      report({ commit: pull.mergeSha, line, reason }, about ?? rooms);
  }
  for (const { mergeSha, confirms } of pulls) {
    for (const label of confirms) {
      for (const [roomId, items] of label.items) {
        const { line } = label;
        if (dryRuns.has(roomId)) report({ commit: mergeSha, line, reason: DRY_RUN_WINS }, [roomId]);
        else listOf(confirmations, roomId).push(byLabel(label, items));
      }
    }
  }
  const all = new Set([...rooms, ...confirmations.keys()]);
  const intents = [...all].map((roomId): [string, RoomIntent] => [
    roomId,
    {
      touched: false,
      named: true,
      dryRun: dryRuns.get(roomId) ?? { kind: "unchanged" },
      confirmations: confirmations.get(roomId) ?? [],
      confirmedByName: false,
      ignored: ignored.get(roomId) ?? [],
    },
  ]);
  const reports = [...unplaced, ...[...ignored.values()].flat()].map((line) => ({
    ...line,
    rooms: [],
    roomCount: 0,
  }));
  return { rooms: new Map(intents), claims: new Map(), unplaced, reports };
}

function listOf<T>(lists: Map<string, T[]>, key: string): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

const DRY_RUN_WINS =
  "a `Dry-Run` of the same push wins in this room: confirm in a later commit that names the room";
