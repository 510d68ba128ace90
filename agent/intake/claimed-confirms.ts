import type { RoomIntents } from "../intent/commit-intents.ts";
import type { ClaimedConfirms } from "../intent/claimed-confirms.ts";
import type { IgnoredIntent } from "../intent/ignored-lines.ts";
import { CHANGED_SINCE, NOT_ONE_FILE } from "../intent/ignored-reasons.ts";
import type { NamingCommit } from "../intent/room-intent.ts";
import { confirmationId } from "../room/confirmations.ts";
import type { RoomInputs } from "../room/room.ts";
import type { FileRow } from "../room/rows.ts";
import type { StoreChange } from "../store/store.ts";
import { handedOver, isOfAnother } from "./handed-over.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { confirmationChanges } from "./room-intake.ts";
import { whyUnread } from "./unread-there.ts";

interface ClaimsGiven {
  readonly source: string;
  readonly revision: string;
  readonly correlationId: string;
  readonly intents: Pick<RoomIntents, "claims">;
  /** By path, the files that were read in the snapshot. */
  readonly fileRows: ReadonlyMap<string, FileRow>;
}

/**
 * Keeps what commits confirm that bring files to the source for rooms of others: it counts for these inputs alone, once the source has
 * the room.
 */
export async function keepClaimedConfirms(given: ClaimsGiven, deps: IntakeDeps): Promise<void> {
  for (const [roomId, { confirms }] of given.intents.claims) {
    if (confirms === undefined) continue;
    const changes = await claimChanges(confirms, { roomId, ...given }, deps);
    if (changes.length > 0) await deps.store.write(changes);
  }
}

type About = ClaimsGiven & { readonly roomId: string };

async function claimChanges(
  confirms: ClaimedConfirms,
  about: About,
  deps: IntakeDeps,
): Promise<readonly StoreChange[]> {
  const { roomId, source } = about;
  const changes = confirms.ignored.map((line) => ignoredClaim(line, about, deps));
  const room = await deps.store.readRoom(roomId);
  if (room === null || !isOfAnother(room, source)) return changes;
  const inputs = inputsOf(about);
  const unread = whyUnread(room);
  if (inputs === null || unread !== null) {
    const { naming, confirmations } = confirms;
    const all = confirmations.filter(({ originId }) => originId !== naming?.originId);
    for (const one of [...all, ...(naming === undefined ? [] : [naming])])
      changes.push(ignoredClaim(toIgnored(one, unread ?? NOT_ONE_FILE), about, deps));
    return changes;
  }
  const { confirmations, outdated } = await handedOver(confirms, { room, inputs }, deps.store);
  if (outdated !== undefined)
    changes.push(ignoredClaim(toIgnored(outdated, CHANGED_SINCE), about, deps));
  for (const confirmation of confirmations) {
    const known = await deps.store.readConfirmation(confirmationId(roomId, confirmation));
    if (known === null) changes.push(...confirmationChanges(confirmation, about, deps));
  }
  return changes;
}

/** Those that the source would give the room; null: it has not exactly one good file of the room. */
function inputsOf({ roomId, fileRows }: About): RoomInputs | null {
  const [file, another] = [...fileRows.values()].filter((row) => row.roomId === roomId);
  return another === undefined ? (file?.inputs ?? null) : null;
}

function toIgnored(
  { originId: commit, line = "Confirm" }: Pick<NamingCommit, "originId" | "line">,
  reason: string,
): IgnoredIntent {
  return { commit, line, reason };
}

function ignoredClaim(
  said: IgnoredIntent,
  { roomId: room, source, revision, correlationId }: About,
  { trail, log }: Pick<IntakeDeps, "trail" | "log">,
): StoreChange {
  const { commit, line, reason: detail } = said;
  log.warn({ ...said, rooms: [room] }, "intent ignored");
  const metadata = { actor: "operator", room, source, revision, commit, line };
  return trail.event(
    "intent.ignored",
    { ...metadata, reason: "IntentIgnored", detail },
    { correlationId },
  );
}
