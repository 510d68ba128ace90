/** A spec file of a snapshot, as far as ownership is concerned. */
export interface FileClaim {
  readonly path: string;
  /** The room it names; null when that cannot be read from it. */
  readonly roomId: string | null;
  readonly valid: boolean;
}

/** Which files claim which rooms. */
export interface Claims {
  /** Paths in order; a path stands under one room at most. */
  readonly byRoom: ReadonlyMap<string, readonly string[]>;
  /** Broken files that name no room, at paths where no room was seen: each could be any room's. In order. */
  readonly strays: readonly string[];
  readonly isValid: (path: string) => boolean;
}

/**
 * A valid file claims the room it names. A broken one claims the room last seen at its path, whatever it names now; where
 * there is none, the room it names, if that can be read.
 */
export function fileClaims(
  files: readonly FileClaim[],
  lastSeen: ReadonlyMap<string, string>,
): Claims {
  const byRoom = new Map<string, string[]>();
  const strays: string[] = [];
  const valid = new Set<string>();
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (file.valid) valid.add(file.path);
    const roomId = file.valid ? file.roomId : (lastSeen.get(file.path) ?? file.roomId);
    const paths = roomId === null ? strays : (byRoom.get(roomId) ?? []);
    paths.push(file.path);
    if (roomId !== null) byRoom.set(roomId, paths);
  }
  return { byRoom, strays, isValid: (path) => valid.has(path) };
}
