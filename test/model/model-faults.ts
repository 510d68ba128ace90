import type { RoomState } from "../../agent/plan/room-state.ts";
import type { ReadResult, RoomServer, WriteResult } from "../../agent/roomserver/room-server.ts";
import type { SourceFailure, SpecSource } from "../../agent/source/spec-source.ts";
import type { SourceFailureReason } from "../../agent/status/source-failures.ts";
import type { FakeRoomServer } from "../support/fake-room-server.ts";
import type { FakeSpecSource } from "../support/fake-spec-source.ts";
import { TOLERANCE_MS } from "./model-eyes.ts";
import type { ModelUpdates } from "./model-updates.ts";
import type { ModelWatch } from "./model-watch.ts";

/** What a RoomServer in trouble does with the next calls; `forget`: it says yes to a write and does nothing. */
export const SERVER_FAULTS = [
  "down",
  "lost",
  "lostAfter",
  "refuse",
  "refuseMost",
  "unauthorized",
  "forget",
] as const;
export type ServerFault = (typeof SERVER_FAULTS)[number];

/** What a git server in trouble does at the next polls, or in the middle of a fetch. */
export const GIT_FAULTS = [
  "Unreachable",
  "RateLimited",
  "RepositoryEmpty",
  "BranchMissing",
  "CorruptPack",
  "WorkerFailed",
] as const satisfies readonly SourceFailureReason[];
export type GitFault = (typeof GIT_FAULTS)[number];

/** What a RoomServer shows of a room for a moment that is not true: nothing, other things, another room, or one thing alone. */
export const LIES = ["empty", "foreign", "otherRoom", "one"] as const;
export type Lie = (typeof LIES)[number];

/** A lie is over before it can be told a second time. */
const LIE_MS = TOLERANCE_MS - 1;

function liedAbout(state: RoomState, lie: Lie): RoomState {
  const bare = { ...state, entities: [], artifacts: [] };
  switch (lie) {
    case "empty":
      return bare;
    case "foreign":
      return { ...bare, entities: ["Z1", "Z2", "Z3"].map((id) => ({ id, kind: "agent" })) };
    case "otherRoom":
      return { ...state, roomId: "room-elsewhere" };
    case "one":
      return { ...state, entities: state.entities.slice(0, 1), artifacts: [] };
  }
}

const FAILURES = {
  down: { kind: "unavailable", message: "down", maybeDone: false },
  lost: { kind: "unavailable", message: "no answer", maybeDone: true },
  lostAfter: { kind: "unavailable", message: "no answer", maybeDone: true },
  refuse: { kind: "refused", status: 400, message: "no" },
  refuseMost: { kind: "refused", status: 422, message: "not this" },
  unauthorized: { kind: "unauthorized", status: 401, message: "who are you" },
  forget: { kind: "done" },
} as const satisfies Record<ServerFault, WriteResult>;

const NO_NAME = { kind: "refused", status: 422, message: "not that name" } as const;

/** They strike no read. */
const WRITE_FAULTS: readonly ServerFault[] = ["refuse", "refuseMost", "forget"];

/** The two servers as the agent meets them: in trouble when told to be, and watched all the time. */
export class ModelFaults {
  server: { readonly kind: ServerFault; left: number } | null = null;
  git: { readonly kind: GitFault; left: number } | null = null;
  /** What is shown of a room that is not true, from the first time it is read on. */
  lie: { readonly room: string; readonly kind: Lie; sinceMs: number | null } | null = null;
  /** What the next polls are answered with by a replica that lags. */
  lag: { readonly head: string; left: number } | null = null;
  /** A poll got through since this was set to false. */
  reached = false;
  /** The RoomServer takes no entity that is called so. */
  names: ReadonlySet<string> = new Set();
  readonly #watch: ModelWatch;
  readonly #updates: ModelUpdates;
  readonly #nowMs: () => number;
  /** Rooms a call is under way for. */
  readonly #busy = new Set<string>();

  /** `nowMs`: time as things expire by it. */
  constructor(watch: ModelWatch, updates: ModelUpdates, nowMs: () => number) {
    this.#watch = watch;
    this.#updates = updates;
    this.#nowMs = nowMs;
  }

  heal(): void {
    this.server = null;
    this.git = null;
    this.lie = null;
    this.lag = null;
    this.reached = false;
    this.refuseNames([]);
  }

  refuseNames(names: readonly string[]): void {
    this.names = new Set(names);
    this.#updates.refused = this.names;
    this.#updates.disturbed(null);
  }

  source(source: FakeSpecSource): SpecSource {
    return {
      name: source.name,
      poll: async (signal, { fresh = false } = {}) => {
        const failure = this.#gitFailure("poll");
        this.reached ||= failure === null;
        if (failure !== null) return failure;
        const answer = await source.poll(signal, { fresh });
        const head = answer.kind === "head" ? this.#lagged(answer.head) : "";
        this.#watch.heads.polled({ head, fresh, atMs: this.#nowMs() });
        return answer.kind === "head" ? { kind: "head", head } : answer;
      },
      sync: async (request, signal) => {
        const before = this.#gitFailure("CorruptPack");
        if (before !== null) return before;
        const result = await source.sync(
          {
            ...request,
            onCommits: async (range) => {
              this.#watch.toldCommits(range, request.head);
              await request.onCommits(range);
            },
            onFiles: async (files) => {
              for (const file of files) this.#watch.toldFile(file);
              await request.onFiles(files);
            },
          },
          signal,
        );
        const after = this.#gitFailure("WorkerFailed");
        if (after === null && result.kind === "ready") this.#watch.toldAll(result);
        return after ?? result;
      },
      readSpecs: (oids, signal) => source.readSpecs(oids, signal),
      readSeeds: (head, paths) => source.readSeeds(head, paths),
      settle: (head, signal) => source.settle(head, signal),
      close: () => source.close(),
    };
  }

  #lagged(head: string): string {
    const { lag } = this;
    if (lag === null) return head;
    lag.left -= 1;
    if (lag.left <= 0) this.lag = null;
    return lag.head;
  }

  /** `at` is `poll`, or the fault that strikes at this moment of a fetch. */
  #gitFailure(at: "poll" | GitFault): SourceFailure | null {
    const fault = this.git;
    const inFetch = fault?.kind === "CorruptPack" || fault?.kind === "WorkerFailed";
    if (fault === null || (at === "poll" ? inFetch : at !== fault.kind)) return null;
    fault.left -= 1;
    if (fault.left <= 0) this.git = null;
    const wait = fault.kind === "RateLimited" ? { retryAfterMs: 30_000 } : {};
    return { kind: "failed", reason: fault.kind, message: "a fault", ...wait };
  }

  roomServer(server: FakeRoomServer): RoomServer {
    let effects = server.effects.length;
    server.refuse = ({ displayName }) => (this.names.has(displayName ?? "") ? NO_NAME : null);
    server.after = ({ operation, target, roomId, call: { requestId } }) => {
      const isEffect = server.effects.length > effects;
      effects = server.effects.length;
      if (isEffect) this.#watch.changed(operation, target, { roomId, requestId });
    };
    return new Proxy<RoomServer>(server, {
      get: (_server, name) => {
        const member: unknown = Reflect.get(server, name, server);
        if (typeof member !== "function" || name === "close") return member;
        return (...args: unknown[]) => {
          const run = () => Reflect.apply(member, server, args) as Promise<Answer>;
          return this.#call({ operation: String(name), args }, run);
        };
      },
    });
  }

  async #call(asked: Asked, run: () => Promise<Answer>): Promise<Answer> {
    const { operation, args } = asked;
    const roomId = String(args[0]);
    const { requestId } = args.at(-1) as { requestId: string };
    const target = targetOf(args[1]);
    const isRead = operation.startsWith("read");
    if (this.#busy.has(roomId)) this.#watch.violations.push(`${roomId}: two calls at a time`);
    this.#busy.add(roomId);
    if (!isRead) this.#watch.calling(operation, target, { roomId, requestId });
    try {
      const fault = this.#takeServerFault(isRead);
      if (!isRead) this.#updates.called(requestId, { roomId, isStruck: fault !== null });
      if (fault !== null && fault !== "lostAfter") return FAILURES[fault];
      const result = this.#shown(asked, await run());
      return fault === null ? result : FAILURES[fault];
    } finally {
      this.#busy.delete(roomId);
    }
  }

  /** The answer as the agent gets it, which may be a lie about its room. */
  #shown({ operation, args }: Asked, result: Answer): Answer {
    if (operation !== "readState" || result.kind !== "ok") return result;
    const roomId = String(args[0]);
    const { lie } = this;
    const { eyes } = this.#watch;
    const row = this.#watch.row(roomId);
    const isLie = lie?.room === roomId && this.#nowMs() < (lie.sinceMs ?? Infinity) + LIE_MS;
    this.#updates.showed(roomId, isLie);
    if (!isLie) {
      eyes.showed(row, roomId, null);
      return result;
    }
    lie.sinceMs ??= this.#nowMs();
    const value = liedAbout(result.value, lie.kind);
    eyes.showed(row, roomId, value);
    return { kind: "ok", value };
  }

  #takeServerFault(isRead: boolean): ServerFault | null {
    const fault = this.server;
    if (fault === null || (isRead && WRITE_FAULTS.includes(fault.kind))) return null;
    fault.left -= 1;
    if (fault.left <= 0) this.server = null;
    const isSpared = fault.kind === "refuseMost" && fault.left % 3 === 0;
    return isSpared ? null : fault.kind;
  }
}

type Answer = WriteResult | ReadResult<RoomState>;

interface Asked {
  readonly operation: string;
  readonly args: readonly unknown[];
}

function targetOf(given: unknown): string {
  if (typeof given === "string") return given;
  const named = given as {
    readonly id?: string;
    readonly name?: string;
    readonly policy?: string;
    readonly artifact?: { readonly name: string };
  };
  return String(named.id ?? named.artifact?.name ?? named.policy ?? named.name);
}
