import { legible } from "../kernel/shortened.ts";
import type { RoomOwner } from "../room/room.ts";
import type { Assignment } from "./assign-rooms.ts";
import type { IntakeDeps, IntakeSource } from "./intake-deps.ts";

/** What the head that a source read has for a room at the place of another source. */
export type FoundAtHead =
  /** A file that the other source takes over once it reads that head. */
  | { readonly kind: "moved"; readonly source: string; readonly path: string }
  /** Something that may be the room's, `why` in words for people. `isNamed`: it is a file that names the room. */
  | { readonly kind: "maybe"; readonly why: string; readonly isNamed: boolean };

/** Null: nothing. */
export type AtHead = (roomId: string) => FoundAtHead | null;

type LookingSource = Pick<IntakeSource, "name"> & {
  readonly spec: Pick<IntakeSource["spec"], "claimsAt">;
};

type LookDeps = Pick<IntakeDeps, "placesElsewhere" | "mayManage" | "owners">;

/**
 * What a head has for rooms at the places of other sources of its repository, which may read it later, or never. What cannot be read may be
 * the room's: an error is never an empty set. Null: no room is without a file, or no other source reads the repository.
 */
export async function lookAtHead(
  given: {
    readonly source: LookingSource;
    readonly head: string;
    readonly rooms: Assignment["rooms"];
  },
  deps: LookDeps,
  signal: AbortSignal,
): Promise<AtHead | null> {
  const { source, head } = given;
  const { placesElsewhere, mayManage, owners } = deps;
  const places = isAsked(given, deps) ? placesElsewhere(source.name) : [];
  if (places.length === 0 || source.spec.claimsAt === undefined) return null;
  const found = await source.spec.claimsAt(head, places, signal);
  if (found.kind === "failed") {
    const why = `what other sources have of it there could not be read: ${found.message}`;
    return () => ({ kind: "maybe", why, isNamed: false });
  }
  const isSameRef = new Map(places.map((place) => [place.source, place.isSameRef]));
  return (roomId) => {
    const named = found.claims.filter((claim) => claim.roomId === roomId);
    const allowed = named.filter((claim) => mayManage(claim.source, roomId));
    const [next] = allowed.filter((claim) => isSameRef.get(claim.source) === true);
    if (next !== undefined) return { kind: "moved", source: next.source, path: next.path };
    const [other] = [...allowed, ...named];
    if (other !== undefined) {
      const why = `${legible(other.path)} names it ${placeOf(other, allowed)}`;
      return { kind: "maybe", why, isNamed: true };
    }
    const stray = found.claims.find(
      ({ roomId: named, path, source: name }) =>
        named === null && mayManage(name, roomId) && isOfName(path, owners.get(roomId)),
    );
    if (stray === undefined) return null;
    const file = `${legible(stray.path)}, which source "${stray.source}" reads`;
    return { kind: "maybe", why: `${file}, cannot be parsed and may name it`, isNamed: false };
  };
}

/** A file that moves keeps its name. Other files that cannot be parsed are those of other rooms. */
function isOfName(path: string, owner: RoomOwner | null): boolean {
  return owner?.kind === "git" && nameOf(owner.path) === nameOf(path);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Whether there is a room without a file: one that lost it now, waits for its prune, or for the source that its file came to. */
function isAsked(
  {
    source: { name },
    rooms,
  }: { readonly source: LookingSource; readonly rooms: Assignment["rooms"] },
  { owners }: LookDeps,
): boolean {
  return (
    rooms.some(({ kind }) => kind === "gone") ||
    owners.prunesOf(name).length > 0 ||
    [...owners.meantByFiles()].some((roomId) => owners.factOf(roomId)?.waitsFor?.by === name)
  );
}

function placeOf<T extends { readonly source: string }>(claim: T, allowed: readonly T[]): string {
  const { source } = claim;
  return allowed.includes(claim)
    ? `where source "${source}" reads it of another branch or tag`
    : `where source "${source}" reads it, which may not manage the room`;
}
