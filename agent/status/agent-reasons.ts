import type { ReasonNote } from "./reason-note.ts";

/** Reasons why the agent does not start, or a request is not done. */
export const AGENT_REASONS = {
  StoreLocked: {
    place: "start",
    meaning: "Another agent has this data folder",
    next: "Stop the agent named, or set another `Store.Path`",
  },
  StoreUnavailable: {
    place: "start",
    meaning:
      "The data folder cannot be read or written: full, read-only, foreign, or its `store.db` or `agent.lock` was removed or replaced",
    next: "Do what the message says; after a full disk the agent continues by itself",
  },
  StoreDamaged: {
    place: "start",
    meaning:
      "What the store holds cannot be trusted. At the start it is set aside and the agent is observe-only; found later, nothing more is written to any room until the next start",
    next: "See [The store is damaged](operations.md#the-store-is-damaged)",
  },
  StoreTooNew: {
    place: "start",
    meaning: "A newer agent wrote the data folder",
    next: "Start that version, or restore a backup from before",
  },
  StoreConflict: {
    place: "start",
    meaning: "Other agents on the same store kept changing the room; nothing was written",
    next: "None, the next pass decides again. If it stays, check that each room has one agent",
  },
  StoreRefused: {
    place: "start",
    meaning:
      "A defect of the agent: it tried to write what contradicts its store; nothing was written",
    next: "Report it with the message",
  },
  PortInUse: {
    place: "start",
    meaning: "Another program listens on the API's port",
    next: "Set `HttpApi.Port` to a free one",
  },
  PortNotAllowed: {
    place: "start",
    meaning: "This user may not listen on the API's port",
    next: "Set `HttpApi.Port` to one above 1023",
  },
  CannotListen: {
    place: "start",
    meaning: "The API cannot listen on its address",
    next: "Check `HttpApi.Host`",
  },
  InvalidBaseUrl: {
    place: "start",
    meaning: "`RoomServer.BaseUrl` is not an http or https address, or carries credentials",
    next: "Write it as `http://host:port`",
  },
  CredentialUnreadable: {
    place: "start",
    meaning: "A `TokenFile` or `PasswordFile` cannot be read, is empty or has several lines",
    next: "Write the token or password into it, on one line; the next poll reads it again",
  },
  AgentUnreachable: {
    place: "start",
    meaning: "A command that asks the running agent found none at its address",
    next: "Start the agent, or give its address with `--url`",
  },
  GitUnavailable: {
    place: "start",
    meaning: "The demo did not find git with http-backend",
    next: "Install git",
  },
  ConfigInvalid: {
    place: "start",
    meaning:
      "The configuration file cannot be read or has mistakes; a running agent keeps the configuration before it as a whole",
    next: "Correct the keys that the message names; a running agent reads the file again by itself",
  },
  RestartRequired: {
    place: "start",
    meaning:
      "The configuration file changes a key that cannot change while the agent runs, so nothing of it is in force",
    next: "Restart the agent, or put the old value of the keys that the message names back",
  },
  ReloadFailed: {
    place: "start",
    meaning:
      "The store failed while another configuration was put in force; the one before is in force",
    next: "Do what the message says, then run `room-operator reload`",
  },
  ReloadUnavailable: {
    place: "answer",
    meaning: "The agent was started without a configuration that can be read again, as by the demo",
    next: "Restart it",
  },
  NoSourceConfigured: {
    place: "warning",
    meaning: "`Git.Sources` is empty: only posted specs are enforced",
    next: "Add a source, if rooms are to follow git",
  },
  SuspensionUnused: {
    place: "warning",
    meaning:
      "A source is suspended that is not configured, and no configured one is read from the same place: nothing is suspended by it",
    next: "Suspend the rooms, or the source that has them now, then run `room-operator resume --source` with the name in the message",
  },
  ManagedByGit: {
    place: "answer",
    meaning: "The room belongs to a file in git",
    next: "Change it there, or send `X-Override: true`",
  },
  UnknownRoom: {
    place: "answer",
    meaning: "The agent does not know the room",
    next: "`GET /status` lists the rooms there are",
  },
  UnknownSource: {
    place: "answer",
    meaning: "No source has that name",
    next: "`GET /status` lists the sources there are",
  },
  NothingToAccept: {
    place: "answer",
    meaning: "The source has no head that waits to be accepted",
    next: "`lastError` of the source in `GET /status` shows what is wrong with it",
  },
  HeadChanged: {
    place: "answer",
    meaning: "Another head of the source waits to be accepted by now",
    next: "Check the head that the answer names, and accept that",
  },
  SourceUnavailable: {
    place: "answer",
    meaning: "Seeds of a posted spec cannot be read from the source now",
    next: "The answer says what is in the way: most often the git server is away. Try again when it is back",
  },
} as const satisfies Readonly<Record<string, ReasonNote>>;
