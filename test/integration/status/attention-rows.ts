import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentWorld } from "../../support/agent-world.ts";
import {
  BLOCKED,
  entities,
  FAILED,
  file,
  no,
  REFUSED,
  seeds,
  type RoomAttention,
} from "../../support/attention-row.ts";
import { RoomStory } from "../../support/room-story.ts";
import { SPEC_ROWS } from "./attention-spec-rows.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

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
    there: ["E-stranger"],
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
    faults: [{ kind: "lie", operation: "join", room: "room-stale" }],
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
    reason: "NotObservable",
    room: "room-veiled",
    before: file("room-veiled", { policies: { maxArtifactsPerEntity: 5 } }),
    after: file("room-veiled", { version: 2, policies: { maxArtifactsPerEntity: 7 } }),
    faults: [{ kind: "lie", operation: "policy", room: "room-veiled" }],
    act: async (world) => {
      await world.observed();
      for (let time = 0; time < 3; time += 1) await world.apply({ roomId: "room-veiled" });
    },
    ...FAILED,
    says: /policy\/maxArtifactsPerEntity: wanted 7, reads 5 after \d writes/,
  },
  {
    reason: "NotAddressable",
    room: "room-dots",
    there: ["."],
    after: file("room-dots", { entities: ["E-01"] }),
    ...BLOCKED,
    says: /entity\/\./,
    healthy: "nothing is lost while it stays, and only the RoomServer can remove it",
  },
  {
    reason: "DuplicateItem",
    room: "room-twins",
    before: file("room-twins", { entities: ["E-01"] }),
    act: async (world) => {
      const room = new RoomStory(world, "room-twins");
      await room.drift(({ entities }) => ({
        entities: [...entities, ...entities.map((one) => ({ ...one, kind: "human" }))],
      }));
      await room.pass();
    },
    ...BLOCKED,
    says: /entity\/E-01: the RoomServer lists it 2 times, which differ in kind/,
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
  readonly begin: (world: AgentWorld) => void | Promise<void>;
  readonly says: RegExp;
}

const clonesOf = (world: AgentWorld) => join(world.data, "git");

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
    reason: "WorkerFailed",
    begin: (world) => {
      world.git.heal();
      rmSync(clonesOf(world), { recursive: true, force: true });
      writeFileSync(clonesOf(world), "a file stands here");
      world.commit({ "README.md": "newer" });
    },
    says: /git.specs/,
  },
  {
    reason: "LaggingReplica",
    begin: async (world) => {
      rmSync(clonesOf(world), { force: true });
      world.git.heal();
      const newest = world.commit({ "README.md": "newest" });
      await world.observed(newest);
      world.repository.git("update-ref", "refs/heads/newest", newest);
      world.repository.git("update-ref", "refs/heads/main", `${newest}~1`);
    },
    says: /./,
  },
  {
    reason: "SourceEmptied",
    begin: (world) => {
      world.repository.git("update-ref", "refs/heads/main", "refs/heads/newest");
      world.repository.git("update-ref", "-d", "refs/heads/newest");
      world.commit({ "rooms/desk.room.yaml": null });
    },
    says: /Confirm|spec/,
  },
  {
    reason: "LimitExceeded",
    begin: (world) => {
      world.commit({
        "rooms/desk.room.yaml": specYaml({ roomId: "room-desk" }),
        "seeds/film.bin": randomBytes(2_000_000),
      });
    },
    says: /PackBytes|1000000/,
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
    says: /no branch and no tag/,
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
];
