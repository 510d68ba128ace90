import { toIso, type Clock } from "../kernel/clock.ts";
import { KeyedLock } from "../kernel/keyed-lock.ts";
import type { SteadyTime } from "../kernel/steady-time.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import type { Room } from "../room/room.ts";
import type { ClosedGate, WriteGate } from "../room/write-gate.ts";
import {
  endMs,
  isOver,
  isSoon,
  scopeKey,
  scopesOf,
  subject,
  suspendedGate,
  suspensionText,
  type StoredSuspension,
  type SuspendScope,
  type Suspension,
} from "../room/suspension.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import { everyRoom } from "../store/every-room.ts";
import type { Store, StoreChange } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { ServerMetrics } from "../telemetry/server-metrics.ts";
import { unknownScope } from "./unknown-scope.ts";
import type {
  ResumeAnswer,
  ResumeRequest,
  SuspendAnswer,
  SuspendRequest,
} from "./suspension-requests.ts";

export interface SuspensionsDeps {
  readonly store: Pick<Store, "readRoom" | "readRoomIds" | "readRooms" | "readDocuments" | "write">;
  readonly steady: Pick<SteadyTime, "nowMs">;
  readonly clock: Clock;
  readonly trail: AuditTrail;
  readonly queue: Pick<WorkQueue, "add">;
  readonly log: Pick<Logger, "info" | "warn">;
  readonly metrics: Pick<ServerMetrics, "setSuspensions">;
  /** Those that are configured now. */
  readonly sourceNames: Pick<ReadonlySet<string>, "has">;
}

const LOOK_EVERY_MS = 30_000;
const LEAST_WAIT_MS = 1000;
/** A suspension without an end is brought to mind this often. */
const REMIND_EVERY_MS = 24 * 3_600_000;

/**
 * Which rooms are suspended, by whom and until when. Memory follows the store, so that a restart finds the same. One that has
 * an end ends by itself; an hour before, and every day of one without an end, a line warns of it.
 */
export class Suspensions implements WriteGate {
  readonly #deps: SuspensionsDeps;
  readonly #all: Map<string, StoredSuspension>;
  /** When each was last warned of, in steady ms. */
  readonly #warned = new Map<string, number>();

  /** One change of a scope at a time: one that is prolonged as it ends stays. */
  readonly #lock = new KeyedLock();
  /** Aborted when a suspension begins or ends. */
  #wake = new AbortController();

  private constructor(deps: SuspensionsDeps, all: ReadonlyMap<string, StoredSuspension>) {
    this.#deps = deps;
    this.#all = new Map(all);
    this.#count();
  }

  static async load(deps: SuspensionsDeps): Promise<Suspensions> {
    const found = await deps.store.readDocuments("suspension");
    return new Suspensions(deps, new Map(found.map(({ key, document }) => [key, document])));
  }

  /** Runs `work`, which changes suspensions in the store, while no person and no end does, and reads them again. */
  async follow(sources: readonly string[], work: () => Promise<void>): Promise<void> {
    const places = sources.map((source) => scopeKey({ kind: "source", source }));
    await this.#lock.run([...this.#all.keys(), ...places], async () => {
      await work();
      const found = await this.#deps.store.readDocuments("suspension");
      this.#all.clear();
      for (const { key, document } of found) this.#all.set(key, document);
      this.#count();
    });
  }

  /** In the order of their scopes. */
  get list(): readonly Suspension[] {
    return this.#sorted.map(shown);
  }

  get #sorted(): readonly StoredSuspension[] {
    return [...this.#all].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each);
  }

  closedFor(room: Pick<Room, "roomId" | "owner">): ClosedGate | null {
    const covers = this.#coversOf(room);
    return covers.length === 0 ? null : suspendedGate(covers);
  }

  /** The later of two suspensions of one scope replaces the first; both are in the audit. */
  suspend(request: SuspendRequest): Promise<SuspendAnswer> {
    return this.#lock.run([scopeKey(request.scope)], () => this.#suspend(request));
  }

  async #suspend(request: SuspendRequest): Promise<SuspendAnswer> {
    const { scope, reason, until, actor, correlationId } = request;
    const unknown = await unknownScope(scope, this.#deps);
    if (unknown !== null) return unknown;
    const { trail, clock, log, steady } = this.#deps;
    const since = toIso(clock.nowMs());
    const suspension: Suspension = { scope, reason, by: actor, correlationId, since, until };
    const leftMs = until === null ? null : Date.parse(until) - clock.nowMs();
    const ends = leftMs === null ? {} : { ends: toIso(steady.nowMs() + leftMs) };
    const replaced = this.#all.get(scopeKey(scope)) ?? null;
    const metadata = { ...subject(scope), actor, reason, until, replaces: replaced?.since ?? null };
    await this.#write(scope, { ...suspension, ...ends }, [
      trail.command("suspend", metadata, { correlationId }),
    ]);
    this.#warned.delete(scopeKey(scope));
    log.warn(
      {
        ...subject(scope),
        actor,
        reason: "Suspended",
        detail: suspensionText(suspension),
        until,
        correlationId,
      },
      "suspended",
    );
    await this.#pass(scope);
    return { kind: "suspended", suspension, replaced: replaced && shown(replaced) };
  }

  /**
   * Anybody may resume what another person suspended; the audit has both. A suspension can be ended after its room was
   * forgotten or its source was taken out of the configuration.
   */
  resume(request: ResumeRequest): Promise<ResumeAnswer> {
    return this.#lock.run([scopeKey(request.scope)], () => this.#resume(request));
  }

  async #resume({ scope, actor, correlationId }: ResumeRequest): Promise<ResumeAnswer> {
    const ended = this.#all.get(scopeKey(scope)) ?? null;
    const unknown = ended === null ? await unknownScope(scope, this.#deps) : null;
    if (unknown !== null) return unknown;
    if (ended !== null) {
      const { by, since, until, reason } = ended;
      const metadata = { ...subject(scope), actor, suspendedBy: by, since, until, reason };
      const record = this.#deps.trail.command("resume", metadata, { correlationId });
      await this.#write(scope, null, [record]);
      this.#deps.log.info({ ...subject(scope), actor, since, correlationId }, "resumed");
      await this.#pass(scope);
    }
    const still = await this.#stillOf(scope);
    return { kind: "resumed", ended: ended && shown(ended), still: still.map(shown) };
  }

  /** What still suspends rooms of a scope: first what suspends all of them. */
  async #stillOf(scope: SuspendScope): Promise<readonly StoredSuspension[]> {
    const { store } = this.#deps;
    if (scope.kind === "agent") return this.#sorted;
    if (scope.kind === "room") {
      const row = await store.readRoom(scope.roomId);
      return row === null ? [] : this.#coversOf(row);
    }
    const still = this.#sorted.filter((one) => one.scope.kind === "agent");
    for (const one of this.#sorted) {
      if (one.scope.kind !== "room") continue;
      const owner = (await store.readRoom(one.scope.roomId))?.owner;
      if (owner?.kind === "git" && owner.source === scope.source) still.push(one);
    }
    return still;
  }

  /** Ends what is over and warns of what ends soon, until `signal` aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look();
      const woken = AbortSignal.any([signal, this.#wake.signal]);
      await this.#deps.clock.sleep(this.#nextLookMs(), woken).catch(() => undefined);
    }
  }

  /** Until the next one ends, and no longer than `LOOK_EVERY_MS`. */
  #nextLookMs(): number {
    const nowMs = this.#deps.steady.nowMs();
    const ends = this.#sorted.flatMap((each) => endMs(each) ?? []);
    const nextMs = Math.min(LOOK_EVERY_MS, ...ends.map((atMs) => atMs - nowMs));
    // What the store would not end is tried again, not at once.
    return Math.max(nextMs, LEAST_WAIT_MS);
  }

  /** One round of `watch`. What the store refuses is tried again in the next. */
  async look(): Promise<void> {
    const nowMs = this.#deps.steady.nowMs();
    for (const suspension of this.#sorted) {
      if (isOver(suspension, nowMs))
        await this.#end(suspension).catch((error: unknown) =>
          this.#deps.log.warn(
            { ...subject(suspension.scope), error },
            "suspension could not be ended",
          ),
        );
      else this.#warn(suspension, nowMs);
    }
    this.#count();
  }

  #end(suspension: StoredSuspension): Promise<void> {
    const key = scopeKey(suspension.scope);
    return this.#lock.run([key], async () => {
      // A person may have replaced or ended it meanwhile.
      if (this.#all.get(key) === suspension) await this.#endNow(suspension);
    });
  }

  async #endNow({ scope, by, since, until, reason }: Suspension): Promise<void> {
    const metadata = { ...subject(scope), suspendedBy: by, since, until, reason };
    await this.#write(scope, null, [this.#deps.trail.event("suspension.ended", metadata)]);
    this.#deps.log.info({ ...subject(scope), since, until }, "suspension ended");
    await this.#pass(scope);
  }

  #warn(suspension: StoredSuspension, nowMs: number): void {
    const { scope, since, until } = suspension;
    const key = scopeKey(scope);
    const last = this.#warned.get(key) ?? null;
    const isDue =
      until === null
        ? nowMs - (last ?? Date.parse(since)) >= REMIND_EVERY_MS
        : last === null && isSoon(suspension, nowMs);
    if (!isDue) return;
    this.#warned.set(key, nowMs);
    const fields = {
      ...subject(scope),
      reason: "Suspended",
      detail: suspensionText(suspension),
      until,
    };
    if (until === null) this.#deps.log.warn(fields, "still suspended");
    else this.#deps.log.warn(fields, "suspension ends soon");
  }

  /** All that suspend a room, the narrowest first. */
  #coversOf(room: Pick<Room, "roomId" | "owner">): readonly StoredSuspension[] {
    return scopesOf(room).flatMap((scope) => this.#all.get(scopeKey(scope)) ?? []);
  }

  async #write(
    scope: SuspendScope,
    document: StoredSuspension | null,
    changes: readonly StoreChange[],
  ): Promise<void> {
    const key = scopeKey(scope);
    const change = { kind: "document", collection: "suspension", key, document } as const;
    await this.#deps.store.write([change, ...changes]);
    if (document === null) this.#all.delete(key);
    else this.#all.set(key, document);
    this.#count();
    this.#wake.abort(new Error("the suspensions changed"));
    this.#wake = new AbortController();
  }

  /** Each room shows what it is by now after its next pass. */
  async #pass(scope: SuspendScope): Promise<void> {
    const { store, queue } = this.#deps;
    if (scope.kind === "room") return queue.add(scope.roomId, "git");
    for await (const { roomId, owner } of everyRoom(store)) {
      const isIn = scopesOf({ roomId, owner }).some((one) => scopeKey(one) === scopeKey(scope));
      if (isIn) queue.add(roomId, "git");
    }
  }

  #count(): void {
    const nowMs = this.#deps.steady.nowMs();
    const counts = { room: 0, source: 0, agent: 0 };
    for (const { scope } of this.#all.values()) counts[scope.kind] += 1;
    const endingSoon = [...this.#all.values()].filter((each) => isSoon(each, nowMs)).length;
    this.#deps.metrics.setSuspensions({ ...counts, endingSoon });
  }
}

/** Without what only the agent needs. */
function shown(stored: StoredSuspension): Suspension {
  const { scope, reason, by, correlationId, since, until } = stored;
  return { scope, reason, by, correlationId, since, until };
}
