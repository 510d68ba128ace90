import type { Config } from "../config/config.ts";
import { judgeRooms, leftSources } from "../intake/judge-and-load-rooms.ts";
import { wantsPass } from "../intake/load-rooms.ts";
import type { SettledOwners } from "../intake/settle-owners.ts";
import { standingFact } from "../intake/source-index.ts";
import { inSteps, inTurns } from "../kernel/in-turns.ts";
import type { Room } from "../room/room.ts";
import type { RunningSource } from "../trigger/running-source.ts";
import type { Edges } from "./edges.ts";
import type { LiveConfig } from "./live-config.ts";
import type { Memory } from "./memory.ts";
import type { Passes } from "./passes.ts";
import type { Reviews } from "./reviews.ts";
import type { SourceSet } from "./sources.ts";
import type { Work } from "./work.ts";

/** Passes over rooms of a source that is closed may take so long to end, ms; what is left of them is followed by another pass. */
const PASSES_END_MS = 6000;

export interface ReconfigurationParts {
  readonly live: LiveConfig;
  readonly edges: Edges;
  readonly memory: Memory;
  readonly work: Work;
  readonly set: SourceSet;
  readonly passes: Passes;
  readonly reviews: Pick<Reviews, "close" | "follow">;
}

/**
 * Puts another configuration in force while the agent runs. Sources that stay as they are continue; the others are closed, the
 * rooms are judged as at a start with that configuration, and what is new is opened.
 */
export class Reconfiguration {
  readonly #parts: ReconfigurationParts;

  constructor(parts: ReconfigurationParts) {
    this.#parts = parts;
  }

  /**
   * `next`: its unchanged sources are the very objects of the configuration in force. Rejects with the store's errors; then it
   * may be carried out again, for this configuration or another one. Where `stopping` is aborted it waits for no pass.
   */
  async carryOut(next: Config, stopping: AbortSignal): Promise<void> {
    const { live, edges, memory, work, set, passes } = this.#parts;
    const before = live.now;
    const closed = set.outdated(next);
    await this.#parts.reviews.close(closed);
    await set.close(closed);
    // No pass begins between the configurations: it would mix them.
    work.queue.hold(true);
    let settled: SettledOwners;
    try {
      await this.#passesEnd(closed, stopping);
      live.replace(next);
      memory.loaded.owners.noteChange();
      settled = await this.#judge(next);
      passes.reconfigure();
    } finally {
      work.queue.hold(false);
    }
    memory.leftSources = await leftSources(next, memory.store);
    await work.reconfigure();
    edges.metrics.setSources(next.git.sources.map(({ name }) => name));
    const opened = await set.open();
    if (stopping.aborted) return;
    for (const source of opened) source.start();
    this.#parts.reviews.follow();
    this.#reassess(opened);
    const isOther = before.operator !== next.operator;
    const look = (row: Room): void => {
      const { owner, roomId } = row;
      const isReopened = owner?.kind === "git" && opened.some(({ name }) => name === owner.source);
      if (isOther || isReopened || settled.restored.has(roomId)) this.#lookAt(row, settled);
    };
    // What comes between two turns asks for its own pass: an additional one finds nothing to do.
    await inTurns(inSteps(settled.rooms, look));
  }

  /** The passes over the rooms of these sources end as they began. */
  async #passesEnd(sources: readonly RunningSource[], stopping: AbortSignal): Promise<void> {
    const { edges, memory, passes } = this.#parts;
    const names = new Set(sources.map(({ name }) => name));
    const rooms = [...memory.loaded.owners.all()]
      .filter(({ owner }) => owner?.kind === "git" && names.has(owner.source))
      .map(({ roomId }) => roomId);
    const timer = new AbortController();
    const signal = AbortSignal.any([stopping, timer.signal]);
    // Its time is over, the agent stops, or the passes have ended.
    const late = edges.clock.sleep(PASSES_END_MS, signal).catch(() => undefined);
    await Promise.race([passes.ended(rooms), late]);
    timer.abort(new Error("the passes have ended"));
  }

  async #judge(next: Config): Promise<SettledOwners> {
    const { edges, memory, set } = this.#parts;
    const { clock, newId, trail, logger } = edges;
    const { store, rooms, loaded } = memory;
    const running = (name: string) =>
      set.list.find((source) => source.name === name)?.intake.record;
    const deps = { store, rooms, clock, newId, trail, logger, running };
    const settled = await judgeRooms(next, deps);
    for (const row of settled.rooms) {
      if (!settled.changed.has(row.roomId)) continue;
      loaded.owners.set(row.roomId, standingFact(row));
      loaded.tracker.note(row);
      if (row.owner === null) this.#leave(row.roomId);
    }
    return settled;
  }

  /** As after a start, no pass looks at a room without an owner. */
  #leave(roomId: string): void {
    const { queue } = this.#parts.work;
    queue.forget(roomId);
    // What a pass that outlived its time writes of the owner before is set right by another one.
    if (queue.placeOf(roomId).kind === "running") queue.add(roomId, "git");
  }

  /** Rooms that lost their owner may be named by files of the sources that stayed. */
  #reassess(opened: readonly RunningSource[]): void {
    const { edges, set } = this.#parts;
    for (const source of set.list) {
      if (opened.includes(source)) continue;
      source.intake.reassess().catch((error: unknown) => {
        edges.logger.error({ source: source.name, error }, "taking over released rooms failed");
      });
    }
  }

  /** As at a start. A pass that runs keeps the configuration it began with, and another one follows it. */
  #lookAt(row: SettledOwners["rooms"][number], { restored }: SettledOwners): void {
    const { live, work } = this.#parts;
    const { mode } = live.now.operator.reconciliation.stateConsistency;
    if (!wantsPass(row, { mode, restored })) return;
    const isRunning = work.queue.placeOf(row.roomId).kind === "running";
    work.queue.add(row.roomId, isRunning ? "interval" : "git");
  }
}
