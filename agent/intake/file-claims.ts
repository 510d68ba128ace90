import { inSteps } from "../kernel/in-turns.ts";

/** A spec file of a snapshot, as far as ownership is concerned. */
export interface FileClaim {
  readonly path: string;
  /** The room it names; null when that cannot be read from it. */
  readonly roomId: string | null;
  readonly valid: boolean;
}

/** Which files claim which rooms. */
export interface Claims {
  /** All files, by path. */
  readonly files: readonly FileClaim[];
  /** Paths in order; a path stands under one room at most. */
  readonly byRoom: ReadonlyMap<string, readonly string[]>;
  /** Broken files that name no room, at paths where no room was seen: each could be any room's. In order. */
  readonly strays: readonly string[];
  readonly isValid: (path: string) => boolean;
}

/**
 * A valid file claims the room it names. A broken one claims the room that `lastSeen` gives for its path, whatever it names now;
 * where there is none, the room it names, if that can be read. In steps.
 */
export function* fileClaims(
  files: readonly FileClaim[],
  lastSeen: (path: string) => string | undefined,
): Generator<void, Claims> {
  const byRoom = new Map<string, string[]>();
  const strays: string[] = [];
  const broken = new Set<string>();
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  yield* inSteps(sorted, ({ path, roomId: named, valid }) => {
    if (!valid) broken.add(path);
    const roomId = valid ? named : (lastSeen(path) ?? named);
    if (roomId === null) {
      strays.push(path);
      return;
    }
    const paths = byRoom.get(roomId);
    if (paths === undefined) byRoom.set(roomId, [path]);
    else paths.push(path);
  });
  return { files: sorted, byRoom, strays, isValid: (path) => !broken.has(path) };
}
