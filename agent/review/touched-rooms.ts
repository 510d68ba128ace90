import { listed } from "../kernel/shortened.ts";
import { inputsDigest } from "../spec/digest.ts";
import { claimedTwiceText, notAllowedText, type FilePlace } from "../intake/refused-claims.ts";
import type { IndexedFile } from "../intake/source-index.ts";
import { toSeedRef } from "../intake/intake-rows.ts";
import type { RoomOwner } from "../room/room.ts";
import type { Revision, RevisionFile } from "../source/revision.ts";
import type { InvalidSpec } from "./review.ts";

/** What is known of the branch that a pull request is for. */
export interface BranchFacts {
  readonly source: string;
  /** The spec files of the branch's newest snapshot. */
  readonly files: readonly IndexedFile[];
  readonly ownerOf: (roomId: string) => RoomOwner | null;
  readonly mayManage: (source: string, roomId: string) => boolean;
  /** The files of other sources that name a room. */
  readonly claimsElsewhere: (roomId: string) => readonly FilePlace[];
}

export type TouchedRoom =
  | { readonly kind: "planned"; readonly roomId: string; readonly file: ValidFile }
  | { readonly kind: "gone"; readonly roomId: string; readonly path: string }
  | {
      readonly kind: "rejected";
      readonly roomId: string;
      readonly path: string;
      readonly reason: "RoomNotAllowed" | "ClaimedTwice";
      readonly message: string;
    };

export type ValidFile = RevisionFile & {
  readonly parsed: Extract<RevisionFile["parsed"], { readonly kind: "valid" }>;
};

export interface Touched {
  /** By room id. */
  readonly rooms: readonly TouchedRoom[];
  readonly invalid: readonly InvalidSpec[];
  readonly ignored: Revision["ignored"];
}

/**
 * The rooms that the specs at `paths` of a revision concern: what they would be once the branch is there. Files elsewhere are as on
 * the branch. A file that says what the branch says already concerns none.
 */
export function touchedRooms(
  paths: readonly string[],
  revision: Pick<Revision, "files" | "ignored">,
  branch: BranchFacts,
): Touched {
  const asked = new Set(paths);
  const known = new Map(Array.from(branch.files, (file) => [file.path, file]));
  const claims = claimsAfter(asked, known, revision.files);
  const ignored = revision.ignored.filter(({ path }) => asked.has(path));
  const rooms = [
    ...revision.files.flatMap((file) => roomOf(file, { claims, known, branch })),
    ...goneRooms(asked, { known, claims, ignored, files: revision.files, branch }),
  ];
  return {
    rooms: rooms.toSorted((one, other) => (one.roomId < other.roomId ? -1 : 1)),
    invalid: revision.files.flatMap(({ path, parsed }) =>
      parsed.kind === "invalid" ? [{ path, roomId: parsed.roomId, errors: parsed.errors }] : [],
    ),
    ignored,
  };
}

type Known = ReadonlyMap<string, IndexedFile>;
type Claims = ReadonlyMap<string, ReadonlySet<string>>;

function claimsAfter(
  asked: ReadonlySet<string>,
  known: Known,
  files: readonly RevisionFile[],
): Claims {
  const claims = new Map<string, Set<string>>();
  const claim = (roomId: string | null, path: string) => {
    if (roomId !== null) claims.set(roomId, (claims.get(roomId) ?? new Set()).add(path));
  };
  for (const { path, roomId, ignoredBy } of known.values())
    if (!asked.has(path) && ignoredBy === null) claim(roomId, path);
  for (const { path, parsed } of files)
    claim(parsed.kind === "valid" ? parsed.spec.spec.roomId : parsed.roomId, path);
  return claims;
}

function roomOf(
  file: RevisionFile,
  { claims, known, branch }: { claims: Claims; known: Known; branch: BranchFacts },
): readonly TouchedRoom[] {
  if (!isValid(file)) return [];
  const { path } = file;
  const { roomId } = file.parsed.spec.spec;
  const { source } = branch;
  const owner = branch.ownerOf(roomId);
  const isOwner = owner?.kind === "git" && owner.source === source && owner.path === path;
  if (isOwner && known.get(path)?.digest === digestOf(file)) return [];
  const rejected = (reason: "RoomNotAllowed" | "ClaimedTwice", message: string): TouchedRoom[] => [
    { kind: "rejected", roomId, path, reason, message },
  ];
  if (!branch.mayManage(source, roomId))
    return rejected("RoomNotAllowed", notAllowedText({ source, path }, roomId));
  const others = otherClaims({ roomId, path }, { claims, owner, branch });
  if (isOwner || others.length === 0) return [{ kind: "planned", roomId, file }];
  const claim = `${path} of source "${source}"`;
  return rejected("ClaimedTwice", claimedTwiceText(roomId, { claim, others: listed(others) }));
}

/** Who else names the room, in words. What another source owns stays its own, whatever else names it. */
function otherClaims(
  { roomId, path }: { readonly roomId: string; readonly path: string },
  { claims, owner, branch }: { claims: Claims; owner: RoomOwner | null; branch: BranchFacts },
): readonly string[] {
  const { source, claimsElsewhere } = branch;
  const here = [...(claims.get(roomId) ?? [])].filter((other) => other !== path);
  const elsewhere = claimsElsewhere(roomId);
  const places = [...here.map((other) => ({ source, path: other })), ...elsewhere];
  const texts = places.map((place) => `${place.path} of source "${place.source}"`);
  if (owner?.kind !== "git" || owner.source === source) return texts;
  const text = `${owner.path} of source "${owner.source}"`;
  return texts.includes(text) ? texts : [text, ...texts];
}

/** Rooms that no spec names once the branch is there. A file that is ignored or has errors keeps its room. */
function goneRooms(
  asked: ReadonlySet<string>,
  given: {
    readonly known: Known;
    readonly claims: Claims;
    readonly ignored: Revision["ignored"];
    readonly files: readonly RevisionFile[];
    readonly branch: BranchFacts;
  },
): readonly TouchedRoom[] {
  const { known, claims, ignored, files, branch } = given;
  const kept = new Set(ignored.map(({ path }) => path));
  const unclear = files.filter(({ parsed }) => parsed.kind === "invalid" && parsed.roomId === null);
  for (const { path } of unclear) kept.add(path);
  return [...asked].flatMap((path): readonly TouchedRoom[] => {
    const roomId = known.get(path)?.roomId ?? null;
    if (roomId === null || kept.has(path) || claims.has(roomId)) return [];
    const owner = branch.ownerOf(roomId);
    const isOurs = owner?.kind === "git" && owner.source === branch.source && owner.path === path;
    return isOurs ? [{ kind: "gone", roomId, path }] : [];
  });
}

function isValid(file: RevisionFile): file is ValidFile {
  return file.parsed.kind === "valid";
}

/** As the inputs of the room are named once the file is ingested. */
function digestOf({ parsed, seeds }: ValidFile): string {
  return inputsDigest(parsed.digest, seeds.map(toSeedRef));
}
