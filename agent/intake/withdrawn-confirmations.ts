import { withdrawBound, withdrawReturned } from "../room/confirmations.ts";
import type { SteadyTime } from "../kernel/steady-time.ts";
import type { RoomInputs } from "../room/room.ts";
import type { Store, StoreChange } from "../store/store.ts";

/**
 * What becomes of the confirmations of a room that gets a new spec, from a commit or a person: what it names again is not to
 * be removed any more, so earlier confirmations of that are spent, and so are those that belong to other inputs. `inputs`
 * must be in the store.
 */
export async function withdrawnConfirmations(
  roomId: string,
  inputs: RoomInputs,
  { store, steady }: { readonly store: Store; readonly steady: Pick<SteadyTime, "nowMs"> },
): Promise<readonly StoreChange[]> {
  const rows = await store.readConfirmations(roomId, steady.nowMs());
  if (rows.length === 0) return [];
  const spec = await store.readSpec(inputs.specOid);
  const returned = spec === null ? [] : withdrawReturned(rows, spec);
  return [...returned, ...withdrawBound(rows, inputs.digest)];
}
