import type { ReasonNote } from "./reason-note.ts";

/** Why `room-operator gitea-bootstrap` cannot set a Gitea up. */
export const SETUP_REASONS = {
  GiteaUnavailable: {
    place: "setup",
    meaning: "Gitea did not answer within `--wait`, or only with errors of its own",
    next: "Start it, or give its address with `--url`; its log says what is wrong with it",
  },
  GiteaUnknown: {
    place: "setup",
    meaning: "What answers is another server, a Gitea that is not installed yet, or a redirect",
    next: "Give Gitea's own address with `--url`; for its install page run `gitea migrate` first",
  },
  GiteaRefused: {
    place: "setup",
    meaning: "Gitea refuses the admin's password, or the admin may not do this",
    next: "Do what the message says; the admin must be a site admin",
  },
  GiteaConflict: {
    place: "setup",
    meaning:
      "What is there under this name is something else: a person, a repository with other content, a label that is there twice or has another id than before. It was not changed",
    next: "Do what the message says, or choose another name",
  },
  SetupFilesUnusable: {
    place: "setup",
    meaning:
      "The password's file, the handover folder or the folder of the first content cannot be used",
    next: "Correct what the message names and run it again",
  },
} as const satisfies Record<string, ReasonNote>;
