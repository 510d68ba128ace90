import type { ReasonNote } from "./reason-note.ts";
import { SIGNATURE_VERIFIED } from "./signature-reasons.ts";
import { SOURCE_FAILURES } from "./source-failures.ts";

/** Reasons that a source carries: why it fails, and its warnings. */
export const SOURCE_REASONS = {
  SourceNotPolled: {
    place: "answer",
    meaning:
      "A source could not be read, or its head not accepted, for a request: what was reconciled may not be the newest",
    next: "Read the source's `lastError`, and send the request again after its `nextPoll`",
  },
  ...SOURCE_FAILURES,
  NotYetPolled: {
    place: "source",
    meaning: "The source was not polled since the agent started; shown by `explain`",
    next: "None, its first poll is running",
  },
  SourceNotConfigured: {
    place: "source",
    meaning:
      "The source that a room belonged to is not in the configuration: the room has no owner, and nothing is written to it",
    next: "Put the source back into `Git.Sources`, push the room's spec to a configured source, or send `DELETE /rooms/<roomId>`",
  },
  SourceChanged: {
    place: "source",
    meaning:
      "The source that a room belonged to is read from another place since its configuration was changed (`Url`, `Ref`, `Path`), and no spec there names the room: it has no owner, and nothing is written to it",
    next: "Correct the source in `Git.Sources`, push the room's spec to a configured source, or send `DELETE /rooms/<roomId>`",
  },
  ...SIGNATURE_VERIFIED,
  AnnouncedCommitMissing: {
    place: "warning",
    meaning:
      "A webhook announced a commit of the followed ref, and polls over two minutes show neither it nor a newer head",
    next: "Look at the git server: a replica may lag, or the webhook may be of another server than `Url`. Polls continue, and the next new head ends the warning; the delivery may be sent again",
  },
  WebhookSecretUnreadable: {
    place: "warning",
    meaning:
      "A file with a secret of the source's webhook cannot be read, is empty, or holds no secret: deliveries are refused, and polls alone find a push",
    next: "Write the secret into the file that the message names, on one line. It is read at the next delivery, and at the next poll",
  },
  LabelsNotRead: {
    place: "warning",
    meaning:
      "The forge does not say what labels pull requests have that were merged: removals that they brought wait (`IntentUnknown`)",
    next: "Do what the message says; the forge is asked again by itself",
  },
  SyncStatusNotWritten: {
    place: "warning",
    meaning:
      "The forge does not take the status `room-operator/sync` of the newest commit; rooms are synced all the same",
    next: "Do what the message says; it is tried again by itself",
  },
  HandOverOverdue: {
    place: "warning",
    meaning:
      "Rooms wait for the source because their files came to its path (`WaitsForSource`), and three polls in a minute or more do not show the commit that has them",
    next: "Check that `Url` and `Ref` of both sources lead to the same branch of the same repository, and that a mirror is up to date. Or move the files back",
  },
  LabelChanged: {
    place: "warning",
    meaning:
      "The label that confirms is another one than before, or there are two of its name: one that was renamed or re-created confirms nothing",
    next: "Do what the message says",
  },
  PlanNotPublished: {
    place: "warning",
    meaning:
      "The plan of an open pull request could not be made or written to the forge; rooms and pushes are not concerned",
    next: "Read the message: it says what the forge, git or the RoomServer answered and what to change; the agent tries again by itself",
  },
  FolderNotWatched: {
    place: "warning",
    meaning:
      "The folder of the source cannot be watched, mostly because of a limit of the system; polls alone find a change",
    next: "Do what the message says. The watch is tried again by itself, at first after a minute",
  },
  SpecsIgnored: {
    place: "warning",
    meaning: "`Include`, `Exclude` or a `.roomignore` keeps specs of the source from being read",
    next: "None, if that is meant; otherwise change the pattern that the message names",
  },
  SpecNameIgnored: {
    place: "warning",
    meaning:
      "A file seems to be meant as a spec and is not read because of its name, such as `x.room.YAML`",
    next: "Rename it, so that the name ends in `.room.yaml`, `.room.yml` or `.room.json`",
  },
  RoomSpecNotRead: {
    place: "warning",
    meaning:
      "A YAML or JSON file has `kind: RoomSpec` at its root and is not read because of its name, such as `lab.yaml`. A room has it whose own file went with the head that brought it, or one such as `lab.room.YAML`",
    next: "Rename it, so that the name ends in `.room.yaml`, `.room.yml` or `.room.json`; if it is not meant as a spec, name it in `Exclude` or a `.roomignore`",
  },
} as const satisfies Readonly<Record<string, ReasonNote>>;
