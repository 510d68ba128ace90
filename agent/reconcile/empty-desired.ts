import type { DesiredRoom } from "../plan/plan.ts";
import type { RoomInputs } from "../room/room.ts";

/** A room of which nothing is wanted: what a prune works towards. */
export function emptyDesired(
  roomId: string,
  { specVersion }: Pick<RoomInputs, "specVersion">,
): DesiredRoom {
  return {
    spec: {
      apiVersion: "v1",
      kind: "RoomSpec",
      metadata: { name: null, version: specVersion, annotations: {} },
      spec: { roomId, entities: [], artifacts: [], policies: {}, resources: [] },
    },
    seeds: new Map(),
  };
}
