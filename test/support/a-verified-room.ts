import type { RoomInputs, Room } from "../../agent/room/room.ts";
import type { SourceRow } from "../../agent/room/rows.ts";
import { aRoomRow, aSourceRow, anInput } from "./a-row.ts";

/** The commit the verified room and the synced source are at. */
export const HEAD = "a".repeat(40);

/** What the verified room was verified at, with `changes` over it. */
export function theInputs(changes: Partial<RoomInputs> = {}): RoomInputs {
  return { ...anInput(HEAD), specVersion: 4, path: "rooms/lab.room.yaml", ...changes };
}

/** Room `lab-01` of source `specs`, verified at its newest inputs, with `changes` over it. */
export function aVerifiedRoom(changes: Partial<Room> = {}): Room {
  const inputs = theInputs();
  const { revision, specVersion, specDigest } = inputs;
  return aRoomRow({
    roomId: "lab-01",
    owner: { kind: "git", source: "specs", path: "rooms/lab.room.yaml" },
    head: inputs,
    enforced: inputs,
    observedRevision: revision,
    attemptedRevision: revision,
    appliedRevision: revision,
    verifiedRevision: revision,
    verified: inputs,
    appliedVersion: { specVersion, specDigest, lineage: null },
    verifiedBefore: true,
    keepsDmVisibility: false,
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "Converged",
        message: "the room is as its spec says",
        lastTransitionTime: "2026-01-01T00:00:00.000Z",
      },
    ],
    lastReconcile: "2026-01-01T00:00:00.000Z",
    lastOutcome: "converged",
    ...changes,
  });
}

/** Source `specs` whose newest snapshot is at HEAD, with `changes` over it. */
export function aReadySource(changes: Partial<SourceRow> = {}): SourceRow {
  return aSourceRow({ name: "specs", observedHead: HEAD, hadSpecs: true, ...changes });
}
