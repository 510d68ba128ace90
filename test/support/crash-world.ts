import { makePlan } from "../../agent/plan/make-plan.ts";
import type { Item } from "../../agent/plan/item.ts";
import { toItem } from "../../agent/plan/item.ts";
import type { DesiredRoom } from "../../agent/plan/plan.ts";
import type { RoomState } from "../../agent/plan/room-state.ts";
import { removalsOf } from "../../agent/plan/removals.ts";
import type { ArtifactSpec, RoomSpec } from "../../agent/spec/room-spec.ts";
import type { Room } from "../../devserver/room.ts";
import { aSeed } from "./a-desired-room.ts";
import { A_ROOM, anEntity } from "./a-room-spec.ts";
import type { RecordedCall } from "./fake-room-server.ts";
import { PassWorld } from "./pass-world.ts";

/** The process dies: nothing after the throw happened, everything before it did. */
export class CrashSignal extends Error {
  override readonly name = "CrashSignal";
}

/** Dies at the `nth` store write or server call (1: the first), before or after it takes effect. */
export interface CrashPoint {
  readonly nth: number;
  readonly when: "before" | "after";
}

/** A PassWorld that dies at given points and checks each write on its way to the server. */
export class CrashWorld {
  readonly world: PassWorld;
  /** What must not have happened and did. */
  readonly violations: string[] = [];
  /** Removed for good, as items; a replace is no removal. */
  readonly removed: Item[] = [];
  crashes = 0;
  #points: readonly CrashPoint[];
  #events = 0;
  #effects = 0;
  /** Only what a pass does counts and may die. */
  #passing = false;
  #spec: RoomSpec | null = null;

  constructor(points: readonly CrashPoint[], found: RoomState) {
    this.world = new PassWorld();
    this.world.options = {
      ...this.world.options,
      versionPolicy: "off",
      convergence: { enabled: false, maxCycles: 1 },
      limits: { ...this.world.options.limits, maxEntitiesKickPerCycle: 2 },
    };
    this.#points = points;
    this.world.server.change(A_ROOM, (room) => asFound(room, found));
    this.world.restart();
    this.#watch();
  }

  /** Pushes a spec together with a confirmation of all it would remove. */
  async push(desired: DesiredRoom, keepsDmVisibility = false): Promise<void> {
    const { world } = this;
    this.#spec = desired.spec;
    const { spec, metadata } = desired.spec;
    const given = { version: metadata.version, ...spec };
    const seeds = Object.fromEntries(
      spec.artifacts.map((one) => [one.name, content(one, desired)]),
    );
    const inputs = await world.inputs(given, seeds);
    const kept = keepsDmVisibility ? { keepsDmVisibility } : {};
    const change = { head: inputs, observedRevision: inputs.revision, verifiedBefore: true };
    await world.change({ ...change, ...kept });
    const row = await world.row();
    const plan = makePlan({
      desired,
      observed: world.room(),
      capabilities: world.server.capabilities,
      notObservable: [],
      dmVisibilityRemoved: row.keepsDmVisibility,
      resources: true,
    });
    const items = removalsOf(plan);
    if (items.length > 0) await world.confirm(items, true, `yes-${inputs.revision}`);
  }

  /** One pass; a crash in it is followed by a restart. True when the room has converged. */
  async pass(): Promise<boolean> {
    this.#passing = true;
    try {
      const { report } = await this.world.pass();
      return report.outcome.kind === "converged";
    } catch (error) {
      if (!(error instanceof CrashSignal)) throw error;
      this.crashes += 1;
      this.world.restart();
      this.#watch();
      return false;
    } finally {
      this.#passing = false;
    }
  }

  #watch(): void {
    const { store, server } = this.world;
    store.beforeWrite = () => this.#event("before");
    store.afterWrite = () => this.#event("after");
    server.before = (call) => {
      this.#event("before");
      this.#check(call);
    };
    server.after = (call) => {
      this.#note(call);
      this.#event("after");
    };
  }

  #event(when: CrashPoint["when"]): void {
    if (!this.#passing) return;
    if (when === "before") this.#events += 1;
    const isDue = this.#points.some((point) => point.nth === this.#events && point.when === when);
    if (!isDue) return;
    this.#points = this.#points.filter(({ nth }) => nth !== this.#events);
    throw new CrashSignal(`${when} event ${this.#events}`);
  }

  /** What has to hold at the moment a call goes out. */
  #check({ operation, target, call }: RecordedCall): void {
    if (operation === "readState" || operation === "readFingerprint") return;
    this.#effects = this.world.server.effects.length;
    const intents = this.world.store.allIntents.filter(({ id }) => id === call.requestId);
    const [intent] = intents;
    const say = (what: string) => this.violations.push(`${operation} ${target}: ${what}`);
    if (intents.length !== 1 || intent?.state !== "open") return void say("no open intent");
    const { action } = intent;
    const artifact = this.world.room().artifacts.find(({ name }) => name === target);
    if (action.kind === "seed" && artifact?.fingerprint === action.fingerprint) say("seeded twice");
    if (action.kind === "promote" && artifact?.isPromoted === true) say("promoted twice");
    if (action.kind !== "kick" && action.kind !== "delete") return;
    if (this.#named().has(action.item)) say("the newest spec names it");
  }

  /** Notes what a call took out of the room. */
  #note({ operation, target, call }: RecordedCall): void {
    const { store, server } = this.world;
    const action = store.allIntents.find(({ id }) => id === call.requestId)?.action;
    const isRemoval = action?.kind === "kick" || action?.kind === "delete";
    if (!isRemoval || server.effects.length === this.#effects) return;
    this.#effects = server.effects.length;
    if (this.removed.includes(action.item)) this.violations.push(`${operation} ${target}: again`);
    this.removed.push(action.item);
  }

  #named(): ReadonlySet<Item> {
    const { entities = [], artifacts = [] } = this.#spec?.spec ?? {};
    return new Set([
      ...entities.map(({ id }) => toItem("entity", id)),
      ...artifacts.map(({ name }) => toItem("artifact", name)),
    ]);
  }
}

/** The text of a seed that the arbitraries made. */
function content(artifact: ArtifactSpec, { seeds }: DesiredRoom): string {
  const seed = seeds.get(artifact.name);
  const other = aSeed(artifact, "other");
  return seed?.kind === "present" && seed.oid === other.oid ? "other" : "hello";
}

/** The devserver's room that a complete state describes. */
function asFound(room: Room, found: RoomState): Room {
  return {
    ...room,
    entities: found.entities.map((entity) => ({ ...anEntity(entity.id), ...entity }) as never),
    artifacts: found.artifacts.map(({ name, type, workspace, tags, fingerprint, isPromoted }) => ({
      name,
      type: type ?? "document",
      workspace: workspace ?? "shared",
      tags: tags ?? [],
      hash: fingerprint ?? "",
      size: 1,
      createdMs: 1,
      isPromoted: isPromoted ?? false,
    })),
    policies: found.policies ?? {},
    resources: found.resources.map(({ name, type, config }) => ({
      name,
      type: type ?? "mcp-tool",
      config: config ?? {},
      status: "READY",
    })),
  };
}
