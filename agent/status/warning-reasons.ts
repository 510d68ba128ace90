import type { ReasonNote } from "./reason-note.ts";

/** Reasons of warnings: they block nothing, and a person should read them. */
export const WARNING_REASONS = {
  SpecVersionReused: {
    place: "warning",
    meaning: "`metadata.version` was applied before with other content; the change is applied",
    next: "Raise the version with each change",
  },
  SpecVersionReverted: {
    place: "warning",
    meaning:
      "`metadata.version` went back to a spec that was verified before, in a commit built on the one applied last; it is applied",
    next: "None, where that is meant; else push the newer spec again with a higher `metadata.version`",
  },
  PlanChanged: {
    place: "warning",
    meaning:
      "The plan of a merged change is another than the one that its pull request showed. With `Plan.RequireReviewedPlan` it is refused until it is confirmed",
    next: "Compare it with the comment in the pull request; where it is refused, confirm by name",
  },
  SpecWarning: {
    place: "warning",
    meaning: "The spec says something that is sent as it is and probably not meant",
    next: "Read the message: it names line and column",
  },
  DriftOff: {
    place: "warning",
    meaning:
      "The room's drift policy is `off`: what others change in it is neither reported nor corrected",
    next: "None, where that is meant; else set `Drift.Policy` of the source, or the annotation `room-operator/drift` of the spec",
  },
  DriftIgnored: {
    place: "warning",
    meaning:
      "Items of the room differ from its spec and are left alone, because `Drift.Ignore` of its source names them; the message lists them",
    next: "None, where that is meant; else take the entry out of `Drift.Ignore`",
  },
  UnknownPolicies: {
    place: "warning",
    meaning: "The room has policies that RoomSpec does not know; they are left alone",
    next: null,
  },
  IntentIgnored: {
    place: "warning",
    meaning:
      "A line of a commit message looks like a word for the agent and does not count, or a label of a merged pull request does not",
    next: 'Write it as the message says, in a new commit ([trailers](commit-trailers.md), [labels](labels.md#labels-that-do-not-count)). To confirm in a commit that changes no file, name the room: `git commit --allow-empty -m "Allow it" -m "Confirm: <roomId>" && git push`',
  },
  ConfirmationWaits: {
    place: "warning",
    meaning:
      "A commit, a label or a request confirmed removals that were not carried out yet: a later pass may carry them out",
    next: "None, where that is meant; to end it, push a spec that names the items again ([when a Confirm ends](commit-trailers.md#when-a-confirm-ends))",
  },
  CommitsNotRead: {
    place: "warning",
    meaning:
      "The commits between two heads, or the specs that they change, go over a limit: no `Confirm` of them counts. Where it is the commits, the history counts as rewritten: removals are held, and a `Dry-Run` among them, or messages that are too much to be read, hold every room that changes as a dry run",
    next: "`Confirm: <roomId>` in a later commit for what is held and meant, or raise the limit that the message names",
  },
  NoSpecsFound: {
    place: "warning",
    meaning:
      "The source holds no file whose name ends in `.room.yaml`, `.room.yml` or `.room.json`",
    next: "Check `Path` and the names of the files; where the source is meant to be empty, set its `AllowEmpty`, which ends the warning",
  },
} as const satisfies Readonly<Record<string, ReasonNote>>;
