import type { RoomIntents } from "../intent/commit-intents.ts";
import { CHANGED_SINCE } from "../intent/ignored-reasons.ts";
import type { NamingCommit } from "../intent/room-intent.ts";
import { confirmationId } from "../room/confirmations.ts";
import type { FileRow } from "../room/rows.ts";
import type { StoreChange } from "../store/store.ts";
import { handedOver, isOfAnother } from "./handed-over.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { confirmationChanges } from "./room-intake.ts";

interface ClaimsGiven {
  readonly source: string;
  readonly revision: string;
  readonly correlationId: string;
  readonly intents: Pick<RoomIntents, "claims">;
  /** By path, the files that were read in the snapshot. */
  readonly fileRows: ReadonlyMap<string, FileRow>;
}

/**
 * Keeps what commits confirm by name that bring files to the source for rooms of others: it counts for these inputs alone, once the
 * source has the room.
 */
export async function keepClaimedConfirms(given: ClaimsGiven, deps: IntakeDeps): Promise<void> {
  for (const [roomId, { naming, outdated = [] }] of given.intents.claims) {
    const about = { roomId, ...given };
    const changes = outdated.map((one) => ignoredClaim(one, about, deps));
    if (naming !== undefined) changes.push(...(await claimedConfirm(naming, about, deps)));
    if (changes.length > 0) await deps.store.write(changes);
  }
}

type About = ClaimsGiven & { readonly roomId: string };

async function claimedConfirm(
  naming: NamingCommit,
  about: About,
  deps: IntakeDeps,
): Promise<readonly StoreChange[]> {
  const { roomId, source, fileRows } = about;
  const [inputs, another] = [...fileRows.values()].flatMap((row) =>
    row.roomId === roomId && row.inputs !== null ? [row.inputs] : [],
  );
  const room = await deps.store.readRoom(roomId);
  if (inputs === undefined || another !== undefined || room === null || !isOfAnother(room, source))
    return [];
  const confirmation = await handedOver(naming, { room, inputs }, deps.store);
  if (confirmation === null) return [];
  const known = await deps.store.readConfirmation(confirmationId(roomId, confirmation));
  return known === null ? confirmationChanges(confirmation, about, deps) : [];
}

function ignoredClaim(
  { originId: commit, line = "Confirm" }: NamingCommit,
  { roomId: room, source, revision, correlationId }: About,
  { trail, log }: IntakeDeps,
): StoreChange {
  const said = { commit, line, reason: CHANGED_SINCE };
  log.warn({ ...said, rooms: [room] }, "intent ignored");
  const metadata = { actor: "operator", room, source, revision, commit, line };
  return trail.event(
    "intent.ignored",
    { ...metadata, reason: "IntentIgnored", detail: CHANGED_SINCE },
    { correlationId },
  );
}
