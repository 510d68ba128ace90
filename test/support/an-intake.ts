import { SteadyTime } from "../../agent/kernel/steady-time.ts";
import { whyNoOverrideBy } from "../../agent/intent/override-persons.ts";
import { Intake } from "../../agent/intake/intake.ts";
import type { IntakeDeps } from "../../agent/intake/intake-deps.ts";
import type { LabelIntake } from "../../agent/intake/label-intake.ts";
import { loadRooms } from "../../agent/intake/load-rooms.ts";
import { settleOwners } from "../../agent/intake/settle-owners.ts";
import { RoomWriter } from "../../agent/store/room-writer.ts";
import type { Room } from "../../agent/room/room.ts";
import { aTrail } from "./a-trail.ts";
import { FakeClock } from "./fake-clock.ts";
import type { FakeSpecSource } from "./fake-spec-source.ts";
import { MemoryStore } from "./memory-store.ts";

export interface IntakeBench {
  readonly intake: Intake;
  readonly store: MemoryStore;
  readonly clock: FakeClock;
  /** Room names as they were asked for, oldest first. */
  readonly enqueued: string[];
  readonly released: string[];
  /** Brings the source's head in, with a second look where it takes one. */
  readonly sync: () => ReturnType<Intake["sync"]>;
  readonly room: (roomId: string) => Promise<Room>;
}

const TOLERANCE_MS = 5_000;

/** An intake of one source over a store in memory; `store` of another bench continues its work. */
export async function anIntake(
  spec: FakeSpecSource,
  given: {
    readonly store?: MemoryStore;
    readonly allowEmpty?: boolean;
    readonly labels?: LabelIntake;
    readonly claimsElsewhere?: IntakeDeps["claimsElsewhere"];
    readonly placesElsewhere?: IntakeDeps["placesElsewhere"];
    readonly mayManage?: (source: string, roomId: string) => boolean;
    readonly serverMove?: IntakeDeps["serverMove"];
  } = {},
): Promise<IntakeBench> {
  const clock = new FakeClock();
  const store = given.store ?? new MemoryStore(() => clock.nowMs());
  const mayManage = given.mayManage ?? (() => true);
  const rules = {
    isConfigured: (source: string) => source === spec.name,
    isRoomAllowed: mayManage,
  };
  const settled = await settleOwners(rules, {
    store,
    rooms: new RoomWriter(store),
    clock,
    newId: () => "start",
    trail: aTrail({ clock }),
    log: { warn: () => undefined },
  });
  const { owners, tracker } = await loadRooms(store, { ...settled, mode: "active" });
  const enqueued: string[] = [];
  const released: string[] = [];
  let ids = 0;
  const newId = () => `id-${(ids += 1)}`;
  const intake = await Intake.open(
    {
      name: spec.name,
      url: "https://git.test/specs.git",
      ref: "main",
      path: ".",
      allowEmpty: given.allowEmpty ?? false,
      mergedCommits: "own",
      ...(given.labels === undefined ? {} : { labels: given.labels }),
      spec,
    },
    {
      store,
      rooms: new RoomWriter(store),
      clock,
      steady: new SteadyTime(clock, null),
      newId,
      trail: aTrail({ clock, newId }),
      owners,
      tracker,
      confirmationExpiresMs: 86_400_000,
      staleToleranceMs: TOLERANCE_MS,
      whyNoOverride: whyNoOverrideBy(["ada@example.org"]),
      enqueue: (roomId) => enqueued.push(roomId),
      released: (roomIds) => released.push(...roomIds),
      mayManage,
      claimsElsewhere: given.claimsElsewhere ?? (() => []),
      placesElsewhere: given.placesElsewhere ?? (() => []),
      leftSources: () => [],
      serverMove: given.serverMove ?? null,
      log: { info: () => undefined, warn: () => undefined },
    },
  );
  return {
    intake,
    store,
    clock,
    enqueued,
    released,
    sync: async () => {
      const { signal } = new AbortController();
      const first = await intake.sync(spec.head, signal);
      if (first.kind !== "failed" || first.reason !== "LaggingReplica") return first;
      await clock.advance(TOLERANCE_MS);
      const nowMs = clock.monotonicMs();
      return intake.sync(spec.head, signal, { fresh: true, askedMs: nowMs, answeredMs: nowMs });
    },
    room: async (roomId) => {
      const row = await store.readRoom(roomId);
      if (row === null) throw new Error(`no room ${roomId}`);
      return row;
    },
  };
}
