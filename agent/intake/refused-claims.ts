import { quoted } from "../kernel/quoted.ts";
import { legible, listed, shortened } from "../kernel/shortened.ts";
import type { RoomOwner } from "../room/room.ts";

/** A spec file of a source. */
export interface FilePlace {
  readonly source: string;
  readonly path: string;
}

/** A file that names a room and may not have it. */
export interface RefusedClaim extends FilePlace {
  readonly reason: "ClaimedTwice" | "RoomNotAllowed";
  readonly message: string;
}

/**
 * Which of the files that name a room are refused, and why: the answer of `assignRooms` for one room over all sources. `claims`
 * are all files that name it.
 */
export function refusedClaims(
  { roomId, owner }: { readonly roomId: string; readonly owner: RoomOwner | null },
  claims: readonly FilePlace[],
  mayManage: (source: string, roomId: string) => boolean,
): readonly RefusedClaim[] {
  const isOwner = ({ source, path }: FilePlace) =>
    owner?.kind === "git" && owner.source === source && owner.path === path;
  const allowed = claims.filter(({ source }) => mayManage(source, roomId));
  return claims.flatMap((claim): readonly RefusedClaim[] => {
    if (isOwner(claim)) return [];
    if (!allowed.includes(claim)) {
      const message = notAllowedText(claim, roomId);
      return [{ ...claim, reason: "RoomNotAllowed", message }];
    }
    const of = textFor(claim.source);
    const others = owner?.kind === "git" ? [owner] : allowed.filter((other) => other !== claim);
    if (others.length === 0) return [];
    const texts = owner?.kind === "git" ? [`${of(owner)}, its recorded owner`] : others.map(of);
    const isAlone = others.every(({ source }) => source === claim.source);
    return [
      {
        ...claim,
        reason: "ClaimedTwice",
        message: claimedTwiceText(roomId, {
          claim: isAlone ? claim.path : ofSource(claim),
          others: listed(texts),
        }),
      },
    ];
  });
}

/** Room for the name of its source. */
const MAX_CLAIM = 400;

/** `others`: the other claims, as `listed` writes them. */
export function claimedTwiceText(
  roomId: string,
  { claim, others }: { readonly claim: string; readonly others: string },
): string {
  return `room ${quoted(shortened(roomId, 100))} is claimed by ${legible(claim, MAX_CLAIM)} and by ${others}: one file alone may name a room`;
}

export function notAllowedText({ source, path }: FilePlace, roomId: string): string {
  return (
    `source "${source}" may not manage room ${quoted(shortened(roomId, 100))}, which ${legible(path)} names: no pattern of its AllowedRooms matches. ` +
    "Add a pattern, or move the spec to a source that may manage the room"
  );
}

/** `by`: as `IgnoredSpec` says. */
export function ignoredText(path: string, by: string): string {
  return (
    `${legible(path)} is not read, because it is ${by}; the last accepted spec stays in force. ` +
    "Change that pattern to have the file read; to stop managing the room, delete the file"
  );
}

/** A file as `source` names it in its messages: of its own files the path is enough. */
function textFor(source: string): (place: FilePlace) => string {
  return (place) => (place.source === source ? place.path : ofSource(place));
}

/** A file of any source, as messages name it. */
export function ofSource({ source, path }: FilePlace): string {
  return `${path} of source "${source}"`;
}
