import type { RoomState } from "../../agent/plan/room-state.ts";
import type { Operation } from "../../agent/roomserver/room-caller.ts";
import type {
  Call,
  CallFailure,
  PolicyWrite,
  ReadResult,
  RoomServer,
  SeedUpload,
  WriteResult,
} from "../../agent/roomserver/room-server.ts";
import type { EntitySpec, ResourceSpec } from "../../agent/spec/room-spec.ts";
import {
  deleteArtifact,
  emptyRoom,
  ensureResource,
  joinEntity,
  kickEntity,
  promoteArtifact,
  seedArtifact,
  setPolicy,
} from "../../devserver/room.ts";
import type { Change, Room } from "../../devserver/room.ts";
import { REST_CAPABILITIES } from "./a-room-state.ts";

/** A call as it came in. */
export interface RecordedCall {
  readonly operation: Operation;
  readonly roomId: string;
  /** Entity id, artifact name, policy or resource name; empty for a state read. */
  readonly target: string;
  readonly call: Call;
}

interface Script {
  readonly operation: Operation;
  /** Calls of that operation still to go before this one is played. */
  skip: number;
  left: number;
  readonly works: boolean;
  readonly result: WriteResult;
}

const READS: readonly Operation[] = ["readState", "readFingerprint"];

/** What a call answers when the server cannot be reached. */
export const UNREACHABLE: CallFailure = {
  kind: "unavailable",
  message: "no RoomServer there",
  maybeDone: false,
};

/** A RoomServer in memory with the rooms of the devserver. Records calls; fails, lies and shows what it is told to. */
export class FakeRoomServer implements RoomServer {
  capabilities = REST_CAPABILITIES;
  readonly calls: RecordedCall[] = [];
  /** Every write that changed a room, oldest first, as `operation target`. */
  readonly effects: string[] = [];
  closed = false;
  /** Runs before each call does anything: to change a room behind the agent's back, or to hold the call up. */
  before: (call: RecordedCall) => Promise<void> | void = () => undefined;
  /** Runs when a call has done its work, before its answer: a process may die in between. */
  after: (call: RecordedCall) => void = () => undefined;
  /** What a state read shows of the true state: to leave things out, to be stale, to be another room. */
  view: (state: RoomState) => RoomState = (state) => state;
  /** What it answers to the join of such an entity, whoever asks; null: it takes it. */
  refuse: (entity: EntitySpec, roomId: string) => CallFailure | null = () => null;
  readonly #rooms = new Map<string, Room>();
  #scripts: Script[] = [];

  /** The writes among the calls, as `operation target`. */
  get writes(): readonly string[] {
    return this.calls
      .filter(({ operation }) => !READS.includes(operation))
      .map(({ operation, target }) => `${operation} ${target}`);
  }

  /** The room as it truly is, for assertions. */
  room(roomId: string): RoomState {
    return toState(this.#rooms.get(roomId) ?? emptyRoom(roomId));
  }

  /** Changes a room behind the agent's back; not recorded. */
  change(roomId: string, make: (room: Room) => Room): void {
    this.#rooms.set(roomId, make(this.#rooms.get(roomId) ?? emptyRoom(roomId)));
  }

  /** The `nth` call of this operation from now (1: the next), and `times - 1` after it, do nothing and answer `result`. */
  failAt(operation: Operation, nth: number, result: WriteResult, times = 1): void {
    this.#scripts.push({ operation, skip: nth - 1, left: times, works: false, result });
  }

  /** The same, but the work is done first and only the answer is `result`. */
  failAfterWorkAt(operation: Operation, nth: number, result: WriteResult, times = 1): void {
    this.#scripts.push({ operation, skip: nth - 1, left: times, works: true, result });
  }

  /** All further calls of this operation say `done` and do nothing. */
  lie(operation: Operation): void {
    this.failAt(operation, 1, { kind: "done" }, Number.POSITIVE_INFINITY);
  }

  /** Ends every `failAt`, `failAfterWorkAt` and `lie`. */
  heal(): void {
    this.#scripts = [];
  }

  readState(roomId: string, call: Call): Promise<ReadResult<RoomState>> {
    return this.#read({ operation: "readState", roomId, target: "", call }, () =>
      this.view(this.room(roomId)),
    );
  }

  readFingerprint(roomId: string, name: string, call: Call): Promise<ReadResult<string | null>> {
    return this.#read({ operation: "readFingerprint", roomId, target: name, call }, () => {
      const artifact = this.room(roomId).artifacts.find((other) => other.name === name);
      return artifact?.fingerprint ?? null;
    });
  }

  join(roomId: string, entity: EntitySpec, call: Call): Promise<WriteResult> {
    return this.#write(
      { operation: "join", roomId, target: entity.id, call },
      409,
      (room) => this.refuse(entity, roomId) ?? joinEntity(room, entity, 1),
    );
  }

  kick(roomId: string, entityId: string, call: Call): Promise<WriteResult> {
    return this.#write({ operation: "kick", roomId, target: entityId, call }, 404, (room) =>
      kickEntity(room, entityId, 1),
    );
  }

  seed(roomId: string, { artifact, bytes }: SeedUpload, call: Call): Promise<WriteResult> {
    const { name, type, workspace } = artifact;
    const tags = artifact.tags.join(",");
    return this.#write({ operation: "seed", roomId, target: name, call }, null, (room) =>
      seedArtifact(room, { name, type, workspace, tags, bytes }, 1),
    );
  }

  promote(roomId: string, name: string, call: Call): Promise<WriteResult> {
    return this.#write({ operation: "promote", roomId, target: name, call }, null, (room) =>
      promoteArtifact(room, name, 1),
    );
  }

  deleteArtifact(roomId: string, name: string, call: Call): Promise<WriteResult> {
    return this.#write({ operation: "deleteArtifact", roomId, target: name, call }, 404, (room) =>
      deleteArtifact(room, name, 1),
    );
  }

  setPolicy(roomId: string, { policy, value }: PolicyWrite, call: Call): Promise<WriteResult> {
    return this.#write({ operation: "setPolicy", roomId, target: policy, call }, null, (room) =>
      setPolicy(room, { name: policy, value }, 1),
    );
  }

  ensureResource(roomId: string, resource: ResourceSpec, call: Call): Promise<WriteResult> {
    const { name, type, config } = resource;
    return this.#write({ operation: "ensureResource", roomId, target: name, call }, null, (room) =>
      ensureResource(room, { name, type, config }, 1),
    );
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  async #read<T>(recorded: RecordedCall, read: () => T): Promise<ReadResult<T>> {
    const script = await this.#enter(recorded);
    this.after(recorded);
    if (script === undefined) return { kind: "ok", value: read() };
    const { result } = script;
    if (result.kind === "done" || result.kind === "already") {
      throw new TypeError(`a read cannot answer "${result.kind}"`);
    }
    return result;
  }

  async #write(
    recorded: RecordedCall,
    already: 404 | 409 | null,
    make: (room: Room) => Change | CallFailure,
  ): Promise<WriteResult> {
    const script = await this.#enter(recorded);
    if (script !== undefined && !script.works) {
      this.after(recorded);
      return script.result;
    }

    const { operation, roomId, target } = recorded;
    const change = make(this.#rooms.get(roomId) ?? emptyRoom(roomId));
    if ("kind" in change) {
      this.after(recorded);
      return change;
    }
    if (change.effect) {
      this.#rooms.set(roomId, change.room);
      this.effects.push(`${operation} ${target}`);
    }
    this.after(recorded);
    if (script !== undefined) return script.result;
    if (change.finding === "done") return { kind: "done" };
    if (already !== null) return { kind: "already", status: already };
    return { kind: "refused", status: 404, message: `no "${target}" in the room` };
  }

  async #enter(recorded: RecordedCall): Promise<Script | undefined> {
    recorded.call.signal.throwIfAborted();
    this.calls.push(recorded);
    await Promise.race([this.before(recorded), aborted(recorded.call.signal)]);
    recorded.call.signal.throwIfAborted();
    const mine = this.#scripts.filter(({ operation }) => operation === recorded.operation);
    const due = mine.find(({ skip, left }) => skip === 0 && left > 0);
    for (const script of mine) if (script.skip > 0) script.skip -= 1;
    if (due !== undefined) due.left -= 1;
    return due;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function toState(room: Room): RoomState {
  return {
    roomId: room.id,
    entities: room.entities,
    artifacts: room.artifacts.map(({ name, type, workspace, tags, hash, size, isPromoted }) => ({
      name,
      type,
      workspace,
      tags,
      fingerprint: hash,
      size,
      isPromoted,
    })),
    policies: room.policies,
    resources: room.resources,
  };
}
