import type { AgentWorld } from "./agent-world.ts";
import { entities, FAILED, file, no, REFUSED, seeds, type RoomAttention } from "./attention-row.ts";
import { SPEC_ROWS } from "./attention-spec-rows.ts";
import { entityIds, specYaml } from "./spec-yaml.ts";

/** What guardrails and the RoomServer say to a room. */
const SERVER_ROWS: readonly RoomAttention[] = [
  {
    reason: "KickLimitExceeded",
    ...entities("room-kick", entityIds(12), entityIds(6)),
    ...REFUSED,
    says: /6 entities.*MaxEntitiesKickPerCycle/,
  },
  {
    reason: "ChangeThresholdExceeded",
    ...entities("room-share", entityIds(4), entityIds(1)),
    ...REFUSED,
    says: /ChangeThreshold/,
  },
  {
    reason: "DeleteLimitExceeded",
    room: "room-delete",
    before: {
      ...seeds("d-1", "d-2"),
      ...file("room-delete", { entities: entityIds(4), artifacts: ["d-1", "d-2"] }),
    },
    after: file("room-delete", { version: 2, entities: entityIds(4) }),
    ...REFUSED,
    says: /MaxArtifactsDeletePerCycle/,
  },
  {
    reason: "CriticalPolicyRemoval",
    room: "room-policy",
    before: file("room-policy", { policies: { dmVisibilityDefault: "owner" } }),
    after: file("room-policy", { version: 2 }),
    ...REFUSED,
    says: /dmVisibilityDefault/,
  },
  {
    reason: "AdoptionNeedsConfirm",
    room: "room-adopted",
    after: file("room-adopted", { entities: entityIds(3) }),
    ...REFUSED,
    says: /never verified/,
  },
  {
    reason: "HeldByFailedAddition",
    ...entities("room-held", entityIds(3), ["E-01", "E-02", "E-08", "E-09"]),
    faults: [no("room-held", "E-09")],
    audit: "room.failed",
    gauge: "rooms_awaiting_confirm",
    says: /an addition of the same kind was refused/,
    needs: /NOT_ALLOWED|an addition of the same kind was refused/,
  },
  {
    reason: "Quarantined",
    ...entities("room-undone", ["E-01"], ["E-01", "E-07", "E-08", "E-09"]),
    faults: [no("room-undone", "E-08"), no("room-undone", "E-09")],
    audit: "room.rolledBack",
    gauge: "ready",
    says: /2 of 3/,
  },
  {
    reason: "Refused",
    stalled: true,
    ...entities("room-refused", entityIds(3), entityIds(3)),
    faults: [no("room-refused", "E-01")],
    act: async (world) => {
      await world.kickByHand("room-refused", "E-01");
      await world.apply({ roomId: "room-refused" });
    },
    ...FAILED,
    says: /NOT_ALLOWED|403/,
  },
  {
    reason: "NotConverged",
    stalled: true,
    ...entities("room-stale", ["E-01"], ["E-01", "E-02"]),
    faults: [{ kind: "staleState", room: "room-stale" }],
    ...FAILED,
    says: /entity\/E-02|still differ/,
  },
  {
    reason: "Unauthorized",
    ...entities("room-token", ["E-01"], ["E-01", "E-02"]),
    faults: [{ kind: "status", room: "room-token", status: 401 }],
    ...FAILED,
    says: /401/,
  },
  {
    reason: "WrongProtocol",
    ...entities("room-page", ["E-01"], ["E-01", "E-02"]),
    faults: [{ kind: "invalidJson", operation: "state", room: "room-page" }],
    ...FAILED,
    says: /HTML page/,
  },
  {
    reason: "AnswerTooLarge",
    ...entities("room-huge", ["E-01"], ["E-01", "E-02"]),
    faults: [{ kind: "hugeJson", operation: "state", room: "room-huge", bytes: 9_000_000 }],
    ...FAILED,
    says: /MiB|bytes/,
  },
  {
    reason: "RoomServerUnavailable",
    ...entities("room-down", ["E-01"], ["E-01", "E-02"]),
    faults: [{ kind: "status", room: "room-down", status: 503 }],
    ...FAILED,
    says: /503/,
    healthy: "the agent tries again, and /health has the check roomServer",
  },
  {
    reason: "SuspiciousRead",
    ...entities("room-empty", ["E-01", "E-02"], ["E-01", "E-02", "E-03"]),
    faults: [{ kind: "emptyState", room: "room-empty" }],
    says: /nothing of what this agent put there|shows nothing|empty/i,
    audit: "room.suspected",
    gauge: "ready",
    healthy: "a second read decides by itself",
  },
];

export const ROOM_ROWS: readonly RoomAttention[] = [...SERVER_ROWS, ...SPEC_ROWS];

/** A source that fails: what its server does from now on. */
export interface SourceAttention {
  readonly reason: string;
  readonly begin: (world: AgentWorld) => void;
  readonly says: RegExp;
}

export const SOURCE_ROWS: readonly SourceAttention[] = [
  ...(
    [
      ["AuthenticationFailed", 401],
      ["RepositoryNotFound", 404],
      ["ServerError", 500],
      ["RedirectRefused", 302],
      ["RateLimited", 429],
    ] as const
  ).map(([reason, status]) => ({
    reason,
    begin: (world: AgentWorld) =>
      world.git.break({ kind: "status", status, headers: { location: "https://elsewhere.test/" } }),
    says: /./,
  })),
  {
    reason: "ProtocolError",
    begin: (world) => world.git.break({ kind: "body", body: "<html>" }),
    says: /./,
  },
  {
    reason: "Unreachable",
    begin: (world) => world.git.break({ kind: "resetAfter", bytes: 0 }),
    says: /./,
  },
  {
    reason: "SourceEmptied",
    begin: (world) => {
      world.git.heal();
      world.commit({ "rooms/desk.room.yaml": null });
    },
    says: /Confirm|spec/,
  },
  {
    reason: "LimitExceeded",
    begin: (world) => {
      world.commit({
        "rooms/desk.room.yaml": specYaml({ roomId: "room-desk" }),
        "seeds/film.bin": Buffer.alloc(2_000_000, "film"),
      });
    },
    says: /ObjectBytes|1000000/,
  },
  {
    reason: "BranchMissing",
    begin: (world) => {
      world.repository.git("update-ref", "refs/heads/kept", "refs/heads/main");
      world.repository.git("update-ref", "-d", "refs/heads/main");
    },
    says: /main/,
  },
  {
    reason: "RepositoryEmpty",
    begin: (world) => {
      world.repository.git("update-ref", "-d", "refs/heads/kept");
    },
    says: /no commit/,
  },
  {
    reason: "UnrelatedHistory",
    begin: (world) => {
      const files = { "rooms/desk.room.yaml": specYaml({ roomId: "room-desk" }) };
      world.commit(files, "Another repository", { parents: [], fresh: true });
    },
    says: /shares no commit.*room-operator accept/,
  },
  {
    reason: "Timeout",
    begin: (world) => world.git.break({ kind: "hang" }),
    says: /ms/,
  },
  {
    reason: "UnrelatedHistory",
    begin: (world) => {
      world.git.heal();
      world.commit({ "rooms/desk.room.yaml": specYaml({ roomId: "room-desk" }) }, "Begin again", {
        parents: [],
        fresh: true,
      });
    },
    says: /no commit/,
  },
];

/** Reasons that say what a person does next and have no row above, and why. */
export const NO_ROW: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      "StoreLocked",
      "StoreTooNew",
      "StoreRefused",
      "PortInUse",
      "PortNotAllowed",
      "CannotListen",
      "InvalidBaseUrl",
      "CredentialUnreadable",
      "AgentUnreachable",
      "GitUnavailable",
    ].map((reason) => [reason, "the process does not start, and says so on stderr"]),
  ),
  ...Object.fromEntries(
    [
      "ManagedByGit",
      "UnknownRoom",
      "UnknownSource",
      "SourceUnavailable",
      "NothingToAccept",
      "HeadChanged",
    ].map((reason) => [reason, "the answer to a request"]),
  ),
  ...Object.fromEntries(
    ["ContentNotHeld", "PreviousUnknown", "ChangedSince", "OutcomeUnknown"].map((reason) => [
      reason,
      "part of a rolled back change, whose row is Quarantined",
    ]),
  ),
  StoreUnavailable: "a disk has to fill up: test/integration/agent/full-disk.test.ts",
  StoreDamaged: "ObserveOnly has a row: it is what a damage leads to",
  SeedQuotaExceeded: "blocks as SeedTooLarge does, and the sum is of the whole source",
  Contested:
    "needs somebody who keeps changing a room back: test/integration/agent/two-agents.test.ts",
  NoSourceConfigured: "a warning at the start",
  NotObservable: "test/integration/agent/not-observable.test.ts, which takes three writes",
  NotAddressable:
    "an item that no call can name stays blocked: test/unit/plan/plan-entities.test.ts",
  ActionsFailed: "the pass that leads to Refused, or to Converged when the next try succeeds",
  RolledBack: "the pass that leads to Quarantined",
  Overridden: "a person asked for it with X-Override; heldBackBy and explain show it",
  NoSpec: "the reason of the condition Orphaned",
  ItemsBlocked: "the condition that sums up blocked items; each of their reasons has a row",
  NoSeedSource: "only a posted spec, whose answer says it",
  Unsupported: "stays for good; blocked, explain and the gauge show it as Pending",
  DriftDetected: "the agent corrects it",
  DesiredStateLost: "needs a store that lost rows: test/unit/reconcile/reconciler.test.ts",
  RoomNotAllowed: "test/integration/agent/guardrail-settings.test.ts",
  SourceNotConfigured: "test/integration/api/explain.test.ts",
  LaggingReplica: "a second look settles it: test/integration/agent/doubted-heads.test.ts",
  WorkerFailed: "test/integration/source/git-worker-client.test.ts",
  SpecVersionReused: "a warning: the change is applied",
  SpecWarning: "a warning: the change is applied",
  IntentIgnored: "a warning, logged when it comes",
  NoSpecsFound: "a warning, logged when it comes",
  SpecNameIgnored: "a warning, logged when it comes",
  CommitsNotRead: "a warning, logged when it comes; the rooms have HistoryRewritten",
};
