import { isDeepStrictEqual } from "node:util";
import { toIso, type Clock } from "../kernel/clock.ts";
import type { RoomIntent } from "../intent/room-intent.ts";
import type { Rehearsal } from "../room/rehearsals.ts";
import {
  keepRoomless,
  NOTHING_LEFT,
  withMore,
  type KeptRoomless,
  type LeftOfRoom,
  type RoomlessChange,
} from "../room/roomless-dry-runs.ts";
import type { Store } from "../store/store.ts";
import type { RoomIntents } from "../intent/commit-intents.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { FILES_AT_ONCE, type SnapshotGiven } from "./settle-snapshot.ts";
import { lastAsked } from "./rehearsals-after.ts";

/** What one source remembers, while a snapshot of it is ingested, of dry runs in rooms that it does not have. */
export class RoomlessMemory {
  readonly #source: string;
  readonly #kept: readonly KeptRoomless[];
  readonly #known: ReadonlyMap<string | null, LeftOfRoom>;
  readonly #changed = new Map<string, LeftOfRoom>();

  private constructor(source: string, kept: readonly KeptRoomless[]) {
    this.#source = source;
    this.#kept = kept;
    const own = kept.filter(({ document }) => document.source === source);
    this.#known = new Map(own.map(({ document }) => [document.roomId, document]));
  }

  static async read(source: string, store: Pick<Store, "readDocuments">): Promise<RoomlessMemory> {
    return new RoomlessMemory(source, await store.readDocuments("roomlessDryRuns"));
  }

  of(roomId: string): LeftOfRoom {
    const known = this.#changed.get(roomId) ?? this.#known.get(roomId) ?? NOTHING_LEFT;
    const { left, ended, forgotten } = known;
    return { left, ended, forgotten };
  }

  /** Rooms were dropped because there were too many: any may have been one that is not remembered. */
  get isCut(): boolean {
    return this.#known.has(null);
  }

  note(roomId: string, next: LeftOfRoom): void {
    if (!isDeepStrictEqual(next, this.of(roomId))) this.#changed.set(roomId, next);
  }

  ended(roomId: string, ended: readonly Rehearsal[]): void {
    if (ended.length > 0) this.note(roomId, withMore(this.of(roomId), ended));
  }

  /** The dry run of a file that goes. */
  left(roomId: string, left: Rehearsal): void {
    const { left: known, ...others } = this.of(roomId);
    const isOther = known !== null && (known.oid !== left.oid || known.commit !== left.commit);
    this.note(roomId, withMore({ ...others, left }, isOther ? [known] : []));
  }

  /** A room that the snapshot does not hold, of which commits speak. A dry run that another spec ended before its file went is not left. */
  spoken(roomId: string, intent: Pick<RoomIntent, "dryRun" | "endedDryRuns" | "lastSpec">): void {
    this.ended(roomId, intent.endedDryRuns ?? []);
    const asked = lastAsked(intent);
    if (asked !== null && asked.oid === intent.lastSpec) this.left(roomId, asked);
  }

  changes(clock: Pick<Clock, "nowMs">): readonly RoomlessChange[] {
    const since = toIso(clock.nowMs());
    const news = [...this.#changed].map(([roomId, next]) => ({
      source: this.#source,
      roomId,
      ...next,
      since,
    }));
    return keepRoomless(this.#kept, news);
  }
}

/** Written before anything else of the snapshot counts: after a crash the same commits are read again, which adds nothing. */
export async function writeRoomless(
  memory: RoomlessMemory,
  { record, head }: Pick<SnapshotGiven, "record" | "head">,
  { clock }: Pick<IntakeDeps, "clock">,
): Promise<void> {
  const changes = [...memory.changes(clock)];
  while (changes.length > 0) await record.beginTakingIn(head, changes.splice(0, FILES_AT_ONCE));
}

/** Notes the dry runs that commits ask for in rooms that their snapshot does not hold in the end (`isOut`). */
export async function rememberSpoken(
  { rooms }: Pick<RoomIntents, "rooms">,
  given: Pick<SnapshotGiven, "source" | "record" | "head"> & {
    readonly isOut: (roomId: string) => boolean;
  },
  deps: Pick<IntakeDeps, "clock" | "store">,
): Promise<void> {
  const spoken = [...rooms].filter(
    ([roomId, { dryRun, endedDryRuns = [] }]) =>
      (dryRun.kind !== "unchanged" || endedDryRuns.length > 0) && given.isOut(roomId),
  );
  if (spoken.length === 0) return;
  const memory = await RoomlessMemory.read(given.source.name, deps.store);
  for (const [roomId, intent] of spoken) memory.spoken(roomId, intent);
  await writeRoomless(memory, given, deps);
}
