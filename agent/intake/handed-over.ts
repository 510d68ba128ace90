import { REMOVED_UNNAMED, REMOVED_UNPRUNED } from "../intent/ignored-reasons.ts";
import type { IgnoredIntent } from "../intent/ignored-lines.ts";
import type { NamingCommit, RoomIntent } from "../intent/room-intent.ts";
import type { Item } from "../plan/item.ts";
import { removedItems } from "../plan/removals.ts";
import { confirmationId, type Confirmation } from "../room/confirmations.ts";
import type { Room, RoomInputs } from "../room/room.ts";
import type { Store } from "../store/store.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { markAfter } from "./prune-confirms.ts";
import type { RoomNews } from "./room-news.ts";

type Specs = Pick<Store, "readSpec">;

/** What a commit confirms by a room's name that brings a file of the room to another source than the one that has it, or had it last. */
export async function handedOver(
  { originId, actor, line, signer }: NamingCommit,
  { room, inputs }: { readonly room: Room; readonly inputs: RoomInputs },
  store: Specs,
): Promise<Confirmation | null> {
  const items = await takenOut(room, inputs, store);
  if (items.length === 0) return null;
  const said = {
    ...(line === undefined ? {} : { line }),
    ...(signer === undefined ? {} : { signer }),
  };
  return { origin: "commit", originId, actor, named: true, items, inputs: inputs.digest, ...said };
}

/** Who has the room, or had the orphan last, is another source. */
export function isOfAnother(
  { owner, lostOwner, lastOwner }: Pick<Room, "owner" | "lostOwner" | "lastOwner">,
  source: string,
): boolean {
  const isOrphan = lostOwner === null || lostOwner.reason === "SourceChanged";
  const had = owner ?? (isOrphan ? lastOwner : undefined);
  return had?.kind === "git" && had.source !== source;
}

/** What the new spec takes out of those that the room had or was held to. */
async function takenOut(
  { head, enforced, verified }: Room,
  { specOid }: RoomInputs,
  store: Specs,
): Promise<readonly Item[]> {
  const next = await store.readSpec(specOid);
  if (next === null) return [];
  const before = new Set([head, enforced, verified].flatMap((inputs) => inputs?.specOid ?? []));
  const items = new Set<Item>();
  for (const oid of before)
    for (const item of removedItems(await store.readSpec(oid), next)) items.add(item);
  return [...items].sort();
}

/**
 * The intent of a room that the source gets from another one: naming it confirms what its new spec takes out. Not from one that is not
 * configured any more, which may be the same source under its old name: a file that comes back there takes nothing out.
 */
export async function withHandOver(
  intent: RoomIntent | undefined,
  {
    before,
    news,
    source,
  }: { readonly before: Room | null; readonly news: RoomNews; readonly source: string },
  { store, leftSources }: { readonly store: Specs } & Pick<IntakeDeps, "leftSources">,
): Promise<RoomIntent | undefined> {
  const naming = intent?.confirmedByName === true ? intent.naming : undefined;
  if (intent === undefined || naming === undefined || before === null || news.kind !== "inputs")
    return intent;
  const { inputs } = news.file;
  if (inputs === null || before.owner !== null || !isOfAnother(before, source)) return intent;
  const last = before.lastOwner?.kind === "git" ? before.lastOwner.source : null;
  if (last !== null && leftSources().includes(last)) return intent;
  const confirmation = await handedOver(naming, { room: before, inputs }, store);
  if (confirmation === null) return intent;
  const others = intent.confirmations.filter(({ originId }) => originId !== naming.originId);
  return { ...intent, confirmations: [...others, confirmation] };
}

/**
 * The intent of a room whose file is removed and which is not pruned: nothing is confirmed, and that is said, but where the same commit
 * counts at the source that its file came to.
 */
export async function withoutPruneConfirm(
  intent: RoomIntent | undefined,
  { before, news }: { readonly before: Room | null; readonly news: RoomNews },
  { store, log }: Pick<IntakeDeps, "log"> & { readonly store: Pick<Store, "readConfirmation"> },
): Promise<RoomIntent | undefined> {
  if (intent === undefined || before === null || news.kind !== "gone") return intent;
  if (markAfter(before, news) !== null) return intent;
  const { roomId } = before;
  const ignored = [...intent.ignored];
  const say = (line: IgnoredIntent) => {
    ignored.push(line);
    log.warn({ ...line, rooms: [roomId] }, "intent ignored");
  };
  const { removal, unnamedRemoval: commit } = intent;
  if (removal !== undefined && news.emptied !== true && news.waitsFor === undefined) {
    const id = confirmationId(roomId, { origin: "commit", originId: removal.originId });
    const line = removal.line ?? `Confirm: ${roomId}`;
    const reason = REMOVED_UNPRUNED(roomId, news.why);
    if ((await store.readConfirmation(id)) === null)
      say({ commit: removal.originId, line, reason });
  }
  if (commit !== undefined && news.emptied !== true)
    say({ commit, line: "Confirm: true", reason: REMOVED_UNNAMED(roomId) });
  return { ...intent, confirmations: [], ignored };
}
