import type { RoomInputs, Room } from "../room/room.ts";
import type { ReconcileDeps } from "./pass.ts";
import { isLowered, judgeVersion, type VersionVerdict } from "../room/version-law.ts";

/** The version law applied to a room's newest inputs. The history is asked only where the answer depends on it. */
export async function versionVerdict(
  inputs: RoomInputs,
  row: Room,
  { store, options }: Pick<ReconcileDeps, "store" | "options">,
): Promise<VersionVerdict> {
  const policy = options.versionPolicy;
  if (!isLowered(inputs, row, policy)) {
    return judgeVersion(inputs, row, { policy, wasVerified: false });
  }
  const { specDigest } = inputs;
  const proof = { specDigest, outcome: "verified", count: 1 } as const;
  const verified = await store.readHistory(row.roomId, proof);
  return judgeVersion(inputs, row, { policy, wasVerified: verified.length > 0 });
}
