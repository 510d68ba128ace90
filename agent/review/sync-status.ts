import type { Forge } from "../forge/forge.ts";
import type { FileErrors } from "../intake/intake-findings.ts";
import type { Clock } from "../kernel/clock.ts";
import { Alarm } from "../queue/alarm.ts";
import type { Room } from "../room/room.ts";
import { sourcesOfRoom } from "../room/sources-of-room.ts";
import type { WrittenStatus } from "../room/written-status.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import { roomSync, syncSummary, type RoomSync } from "./sync-summary.ts";

export interface SyncStatusDeps {
  readonly source: string;
  readonly context: string;
  readonly forge: Pick<Forge, "statuses">;
  /** Where people read more; null: nowhere. */
  readonly targetUrl: string | null;
  /** The head of the newest snapshot that counts; null before the first. */
  readonly head: () => string | null;
  /** Spec files with errors that no room is known of: their paths as far as they are remembered, and how many errors. */
  readonly specErrors: () => FileErrors;
  /** False while rooms may be at a head that does not count yet. */
  readonly isWhole: () => boolean;
  readonly store: Pick<Store, "readDocuments" | "write">;
  readonly clock: Clock;
  readonly log: Pick<Logger, "info" | "error">;
  readonly warnings: {
    raise(reason: "SyncStatusNotWritten", message: string): void;
    end(reason: "SyncStatusNotWritten"): void;
  };
}

/** Ms in which further changes are waited for before a status is written. */
const SETTLE_MS = 300;

/** Ms before a write that failed is tried again; twice as long each time. */
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;

/** Writes of one commit: a forge keeps at most 1,000 for each context, and refuses those that come after. */
const MOST_WRITES = 100;

interface Known {
  readonly sync: RoomSync;
  /** What names the inputs that a pass has to have judged. */
  readonly inputs: string;
  /** `lastReconcile` when the inputs came. */
  readonly since: string | null;
  readonly isJudged: boolean;
}

/**
 * Keeps the status `room-operator/sync` of the newest commit of a source: pending while rooms are on their way to it, then what came of
 * it. A success is final: what happens to the rooms later is not the commit's doing.
 */
export class SyncStatus {
  readonly #deps: SyncStatusDeps;
  readonly #rooms = new Map<string, Known>();
  readonly #alarm: Alarm;
  readonly #stopping = new AbortController();
  #written: WrittenStatus | null = null;
  #writing: Promise<void> = Promise.resolve();
  #failures = 0;
  #isStarted = false;

  constructor(deps: SyncStatusDeps) {
    this.#deps = deps;
    this.#alarm = new Alarm(deps.clock, () => {
      this.#writing = this.#write();
    });
  }

  /** Takes note of a room as it is now; of one that is not the source's, that it is not. */
  note(row: Room): void {
    const { source } = this.#deps;
    if (!sourcesOfRoom(row).includes(source)) {
      if (this.#rooms.delete(row.roomId)) this.changed();
      return;
    }
    const inputs = `${row.head?.digest} ${row.observedRevision} ${row.headProblem?.message}`;
    const before = this.#rooms.get(row.roomId);
    const isNew = before !== undefined && before.inputs !== inputs;
    const since = before === undefined ? null : isNew ? row.lastReconcile : before.since;
    const isJudged =
      !isNew &&
      (before?.isJudged === true || (row.lastReconcile !== null && row.lastReconcile !== since));
    const sync = roomSync(row, isJudged);
    this.#rooms.set(row.roomId, { sync, inputs, since, isJudged });
    if (before?.sync.kind !== sync.kind || sync.kind === "stopped") this.changed();
  }

  forget(roomId: string): void {
    if (this.#rooms.delete(roomId)) this.changed();
  }

  /** The head moved, or a room changed: a status is written soon, if it is another. */
  changed(): void {
    if (!this.#isStarted || this.#stopping.signal.aborted) return;
    this.#alarm.set(this.#deps.clock.monotonicMs() + SETTLE_MS);
  }

  /** Reads what was written before, and begins. */
  async start(): Promise<void> {
    const { store, source } = this.#deps;
    const all = await store.readDocuments("syncStatus");
    this.#written = all.find(({ key }) => key === source)?.document ?? null;
    this.#isStarted = true;
    this.changed();
  }

  /** Idempotent. */
  async stop(why = new Error("the agent stops")): Promise<void> {
    this.#stopping.abort(why);
    this.#alarm.stop();
    await this.#writing;
  }

  async #write(): Promise<void> {
    const { log } = this.#deps;
    try {
      await this.#writeNow();
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      log.error({ error }, "sync status not written");
      this.#again(undefined);
    }
  }

  async #writeNow(): Promise<void> {
    const { forge, context, targetUrl, head, store, source, warnings } = this.#deps;
    const { signal } = this.#stopping;
    const sha = head();
    if (sha === null) return;
    if (!this.#deps.isWhole()) {
      this.changed();
      return;
    }
    const rooms = [...this.#rooms].map(([roomId, { sync }]) => [roomId, sync] as const);
    const summary = syncSummary(rooms, this.#deps.specErrors());
    const before = this.#written?.sha === sha ? this.#written : null;
    if (before !== null && !isOther(before, summary)) return;
    const writes = (before?.writes ?? 0) + 1;
    const answer = await forge.statuses.set(sha, { context, ...summary, targetUrl }, signal);
    if (answer.kind === "failed") {
      warnings.raise("SyncStatusNotWritten", notWritten(sha, context, answer.message));
      this.#again(answer.retryAfterMs);
      return;
    }
    this.#failures = 0;
    warnings.end("SyncStatusNotWritten");
    const document = { source, sha, ...summary, writes };
    this.#written = document;
    await store.write([{ kind: "document", collection: "syncStatus", key: source, document }]);
    // Something may have changed while the forge was asked.
    this.changed();
  }

  #again(retryAfterMs: number | undefined): void {
    if (this.#stopping.signal.aborted) return;
    const backoffMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failures += 1;
    this.#alarm.set(this.#deps.clock.monotonicMs() + (retryAfterMs ?? backoffMs));
  }
}

/** A success is final, and comes after the last of too many as well. */
function isOther(
  before: WrittenStatus,
  now: Pick<WrittenStatus, "state" | "description">,
): boolean {
  if (before.state === "success") return false;
  if (before.writes >= MOST_WRITES && now.state !== "success") return false;
  return before.state !== now.state || before.description !== now.description;
}

function notWritten(sha: string, context: string, message: string): string {
  return `the status ${context} of commit ${sha} is not written: ${message}`;
}

/** The context of a source's statuses; each source of a repository has its own. */
export function syncContext(source: string, isAlone: boolean): string {
  return isAlone ? "room-operator/sync" : `room-operator/sync/${source}`;
}
