import { toIso } from "../../agent/kernel/clock.ts";
import { confirmAtArrival, type AskedConfirm } from "../../agent/room/request-confirm.ts";
import type { Item } from "../../agent/plan/item.ts";
import type { DesiredRoom, SeedState } from "../../agent/plan/plan.ts";
import type { RoomState } from "../../agent/plan/room-state.ts";
import { CorrectionCounts } from "../../agent/reconcile/correction-counts.ts";
import { FirstSettling } from "../../agent/reconcile/sending/first-settling.ts";
import { FingerprintCache } from "../../agent/reconcile/desired-room.ts";
import type {
  PassCause,
  PassSignals,
  ReconcileDeps,
  ReconcileOptions,
} from "../../agent/reconcile/pass.ts";
import { previewRoom, type RoomPreview } from "../../agent/reconcile/preview-room.ts";
import { Reconciler, type Reconciled } from "../../agent/reconcile/reconciler.ts";
import { SteadyTime } from "../../agent/kernel/steady-time.ts";
import { closedGate, type WriteGate } from "../../agent/room/write-gate.ts";
import { ObserveOnly } from "../../agent/reconcile/observe-only.ts";
import { RoomWriter } from "../../agent/store/room-writer.ts";
import { StateCache } from "../../agent/reconcile/state-cache.ts";
import { inputsDigest, specDigest } from "../../agent/spec/digest.ts";
import type { ArtifactSpec } from "../../agent/spec/room-spec.ts";
import type { RoomInputs, Room, SeedRef } from "../../agent/room/room.ts";
import type { StoreChange } from "../../agent/store/store.ts";
import { aSeed } from "./a-desired-room.ts";
import { A_ROOM, aRoomSpec, type RoomSpecGiven } from "./a-room-spec.ts";
import { aConfirmation, aRoomRow } from "./a-row.ts";
import { aTrail } from "./a-trail.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeMetrics } from "./fake-metrics.ts";
import { FakeRoomServer } from "./fake-room-server.ts";
import { MemoryStore } from "./memory-store.ts";
import { DEFAULT_LIMITS } from "./some-facts.ts";
import { SIGNALS } from "./some-signals.ts";

/** How long a read serves interval passes, in ms. */
export const STALE_MS = 5000;

export const DEFAULT_OPTIONS: ReconcileOptions = {
  limits: DEFAULT_LIMITS,
  resources: true,
  versionPolicy: "monotonic",
  rollback: { mode: "on-critical", failureRatio: 0.5 },
  confirmationExpiresMs: 86_400_000,
  convergence: { enabled: true, maxCycles: 3 },
  readBeforeApply: true,
  staleToleranceMs: 0,
  isRoomAllowed: () => true,
  driftOf: () => null,
  windows: { closedFor: () => null },
  prunes: () => false,
};

/** What a seed holds: its text, or why it cannot be used. */
export type SeedsGiven = Readonly<Record<string, string | SeedState>>;

export interface AskedPass extends Partial<Omit<PassCause, "confirm">> {
  readonly confirm?: AskedConfirm;
}

/** A reconciler on doubles: one room, whose specs are pushed as if a source had taken them in. */
export class PassWorld {
  readonly clock = new FakeClock();
  readonly steady = new SteadyTime(this.clock, null);
  readonly metrics = new FakeMetrics();
  server = new FakeRoomServer();
  store = new MemoryStore(() => this.clock.nowMs());
  reconciler: Reconciler;
  rooms = new RoomWriter(this.store);
  observeOnly = new ObserveOnly(this.store, null);
  /** Others that a test closes. */
  gates: readonly WriteGate[] = [];
  readonly #closable: WriteGate = { closedFor: (room) => closedGate(this.gates, room) };
  options: ReconcileOptions;
  cache = new StateCache(this.clock, STALE_MS);
  #ids = 0;
  #commits = 0;

  constructor(options: Partial<ReconcileOptions> = {}) {
    this.options = { ...DEFAULT_OPTIONS, ...options };
    this.reconciler = this.#reconciler();
  }

  /** What the agent is after a crash: nothing but the store and the server are left. */
  restart(options: Partial<ReconcileOptions> = {}): void {
    this.options = { ...this.options, ...options };
    this.store = this.store.reopen();
    this.cache = new StateCache(this.clock, STALE_MS);
    this.rooms = new RoomWriter(this.store);
    this.observeOnly = new ObserveOnly(this.store, this.observeOnly.state);
    this.reconciler = this.#reconciler();
  }

  /** Makes inputs of a spec and stores its text and seeds. The text of a seed is `hello` unless `seeds` says more. */
  async inputs(given: RoomSpecGiven = {}, seeds: SeedsGiven = {}): Promise<RoomInputs> {
    this.#commits += 1;
    const spec = aRoomSpec(given);
    const digest = specDigest(spec);
    const changes: StoreChange[] = [
      { kind: "spec", specOid: `blob-${digest}`, text: Buffer.from(JSON.stringify(spec)), spec },
    ];
    const refs = new Map<string, SeedRef>();
    for (const artifact of spec.spec.artifacts) {
      if (artifact.seedFrom === null) continue;
      const seed = toSeed(artifact, seeds[artifact.name]);
      refs.set(artifact.seedFrom, seed.ref);
      if (seed.change !== null) changes.push(seed.change);
    }
    await this.store.write(changes);
    return {
      digest: inputsDigest(digest, [...refs.values()]),
      specOid: `blob-${digest}`,
      specDigest: digest,
      specVersion: spec.metadata.version,
      path: "rooms/harbor7.room.yaml",
      seeds: [...refs.values()],
      revision: `main@sha1:${this.#commits}`,
      author: "Ada <ada@example.org>",
      committedAt: toIso(this.clock.nowMs()),
    };
  }

  /** A commit that makes this spec the newest of the room; `over` is what else the intake says. */
  async push(
    given: RoomSpecGiven = {},
    seeds: SeedsGiven = {},
    over: Partial<Room> = {},
  ): Promise<RoomInputs> {
    const head = await this.inputs(given, seeds);
    await this.change({ head, observedRevision: head.revision, headProblem: null, ...over });
    return head;
  }

  /** Pushes a spec and brings the room there. */
  async verified(given: RoomSpecGiven = {}, seeds: SeedsGiven = {}): Promise<RoomInputs> {
    const inputs = await this.push(given, seeds);
    const { report } = await this.pass({ confirm: true });
    if (report.outcome.kind !== "converged") throw new Error(JSON.stringify(report));
    this.forget();
    return inputs;
  }

  /** Forgets the calls and metrics so far, so that a test sees its own. */
  forget(): void {
    this.server.calls.length = 0;
    this.server.effects.length = 0;
    this.metrics.told.length = 0;
  }

  async change(members: Partial<Room>): Promise<void> {
    const before = (await this.store.readRoom(A_ROOM)) ?? aRoomRow();
    await this.store.write([{ kind: "room", row: { ...before, ...members } }]);
  }

  async confirm(items: readonly Item[], named = false, id = `yes-${items.join()}`): Promise<void> {
    const row = aConfirmation({ id, items, named });
    await this.store.write([{ kind: "confirmation", row }]);
  }

  /** The items that living confirmations still cover. */
  async covered(): Promise<readonly Item[]> {
    const rows = await this.store.readConfirmations(A_ROOM, this.clock.nowMs());
    return rows.flatMap(({ items, used }) => items.filter((item) => !used.includes(item)));
  }

  async row(): Promise<Room> {
    const row = await this.store.readRoom(A_ROOM);
    if (row === null) throw new Error("no row of the room");
    return row;
  }

  room(): RoomState {
    return this.server.room(A_ROOM);
  }

  /** `confirm` as a request says it: what it is worth follows from what the room shows now. */
  async pass(asked: AskedPass = {}, signals: Partial<PassSignals> = {}): Promise<Reconciled> {
    const { confirm: word = false, ...cause } = asked;
    const row = await this.store.readRoom(A_ROOM);
    const confirm = confirmAtArrival(word, row, cause.posted?.digest ?? null);
    this.#ids += 1;
    return this.reconciler.reconcile(
      A_ROOM,
      {
        trigger: "git",
        correlationId: `pass-${this.#ids}`,
        actor: "operator",
        confirm,
        dryRun: false,
        retry: false,
        posted: null,
        carried: null,
        alsoFor: [],
        ...cause,
      },
      { ...SIGNALS, ...signals },
    );
  }

  /** Passes until the room has converged; fails after `most`. Gives back how each ended. */
  async converge(most = 6, cause: AskedPass = {}): Promise<readonly string[]> {
    const ends: string[] = [];
    for (let at = 0; at < most; at += 1) {
      const { report } = await this.pass(cause);
      ends.push(report.outcome.kind);
      if (report.outcome.kind === "converged") return ends;
    }
    const { report } = await this.pass(cause);
    throw new Error(`not converged: ${ends.join()}: ${JSON.stringify(report)}`);
  }

  /** The audit's actions, oldest first; with `outcome`, where a record has one. */
  async audit(): Promise<readonly string[]> {
    const records = await this.store.readAudit({ count: 10_000, roomId: A_ROOM });
    return records.map(({ action, metadata }) =>
      [
        action,
        metadata["entityId"] ?? metadata["artifact"] ?? metadata["policy"],
        metadata["outcome"],
      ]
        .filter((part) => typeof part === "string")
        .join(" "),
    );
  }

  /** How each action of the newest pass ended, as its audit record says it: item, state, reason. */
  async ends(): Promise<readonly string[]> {
    const records = await this.store.readAudit({ count: 10_000, roomId: A_ROOM });
    const last = records.at(-1)?.correlationId;
    return records
      .filter(({ correlationId, metadata }) => correlationId === last && "requestId" in metadata)
      .filter(({ action }) => !action.endsWith(".intended"))
      .map(({ metadata }) =>
        [metadata["item"], metadata["outcome"], metadata["reason"]]
          .filter((part) => typeof part === "string")
          .join(" "),
      );
  }

  /** The states of all intents there ever were, as `kind item state`. */
  intents(): readonly string[] {
    return this.store.allIntents.map(
      ({ action, state }) => `${action.kind} ${action.item} ${state}`,
    );
  }

  /** What a pass over other inputs would do. */
  preview(inputs: RoomInputs, desired: DesiredRoom, roomId: string = A_ROOM): Promise<RoomPreview> {
    const owner = { source: "main", path: inputs.path ?? "" };
    const request = { roomId, ...owner, inputs, desired, correlationId: "preview" };
    return previewRoom(request, this.#deps(), new AbortController().signal);
  }

  #reconciler(): Reconciler {
    return new Reconciler(this.#deps(), this.metrics);
  }

  #deps(): ReconcileDeps {
    const { store, rooms, clock, server } = this;
    const newId = () => {
      this.#ids += 1;
      return `id-${this.#ids}`;
    };
    return {
      store,
      rooms,
      trail: aTrail({ clock, newId }),
      server,
      clock,
      newId,
      cache: this.cache,
      run: `run-${this.#ids}`,
      corrections: new CorrectionCounts(clock),
      fingerprints: new FingerprintCache(),
      firstSettling: new FirstSettling(),
      steady: this.steady,
      gates: [this.#closable, this.observeOnly],
      observeOnly: this.observeOnly,
      options: this.options,
    };
  }
}

function toSeed(
  artifact: ArtifactSpec,
  given: string | SeedState | undefined,
): { readonly ref: SeedRef; readonly change: StoreChange | null } {
  const path = String(artifact.seedFrom);
  if (typeof given === "object" && given.kind === "unusable") {
    return { ref: { path, ...given }, change: null };
  }
  const content = typeof given === "string" ? given : "hello";
  const { oid, size } = aSeed(artifact, content);
  const change: StoreChange = { kind: "seed", oid, bytes: Buffer.from(content) };
  return { ref: { path, kind: "present", oid, size }, change };
}
