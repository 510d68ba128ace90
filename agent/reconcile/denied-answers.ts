import { listed } from "../kernel/shortened.ts";
import { joined } from "../kernel/joined.ts";
import type { RoomState } from "../plan/room-state.ts";
import type { Verified } from "./pass.ts";
import type { ActionReport } from "./sending/perform-action.ts";
import { settleAction } from "./sending/settle-action.ts";

const SHOWN = 5;

/** What the read-back of a pass denies of the answers 404 and 409, for people; empty: nothing. Pure. */
export function deniedText(verified: Pick<Verified, "reports" | "observedAfter">): string {
  const { reports, observedAfter } = verified;
  const absent = reports.filter((report) => isDeniedAbsence(report, observedAfter));
  const conflicts = reports.filter((report) => isConflict(report, observedAfter));
  return joined([conflictText(conflicts), absenceText(absent)]);
}

/**
 * 409 to a join, and the room does not have the entity: the RoomServer refuses it. Not where the agent joined it before: there the
 * state may lag behind.
 */
export function isRefusedJoin(report: ActionReport, { row, observedAfter }: Verified): boolean {
  if (!isConflict(report, observedAfter)) return false;
  return report.action.kind !== "join" || !row.inventory.includes(report.action.item);
}

/** Whether answers and read-back contradict each other as those of a state that lags do: that undoes nothing. */
export function mayLag(verified: Verified): boolean {
  const { reports, observedAfter } = verified;
  return reports.some(
    (report) =>
      isDeniedAbsence(report, observedAfter) ||
      (isConflict(report, observedAfter) && !isRefusedJoin(report, verified)),
  );
}

export function isMissing(wanted: string, { entities }: RoomState): boolean {
  return !entities.some(({ id }) => id === wanted);
}

function isConflict({ action, result }: ActionReport, observed: RoomState): boolean {
  if (result.kind !== "already" || (action.kind !== "join" && action.kind !== "replace"))
    return false;
  return isMissing(action.entity.id, observed);
}

/** 404 to a removal, and the room still lists the item. */
function isDeniedAbsence({ action, result }: ActionReport, observed: RoomState): boolean {
  if (result.kind !== "already" || (action.kind !== "kick" && action.kind !== "delete"))
    return false;
  return settleAction(action, observed) === "notDone";
}

function conflictText(reports: readonly ActionReport[]): string {
  if (reports.length === 0) return "";
  return `the RoomServer answered ${answerOf(reports)} to the join of ${itemsOf(reports)}, and the room does not have it`;
}

function absenceText(reports: readonly ActionReport[]): string {
  if (reports.length === 0) return "";
  const it = reports.length === 1 ? "it" : "them";
  return (
    `the RoomServer answered ${answerOf(reports)} to the removal of ${itemsOf(reports)}, and its state still shows ${it}: ` +
    `the state may lag behind, or the RoomServer does not remove ${it}`
  );
}

/** The status, and the words of the first answer that has any. */
function answerOf(reports: readonly ActionReport[]): string {
  const answers = reports.flatMap(({ result }) => (result.kind === "already" ? result : []));
  const said = answers.find((answer) => answer.said !== undefined)?.said;
  return `${answers[0]?.status ?? ""}${said === undefined ? "" : ` (${said})`}`;
}

function itemsOf(reports: readonly ActionReport[]): string {
  return listed(
    reports.map(({ action }) => action.item),
    { max: SHOWN },
  );
}
