import type { ReasonNote } from "./reason-note.ts";

/** Why an item of a room cannot be done now. */
export const BLOCKED_REASONS = {
  SeedMissing: {
    place: "blocked",
    meaning: "The commit has no file at the path in `seedFrom`",
    next: "Add the file, or correct the path (it begins at the repository's root)",
  },
  SeedTooLarge: {
    place: "blocked",
    meaning: "The seed file is larger than `SeedBytes`",
    next: "Make it smaller, or raise the limit",
  },
  SeedNotRegular: {
    place: "blocked",
    meaning: "`seedFrom` names a folder, a link or a submodule",
    next: "Name a regular file",
  },
  SeedIsLfsPointer: {
    place: "blocked",
    meaning: "The seed file is a Git LFS pointer; the content behind it is not read",
    next: "Commit the file itself instead of a pointer",
  },
  SeedIsAnnexPointer: {
    place: "blocked",
    meaning: "The seed file is a git-annex pointer; the content behind it is not read",
    next: "Commit the file itself instead of a pointer",
  },
  SeedQuotaExceeded: {
    place: "blocked",
    meaning: "The seeds of the source have more bytes together than `SeedTotalBytes`",
    next: "Make seeds smaller or fewer, or raise the limit",
  },
  NoSeedSource: {
    place: "blocked",
    meaning: "A posted spec names a seed, and nothing says where it is read from",
    next: "Send the same `POST /apply` again with `?source=<name>` of the source that has the seed, or set `Operator.SeedRoot`",
  },
  NotObservable: {
    place: "blocked",
    meaning:
      "The RoomServer accepted the write three times and still shows another value, or does not show what would have to be compared. A policy, or an artifact's content or promotion, that reads otherwise keeps the room from `Ready`",
    next: 'Check the item on the RoomServer; `POST /apply` with `{"roomId":"<roomId>"}` writes it once more. It is also written again when the spec or the RoomServer\'s answer changes, after a restart and once an hour',
  },
  NotAddressable: {
    place: "blocked",
    meaning:
      "The RoomServer shows an entity or artifact whose name no address can hold (`.`, `..`, empty, too long), so the agent cannot change or remove it",
    next: "Remove it on the RoomServer",
  },
  DuplicateItem: {
    place: "blocked",
    meaning:
      "The RoomServer lists the entity or artifact more than once, with attributes that differ. Nothing is written to it, because nothing says which of them a write would reach",
    next: "Remove those that are not wanted on the RoomServer. The next pass compares the one that is left",
  },
  Unsupported: {
    place: "blocked",
    meaning: "The RoomServer's protocol has no call for it",
    next: "Do it on the RoomServer",
  },
  Pending: {
    place: "blocked",
    meaning:
      "A resource waits: `Operator.Features.Resources` is off, or what it depends on is missing; of a room in `heldBackBy`: its first pass is pending",
    next: "Set `Operator.Features.Resources` to `true`, or add what is missing",
  },
  DependencyFailed: {
    place: "blocked",
    meaning: "Something in `dependsOn` is not in the room and could not be put there",
    next: "Correct what it depends on",
  },
} as const satisfies Readonly<Record<string, ReasonNote>>;
