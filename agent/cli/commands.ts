import type { CommandEntry } from "./command.ts";
import { AGENT_CONFIG, run } from "./run-command.ts";

/** How commands that ask a running agent find it. */
const AGENT_AT = [
  "--url URL       the agent's address; else that of --config, ROOM_OPERATOR_URL,",
  "                appsettings.json here, or http://127.0.0.1:8080",
  "--config FILE   the agent's configuration, for its address",
];
const SUSPENDED = [
  "ROOM            that room alone",
  "--source NAME   every room of that source",
  "--all           every room",
];

/** Every command, in the order in which help lists them. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  run,
  acknowledge: {
    usage: "[--url URL] [--config FILE]",
    summary: "Let an agent that is observe-only after its store was damaged write to rooms again",
    help: AGENT_AT,
    load: async () => (await import("./acknowledge.ts")).acknowledge,
  },
  accept: {
    usage: "[--url URL] [--config FILE] SOURCE --head SHA",
    summary: "Follow a branch that shares no commit with what the source followed",
    help: [
      "SOURCE          the name of the source",
      "--head SHA      the head that its lastError in GET /status shows",
      ...AGENT_AT,
    ],
    load: async () => (await import("./accept.ts")).accept,
  },
  suspend: {
    usage:
      "[--url URL] [--config FILE] [ROOM] [--source NAME] [--all] --reason TEXT [--for 2h] [--until TIME]",
    summary: "Write nothing to a room, the rooms of a source, or any room (a freeze)",
    help: [
      ...SUSPENDED,
      "--reason TEXT   for those who find it suspended",
      "--for 2h        how long: 30m, 2h or 3d",
      "--until TIME    when it ends, with a zone: 2026-01-31T18:00:00Z; without an end it lasts until it is resumed",
      ...AGENT_AT,
    ],
    load: async () => (await import("./suspend.ts")).suspend,
  },
  resume: {
    usage: "[--url URL] [--config FILE] [ROOM] [--source NAME] [--all]",
    summary: "End a suspension",
    help: [...SUSPENDED, ...AGENT_AT],
    load: async () => (await import("./suspend.ts")).resume,
  },
  reload: {
    usage: "[--url URL] [--config FILE]",
    summary: "Have the agent read its configuration again, and say what changed or why nothing did",
    help: AGENT_AT,
    load: async () => (await import("./reload.ts")).reload,
  },
  devserver: {
    usage: "[--port N] [--latency-ms N] [--host HOST]",
    summary: "A RoomServer to try things on, with its rooms in memory",
    help: [
      "--port N         5000; 0 takes a free one",
      "--latency-ms N   how long each answer takes; 0",
      "--host HOST      where it listens; 127.0.0.1",
    ],
    load: async () => (await import("./devserver.ts")).devserver,
  },
  demo: {
    usage: "[--once] [--repo DIR]",
    summary:
      "A git server, or your own folder, a RoomServer and an agent to try it all on this machine",
    help: [
      "--once       end with 0 when every room is converged",
      "--repo DIR   take the specs from this folder instead of a git server",
    ],
    load: async () => (await import("./demo.ts")).demo,
  },
  "gitea-bootstrap": {
    usage: "--password-file FILE --handover FOLDER --webhook URL [OPTION…]",
    summary:
      "Set a Gitea up: account and token of the agent, repository, labels, webhook, branch protection",
    help: [
      "--password-file FILE   the password of the site admin, in one line",
      "--handover FOLDER      where the agent's token, the webhook's secret and the ids are written",
      "--webhook URL          the agent's address for webhooks, as Gitea reaches it",
      "--url URL              Gitea's address; http://localhost:3000",
      "--admin NAME           the site admin, who may push and merge; ops",
      "--bot NAME             the agent's account; room-operator",
      "--organization NAME    rooms",
      "--repository NAME      specs",
      "--content FOLDER       what an empty repository begins with; the example rooms",
      "--keep-content         take a repository that holds something else as it is",
      "--wait 120s            how long Gitea may take to start",
    ],
    load: async () => (await import("./gitea-bootstrap.ts")).giteaBootstrap,
  },
  doctor: {
    usage: "[--config FILE]",
    summary:
      "Check a configuration, and all that it reaches: RoomServer, repositories, forges and their tokens",
    help: AGENT_CONFIG,
    load: async () => (await import("./doctor.ts")).doctor,
  },
  validate: {
    usage: "[--root DIR] PATH…",
    summary: "Check spec files (or all in a folder) offline, with every error as file:line:column",
    help: [
      "PATH         a spec file, or a folder of them",
      "--root DIR   the folder that seedFrom begins at; without it, the folder with .git above the file",
    ],
    load: async () => (await import("./validate.ts")).validate,
  },
  explain: {
    usage: "[--url URL] [--config FILE] ROOM",
    summary: "Why a room is not at head, and what would bring it there; asks the running agent",
    help: ["ROOM            the roomId", ...AGENT_AT],
    load: async () => (await import("./explain.ts")).explain,
  },
  export: {
    usage: "[--url URL] [--config FILE] ROOM",
    summary: "Print a RoomSpec of what a room holds now, managed or not; asks the running agent",
    help: ["ROOM            the roomId", ...AGENT_AT],
    load: async () => (await import("./export.ts")).exportRoom,
  },
  windows: {
    usage: "[--url URL] [--config FILE]",
    summary: "The sync windows: which are on, and which rooms wait for one; asks the running agent",
    help: AGENT_AT,
    load: async () => (await import("./windows.ts")).windows,
  },
  schema: {
    usage: "",
    summary: "Print the JSON Schema of RoomSpec, for editors",
    load: async () => (await import("./schema.ts")).schema,
  },
};
