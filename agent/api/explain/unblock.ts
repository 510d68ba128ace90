import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toIso } from "../../kernel/clock.ts";
import { howToConfirm } from "../../guardrail/how-to-confirm.ts";
import { confirmCommit } from "../confirm-commit.ts";
import { shellWord } from "../../kernel/shell-word.ts";
import { isFolder, pushTo } from "../../room/after-push.ts";
import { nextAllowed } from "../../room/sync-windows.ts";
import { isReason, REASONS, type Reason } from "../../status/reasons.ts";
import { type ExplainFacts, triedAgainAt } from "./blocker.ts";

/**
 * What a person does about a reason in this room, or what happens by itself. A reason without an entry here says what its
 * explanation in `agent/status/*-reasons.ts` says, with the room's id filled in.
 */
const IN_THIS_ROOM: Readonly<Record<string, (facts: ExplainFacts) => string>> = {
  SourceNotConfigured: ({ room }) =>
    `Put source "${room.lostOwner?.source ?? ""}" back into Git.Sources, or push a spec that names` +
    ` the room to a configured source. To stop managing it, send \`DELETE /rooms/${room.roomId}\`.`,
  SourceChanged: ({ room }) =>
    `If source "${room.lostOwner?.source ?? ""}" should have the room, correct its Url, Ref or Path in Git.Sources. Otherwise push a spec that` +
    ` names the room to a configured source. To stop managing it, send \`DELETE /rooms/${room.roomId}\`.`,
  RoomNotAllowed: ({ room }) =>
    `Add a pattern that matches ${room.roomId} to the source's AllowedRooms, or push the spec to a` +
    " source that may manage the room.",
  SpecInvalid: correctFile,
  SpecUnreadable: correctFile,
  DryRun: endDryRun,
  DryRunLookAlike: endDryRun,
  NotYetReconciled: byItself("the first pass over the room"),
  DriftDetected: drift,
  SyncWindowClosed: openWindow,
  Superseded: byItself("the pass over the newest revision"),
  Batch: byItself("the next pass, which follows at once,"),
};

/** One or more sentences, never empty. */
export function unblockOf(reason: Reason, facts: ExplainFacts): string {
  const special = Object.hasOwn(IN_THIS_ROOM, reason) ? IN_THIS_ROOM[reason] : undefined;
  if (special !== undefined) return special(facts);
  // An older row may hold a word that is a reason no more.
  const next = isReason(reason) ? nextOf(reason) : null;
  if (next === null) return `Read the message, and ${lookAgain(facts)}`;
  return `${withoutLinks(next).replaceAll("<roomId>", facts.room.roomId)}.`;
}

/** A terminal follows no link: the page is named. */
function withoutLinks(text: string): string {
  return text.replaceAll(/\[([^\]]+)\]\(([^)#]+)(?:#[^)]*)?\)/g, "$1 in docs/$2");
}

function nextOf(reason: Reason): string | null {
  return REASONS[reason].next;
}

function endDryRun({ room, source }: ExplainFacts): string {
  const commit = confirmCommit(room, source?.info ?? null);
  const how = howToConfirm(room.roomId, { commit, subject: "Carry out the plan" });
  return commit !== null
    ? `${how} A commit that changes the room without Dry-Run ends it too.`
    : how;
}

function openWindow({ room }: ExplainFacts): string {
  const at = nextAllowed(room).nextAllowedAt ?? "the time that `/status` shows";
  return `None, it is applied by itself at ${at}; \`room-operator windows\` lists the windows.`;
}

function correctFile({ room, source }: ExplainFacts): string {
  const owned = room.owner?.kind === "git" ? room.owner.path : null;
  const path = owned ?? "the file named";
  const info = source?.info ?? null;
  const folder = info !== null && isFolder(info) ? fileURLToPath(info.url) : null;
  const push = folder === null ? pushTo(info?.ref ?? null) : "save it";
  return `Correct ${path} at the line and column named and ${push}; \`${validateCommand(folder, owned)}\` checks it first.`;
}

/** `folder`: of the source; null: it is a repository, whose root `validate` finds by itself. */
function validateCommand(folder: string | null, file: string | null): string {
  if (folder === null) return `room-operator validate ${file === null ? "FILE" : shellWord(file)}`;
  const place = file === null ? "FILE" : shellWord(join(folder, file));
  return `room-operator validate --root ${shellWord(folder)} ${place}`;
}

/** The agent corrects drift by itself unless its last pass was not allowed or not able to. */
function drift(facts: ExplainFacts): string {
  const { room } = facts;
  const kind = (room.lastOutcome ?? "").split("/")[0] ?? "";
  const isFailing = room.lastOutcome === "partial/ActionsFailed";
  if ((room.refusedUpdates ?? []).length > 0) {
    const atMs = triedAgainAt(facts);
    const when = atMs === null ? "an hour" : toIso(atMs);
    return `What the RoomServer refused to update is tried again after ${when}: do what else is listed here.`;
  }
  if (isFailing || ["failed", "stalled", "rolledBack"].includes(kind))
    return "Each pass tries to correct it, and the last one failed: do what else is listed here.";
  if (["converged", "partial", "superseded"].includes(kind)) return `${nextOf("DriftDetected")}.`;
  return "The drift is not corrected as long as what else is listed here holds the room back: end that first.";
}

function byItself(what: string): () => string {
  return () => `None, ${what} decides it.`;
}

function lookAgain({ room }: ExplainFacts): string {
  return `ask \`GET /status/rooms/${room.roomId}\` for everything that is known of the room.`;
}
