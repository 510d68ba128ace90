import { CHANGED_SINCE, REMOVED_UNNAMED, REMOVED_UNPRUNED } from "../intent/ignored-reasons.ts";
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

/** What commits say of a room whose file they bring to another source than the one that has the room, or had it last. */
type Brought = Pick<RoomIntent, "confirmations" | "confirmedByName" | "naming">;

/**
 * What commits confirm of a room that is handed over, for its new inputs alone: the one that names the room last, where none changes
 * the file after it, whatever the new spec takes out of what the room has from its old source; the others what they take out of the
 * file themselves. `outdated`: the commit that names the room and confirms nothing, since a later one changes the file.
 */
export async function handedOver(
  { confirmations, confirmedByName, naming }: Brought,
  { room, inputs }: { readonly room: Room; readonly inputs: RoomInputs },
  store: Specs,
): Promise<{ readonly confirmations: readonly Confirmation[]; readonly outdated?: NamingCommit }> {
  const own = confirmations.map((one) =>
    one.origin === "commit" ? { ...one, inputs: inputs.digest } : one,
  );
  if (naming === undefined) return { confirmations: own };
  const others = own.filter(({ originId }) => originId !== naming.originId);
  if (!confirmedByName)
    return { confirmations: own, ...(others.length < own.length ? {} : { outdated: naming }) };
  const items = await takenOut(room, inputs, store);
  if (items.length === 0) return { confirmations: own };
  const { originId, actor, line, signer } = naming;
  const said = {
    ...(line === undefined ? {} : { line }),
    ...(signer === undefined ? {} : { signer }),
  };
  const by = { origin: "commit", originId, actor, named: true } as const;
  return { confirmations: [...others, { ...by, items, inputs: inputs.digest, ...said }] };
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
  { store, log, leftSources }: { readonly store: Specs } & Pick<IntakeDeps, "log" | "leftSources">,
): Promise<RoomIntent | undefined> {
  if (intent === undefined || before === null || news.kind !== "inputs") return intent;
  const { inputs } = news.file;
  if (inputs === null || before.owner !== null || !isOfAnother(before, source)) return intent;
  const last = before.lastOwner?.kind === "git" ? before.lastOwner.source : null;
  if (last !== null && leftSources().includes(last)) return intent;
  const { confirmations, outdated } = await handedOver(intent, { room: before, inputs }, store);
  if (outdated === undefined) return { ...intent, confirmations };
  const { originId: commit, line = `Confirm: ${before.roomId}` } = outdated;
  const said = { commit, line, reason: CHANGED_SINCE };
  log.warn({ ...said, rooms: [before.roomId] }, "intent ignored");
  return { ...intent, confirmations, ignored: [...intent.ignored, said] };
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
