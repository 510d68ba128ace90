import type { ForgeConfig, GitSourceConfig, SourceConfig } from "../config/config.ts";
import type { RoomOwners } from "../intake/source-index.ts";
import type { Item } from "../plan/item.ts";
import { planContext } from "../review/plan-status.ts";
import { PullRequestPlanner } from "../review/pull-request-planner.ts";
import { SyncStatus, syncContext } from "../review/sync-status.ts";
import type { PullsView } from "../review/pulls-view.ts";
import type { BranchFacts } from "../review/touched-rooms.ts";
import { prunable } from "../room/prune.ts";
import type { RunningSource } from "../trigger/running-source.ts";
import type { Edges } from "./edges.ts";
import type { LiveConfig } from "./live-config.ts";
import type { Memory } from "./memory.ts";
import type { Passes } from "./passes.ts";

interface Given {
  readonly edges: Edges;
  readonly memory: Memory;
  readonly passes: Pick<Passes, "preview">;
  readonly sources: readonly RunningSource[];
}

/** What is written on the forge of one source; null: it is not. */
interface Follower {
  readonly planner: PullRequestPlanner | null;
  readonly status: SyncStatus | null;
}

/** What keeps the plans of pull requests, and the status of the synced commit, of each source whose forge is known. */
export class Reviews {
  readonly #live: LiveConfig;
  readonly #given: Given;
  readonly #followers = new Map<RunningSource, Follower>();
  #isStarted = false;

  constructor(live: LiveConfig, given: Given) {
    this.#live = live;
    this.#given = given;
    given.memory.onRoom = (row) => {
      for (const { planner, status } of this.#followers.values()) {
        planner?.roomChanged(row.roomId);
        status?.note(row);
      }
    };
  }

  /** Begins with the sources that run now. */
  start(): void {
    this.#isStarted = true;
    this.follow();
  }

  /** Follows sources that run now and are not followed. */
  follow(): void {
    if (!this.#isStarted) return;
    for (const running of this.#given.sources) {
      if (this.#followers.has(running)) continue;
      const follower = { planner: this.#open(running), status: this.#openStatus(running) };
      const { planner, status } = follower;
      if (planner === null && status === null) continue;
      this.#followers.set(running, follower);
      running.follow({
        wake: (number) => planner?.wake(number),
        headMoved: () => {
          planner?.headMoved();
          status?.changed();
        },
      });
      planner?.start();
      if (status !== null) this.#begin(status, running.name);
    }
  }

  /** Reads how far the rooms are, which passes tell from then on. */
  #begin(status: SyncStatus, source: string): void {
    const { store, loaded } = this.#given.memory;
    const read = async () => {
      for (const row of await store.readRoomsOf(source)) status.note(row);
      for (const roomId of loaded.owners.meantByFiles()) {
        const row = await store.readRoom(roomId);
        if (row !== null) status.note(row);
      }
      await status.start();
    };
    read().catch((error: unknown) => {
      this.#given.edges.logger.error({ source, error }, "sync status not begun");
    });
  }

  /** Ends those of these sources. */
  async close(sources: readonly RunningSource[], why?: Error): Promise<void> {
    await Promise.all(
      sources.map(async (running) => {
        const follower = this.#followers.get(running);
        this.#followers.delete(running);
        running.follow(null);
        await Promise.all([follower?.planner?.stop(why), follower?.status?.stop(why)]);
      }),
    );
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    await this.close([...this.#followers.keys()]);
  }

  /** Null: no pull requests of the source are planned. */
  viewOf(source: string): PullsView | null {
    for (const [{ name }, { planner }] of this.#followers)
      if (name === source) return planner?.view ?? null;
    return null;
  }

  #open(running: RunningSource): PullRequestPlanner | null {
    const config = this.#live.now.git.sources.find(({ name }) => name === running.name);
    const { revisions, forge } = running;
    if (config?.kind !== "git" || config.forge === null || forge === null) return null;
    if (revisions === null || config.ref.kind !== "branch" || !config.forge.plan.enabled)
      return null;
    const { edges, memory, passes } = this.#given;
    const { clock, random, newId, logger, metrics, trail } = edges;
    return new PullRequestPlanner({
      source: config.name,
      context: planContext(config.name, this.#isAlone(config, config.forge)),
      branch: config.ref.name,
      forge,
      config: config.forge,
      publicUrl: this.#live.now.httpApi.publicUrl,
      base: () => running.intake.observedHead,
      facts: () => this.#facts(running, memory.loaded.owners),
      revisions,
      preview: passes.preview,
      prunes: (roomId) => this.#prunes(config, roomId),
      store: memory.store,
      clock,
      random,
      newId,
      trail,
      log: logger.child({ source: config.name }),
      metrics,
      warnings: running.warnings,
    });
  }

  #openStatus(running: RunningSource): SyncStatus | null {
    const config = this.#live.now.git.sources.find(({ name }) => name === running.name);
    const { forge, intake } = running;
    if (config?.kind !== "git" || config.forge?.commitStatus !== true || forge === null)
      return null;
    const { edges, memory } = this.#given;
    const { publicUrl } = this.#live.now.httpApi;
    const { apiUrl, repository } = config.forge;
    const others = this.#live.now.git.sources.filter(
      (other) =>
        other.kind === "git" &&
        other.forge?.apiUrl === apiUrl &&
        other.forge.repository === repository,
    );
    return new SyncStatus({
      source: config.name,
      context: syncContext(config.name, others.length <= 1),
      forge,
      targetUrl: publicUrl === null ? null : `${publicUrl}/status`,
      head: () => intake.observedHead,
      isWhole: () => intake.isWhole,
      specErrors: () => intake.record.row,
      store: memory.store,
      clock: edges.clock,
      log: edges.logger.child({ source: config.name }),
      warnings: running.warnings,
    });
  }

  /** Whether no other source plans the pull requests of the same branch. */
  #isAlone(one: GitSourceConfig, { apiUrl, repository }: ForgeConfig): boolean {
    const isSame = (other: SourceConfig) =>
      other.kind === "git" &&
      other.forge?.apiUrl === apiUrl &&
      other.forge.repository === repository &&
      other.forge.plan.enabled &&
      other.ref.kind === "branch" &&
      one.ref.kind === "branch" &&
      other.ref.name === one.ref.name;
    return this.#live.now.git.sources.filter(isSame).length <= 1;
  }

  #facts({ name, intake }: RunningSource, owners: RoomOwners): BranchFacts {
    const others = this.#given.sources.filter((source) => source.name !== name);
    return {
      source: name,
      files: [...intake.files],
      ownerOf: (roomId) => owners.get(roomId),
      mayManage: this.#live.mayManage,
      claimsElsewhere: (roomId) =>
        others.flatMap((other) =>
          other.intake.pathsOf(roomId).map((path) => ({ source: other.name, path })),
        ),
    };
  }

  async #prunes({ prune }: SourceConfig, roomId: string): Promise<readonly Item[]> {
    if (!prune) return [];
    const row = await this.#given.memory.store.readRoom(roomId);
    return row === null ? [] : [...prunable(row.inventory)].sort();
  }
}
