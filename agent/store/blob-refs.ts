import type { RoomInputs, RoomRow } from "./rows.ts";

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

/** What a room needs to be enforced now or next, and to be undone to what was verified last. */
export function roomBlobs(row: RoomRow): readonly BlobRef[] {
  return [row.head, row.enforced, row.verified].flatMap(inputBlobs);
}
