import type { ReasonNote } from "./reason-note.ts";

/** Reasons that a room carries: in its conditions, `refusals`, `blocked` and `warnings`. */
export const ROOM_REASONS = {
  Converged: {
    place: "room",
    meaning: "The room was read and is as its spec says",
    next: null,
  },
  NotYetReconciled: {
    place: "room",
    meaning: "No pass over the room has ended yet",
    next: null,
  },
  DriftDetected: {
    place: "room",
    meaning: "The room was verified, its spec did not change, and yet it differs",
    next: "None, the agent corrects it. If it comes again, find out who else changes the room",
  },
  DriftReported: {
    place: "room",
    meaning:
      "The room was verified, its spec did not change, and yet it differs; its drift policy is `report`, so that nothing is written",
    next: "Read the message and `pendingDiff`, then send `POST /apply` with the `roomId` to correct it, or push a commit that changes the room's spec",
  },
  ItemsBlocked: {
    place: "room",
    meaning: "Something of the spec cannot be done now; the rest is done",
    next: "Read `blocked`, which says what and why",
  },
  DryRun: {
    place: "room",
    meaning: "The newest commit asks for a dry run: the change is planned and not carried out",
    next: "`Confirm: <roomId>`, a commit that changes the room without `Dry-Run`, or `POST /apply` with `X-Confirm: true`",
  },
  DryRunLookAlike: {
    place: "room",
    meaning:
      "A line of the newest commit looks like `Dry-Run` and does not count, or a force-push brought a spec that may not be meant to be carried out: the room is held as a dry run",
    next: "`Confirm: <roomId>` to carry the plan out, a commit that changes the room without such a line, or `POST /apply` with `X-Confirm: true`",
  },
  ObserveOnly: {
    place: "room",
    meaning:
      "A damaged store was set aside: what would change is planned and published, and nothing is written",
    next: "Read `pendingDiff`, then `POST /apply` with `X-Confirm: true` for this room, or `room-operator acknowledge` for all",
  },
  Suspended: {
    place: "room",
    meaning:
      "A person suspended the room, its source or all rooms: what would change is planned and published, and nothing is written",
    next: "Run the `room-operator resume …` that the message names; a suspension with an end ends by itself",
  },
  Superseded: {
    place: "room",
    meaning: "A newer revision or request came in while a pass was running; its own pass is next",
    next: null,
  },
  Batch: {
    place: "room",
    meaning: "Confirmed removals go in passes of at most the limit, and some are left",
    next: null,
  },
  NotConverged: {
    place: "room",
    meaning: "Everything was carried out without an error, and the room still differs",
    next: "Read `pendingDiff`; another person or program may be changing the room",
  },
  ActionsFailed: {
    place: "room",
    meaning:
      "Some changes were done and some failed; the agent tries the rest again, and a refused update of an entity that has its old attributes back after an hour",
    next: "Read the message, which quotes the RoomServer: correct what it refused; what it did not answer is tried again; what its state still shows a minute after it answered 404, remove there",
  },
  Refused: {
    place: "room",
    meaning: "The RoomServer rejected the request",
    next: "Correct the spec, or what the agent may do on the RoomServer; what the agent tries again only after an hour, by its message, `POST /apply` with the `roomId` tries at once",
  },
  RoomServerUnavailable: {
    place: "room",
    meaning: "The RoomServer does not answer, or answers 429 or 5xx, also after retries",
    next: "Check that the RoomServer is up and reachable; where it answers 429, lower `RateLimitPerSecond`. The agent tries again by itself",
  },
  Unauthorized: {
    place: "room",
    meaning: "The RoomServer does not accept the token, or the token lacks a scope",
    next: "Do what the message says. A new token in `Auth.TokenFile` counts at the next request, a new `ROOM_AUTH_TOKEN` or `Auth.Token` after a restart of the agent",
  },
  WrongProtocol: {
    place: "room",
    meaning:
      "What answers is not a RoomServer of the configured protocol, or it answers 404 or something odd for this room while it shows others; nothing is written to the room",
    next: "Where the message says that the room is not there, create it on the RoomServer or remove its spec file; where it says that what is odd is in this room, correct it there; otherwise check `RoomServer.BaseUrl` and `RoomServer.Protocol`",
  },
  Contested: {
    place: "room",
    meaning:
      "Another person or program keeps changing the same items back: each was corrected more than 5 times in a minute, or more than 10 times in an hour. Corrections slow down, from one every 2 s to one every 5 minutes; it ends when nothing was changed back for 10 minutes",
    next: "Find out who else manages the room: another agent with another spec, a script or a person. A new revision and `POST /apply` are carried out at once",
  },
  AnswerTooLarge: {
    place: "room",
    meaning:
      "The RoomServer's answer holds more than the agent reads ([limits](operations.md#limits)); nothing is written to the room",
    next: "Check the room on the RoomServer: remove what fills it, or split the room",
  },
  PassRunning: {
    place: "room",
    meaning: "A pass over the room is running; shown by `explain`",
    next: "Wait until the pass has ended",
  },
  PassQueued: {
    place: "room",
    meaning:
      "The next pass over the room is due and waits until a worker is free; shown by `explain`",
    next: "None, it starts by itself. If it takes long, raise `ParallelRooms` or `RateLimitPerSecond`",
  },
  PassDue: {
    place: "room",
    meaning: "The next pass over the room is scheduled; shown by `explain`",
    next: 'Wait for it, or request it now with `POST /apply` and `{"roomId":"<roomId>"}`',
  },
  SuspiciousRead: {
    place: "room",
    meaning:
      "What the RoomServer shows cannot be believed yet: another room's name, an artifact whose hash it does not have, nothing of what this agent put there, or less than half of it. Removals are held until a second read agrees. A prune waits for anything that it did not remove and that is not shown, for 5 minutes",
    next: "None, the second read, over a new connection and not before `StaleTolerance`, decides. If it comes again, check the RoomServer and what is between it and the agent",
  },
  RolledBack: {
    place: "room",
    meaning:
      "The RoomServer refused most of the change: its changes were rolled back, and these inputs are quarantined",
    next: "Read `quarantine`; correct the spec, or repair the RoomServer and send `POST /apply` with the `roomId`",
  },
  Quarantined: {
    place: "room",
    meaning:
      "The newest inputs were rolled back and are not applied; meanwhile what was enforced before is",
    next: "Push a commit that changes the room's inputs, or send `POST /apply` with the `roomId` to try the same again",
  },
  DesiredStateLost: {
    place: "room",
    meaning: "The data folder lacks the spec or a seed of the room's revision",
    next: "Push any commit that changes the room",
  },
  ShuttingDown: {
    place: "room",
    meaning: "The agent stopped before the change was carried out",
    next: "None, the next start continues from a fresh read",
  },
  SpecInvalid: {
    place: "room",
    meaning: "The newest spec has errors; meanwhile the last accepted spec is enforced",
    next: "Correct the file at the line and column named",
  },
  SpecIgnored: {
    place: "room",
    meaning:
      "The room's file is there, but `Include`, `Exclude` or a `.roomignore` keeps it from being read; the last accepted spec stays in force",
    next: "Change the pattern that the message names; to stop managing the room, delete its file",
  },
  SpecUnreadable: {
    place: "room",
    meaning: "No file names the room any more, but a file that cannot be read could be its spec",
    next: "Correct or remove the file named",
  },
  ClaimedTwice: {
    place: "room",
    meaning: "Two files name the room; a recorded owner keeps it, the others are refused",
    next: "Keep one of the files named",
  },
  WaitsForSource: {
    place: "room",
    meaning:
      "A commit moved the room's file to where another source reads it, and that source has not read the commit yet: the room keeps what it has, and nothing of it is pruned",
    next: "None, that source takes the room over at its next look. If it does not, read its `lastError`, `warnings`, `nextPoll` and `specErrors`",
  },
  Orphaned: {
    place: "room",
    meaning: "The room has no owner: it is left as it is and gets no write",
    next: "Add its spec file again to manage it, or send `DELETE /rooms/<roomId>` to forget it",
  },
  PrunePending: {
    place: "room",
    meaning:
      "The room's file was removed while its source prunes: what the agent put into the room goes once a person confirms it; what others put there stays",
    next: "`Confirm: <roomId>` or `POST /apply` with `X-Confirm: true` to remove it. To keep it, add the spec file again, or send `DELETE /rooms/<roomId>`, which leaves the room as it is",
  },
  Pruned: {
    place: "room",
    meaning:
      "The room's file was removed, a person confirmed it, and what the agent had put into the room is gone; it has no owner",
    next: "None. `DELETE /rooms/<roomId>` makes the agent forget the room; add its spec file again to manage it",
  },
  Overridden: {
    place: "room",
    meaning:
      "The room follows a spec posted with `X-Override: true` instead of git; shown in `warnings` and `heldBackBy`",
    next: "Push a commit that changes the room, and git is followed again",
  },
  NoSpec: {
    place: "room",
    meaning: "No spec names the room, or none of it has been read yet",
    next: "Add its spec file to manage it",
  },
  ConfirmationOutdated: {
    place: "refusal",
    meaning: "The request's `X-Confirm` is about another plan than the room's",
    next: "Read the new list, then send the same request with the new `planDigest` in `X-Confirm`",
  },
  KickLimitExceeded: {
    place: "refusal",
    meaning: "More entities would be removed in one pass than `MaxEntitiesKickPerCycle`",
    next: "Confirm, or remove fewer at once",
  },
  DeleteLimitExceeded: {
    place: "refusal",
    meaning: "More artifacts would be deleted in one pass than `MaxArtifactsDeletePerCycle`",
    next: "Confirm, or delete fewer at once",
  },
  ChangeThresholdExceeded: {
    place: "refusal",
    meaning: "A larger share of the room's entities and artifacts would go than `ChangeThreshold`",
    next: "Confirm, or remove less at once",
  },
  CriticalPolicyRemoval: {
    place: "refusal",
    meaning: "The spec stopped naming `dmVisibilityDefault`; its default would be written",
    next: "Name it again, or confirm",
  },
  PruneNeedsConfirm: {
    place: "refusal",
    meaning:
      "The room's spec file was removed while its source prunes, and what the agent put into the room would be removed",
    next: "Confirm by name; `Confirm: true` alone is not enough",
  },
  AdoptionNeedsConfirm: {
    place: "refusal",
    meaning:
      "Something would be removed from a room that was never verified, or that may hold what others put there, as the message says: the agent was given another RoomServer, or a read showed another room's things",
    next: "Name in the spec what is to stay, then confirm by name; `Confirm: true` alone is not enough",
  },
  SyncWindowClosed: {
    place: "refusal",
    meaning:
      "The [sync windows](sync-windows.md) of the room do not allow a new spec now; meanwhile the last accepted spec is enforced",
    next: "None, it is applied by itself at `nextAllowedAt`; `room-operator windows` lists the windows",
  },
  SyncWindowNeverOpens: {
    place: "refusal",
    meaning:
      "No time was found at which the [sync windows](sync-windows.md) of the room allow a new spec; meanwhile the last accepted spec is enforced",
    next: "Correct `Operator.SyncWindows`; `room-operator windows` lists the windows",
  },
  RoomNotAllowed: {
    place: "refusal",
    meaning:
      "No pattern of the source's `AllowedRooms` matches the room: the file claims nothing, and a room that only this source had has no owner",
    next: "Add a pattern, or move the spec to a source that may manage the room",
  },
  SpecVersionRegressed: {
    place: "refusal",
    meaning: "`metadata.version` is lower than the one applied last, and this is not a revert",
    next: "Raise it, or confirm by name",
  },
  HistoryRewritten: {
    place: "refusal",
    meaning:
      "The branch or tag was moved to a commit not built on the one before, and the room's files changed by it: its removals are held, the rest is applied",
    next: "Confirm by name, or push a spec that names what is to stay",
  },
  PlanNotReviewed: {
    place: "refusal",
    meaning: "`Plan.RequireReviewedPlan` is on, and no pull request showed a plan of the change",
    next: "Read the plan in `pendingDiff`, then confirm by name",
  },
  IntentUnknown: {
    place: "refusal",
    meaning:
      "The forge does not answer what labels the merged pull request has, or not whole: removals wait, the rest is applied, and nothing is confirmed. It is asked again",
    next: "None, it ends when the forge answers; or confirm by name",
  },
  HeldByFailedAddition: {
    place: "refusal",
    meaning:
      "The RoomServer refused an addition, so removals of the same kind wait; the rest is applied",
    next: "Correct the addition, or confirm by name",
  },
} as const satisfies Readonly<Record<string, ReasonNote>>;
