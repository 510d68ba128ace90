import type { RoomInputs, Room } from "../room/room.ts";

/** A spec text or a seed that a row cannot do without. */
export interface BlobRef {
  readonly kind: "spec" | "seed";
  readonly oid: string;
}

/** The blobs that make up a room's inputs; a seed that is unusable has none. */
export function inputBlobs(inputs: RoomInputs | null): readonly BlobRef[] {
  if (inputs === null) return [];
  const refs: BlobRef[] = [{ kind: "spec", oid: inputs.specOid }];
  for (const seed of inputs.seeds) {
    if (seed.kind === "present") refs.push({ kind: "seed", oid: seed.oid });
  }
  return refs;
}

/** What a room needs to be enforced now or next, and to be undone to what it was held to before. */
export function roomBlobs(row: Room): readonly BlobRef[] {
  const { head, enforced, enforcedBefore, verified, quarantine, detour } = row;
  const past = detour?.past;
  const before = [past?.head, past?.enforced, past?.enforcedBefore].map((one) => one ?? null);
  const pending = quarantine?.pending.flatMap(({ actions }) => actions) ?? [];
  return [
    ...[head, enforced, enforcedBefore, verified, ...before].flatMap(inputBlobs),
    ...pending.flatMap((action): readonly BlobRef[] =>
      action.kind === "seed" ? [{ kind: "seed", oid: action.oid }] : [],
    ),
  ];
}
