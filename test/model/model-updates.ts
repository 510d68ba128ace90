import type { Item } from "../../agent/plan/item.ts";
import type { Action } from "../../agent/plan/plan.ts";
import type { Room } from "../../agent/room/room.ts";
import type { IntentRow } from "../../agent/room/rows.ts";
import type { StoreChange } from "../../agent/store/store.ts";
import type { Wish } from "./model-law.ts";
import type { ModelWatch } from "./model-watch.ts";

/** An update that was refused while everything was seen as it is: the entity has another name in the room. */
interface Refused {
  /** Of the inputs that want the update. */
  readonly digest: string;
  readonly found: string;
  readonly atMs: number;
}

/** After so long a refused update may be tried again. */
const HOUR_MS = 3_600_000;

/** A join or an update that the agent is about to send. */
interface Sending {
  readonly intent: IntentRow;
  readonly digest: string | null;
  readonly wrong: string | null;
  readonly newest: Wish | null;
  readonly verified: Wish | null;
  /** Of the world when it was meant. */
  readonly epoch: number;
  isStruck: boolean;
}

/**
 * The law over updates that are refused for good. They are not sent again within an hour while all is as it was, and no entity is out of its
 * room that may be in it with the name that it was last verified with.
 */
export class ModelUpdates {
  /** The RoomServer takes no entity that is called so. */
  refused: ReadonlySet<string> = new Set();
  readonly #watch: ModelWatch;
  readonly #nowMs: () => number;
  readonly #rows = new Map<string, Room>();
  readonly #known = new Map<string, Map<Item, Refused>>();
  readonly #sending = new Map<string, Sending>();
  /** Rooms that were read as they are since the last write to them. */
  readonly #read = new Set<string>();
  #epoch = 0;

  constructor(watch: ModelWatch, nowMs: () => number) {
    this.#watch = watch;
    this.#nowMs = nowMs;
  }

  /** The rooms in which something waits for a person. */
  get refusedRooms(): readonly string[] {
    const rows = [...this.#rows.values()];
    return rows
      .filter(({ refusedUpdates = [] }) => refusedUpdates.length > 0)
      .map(({ roomId }) => roomId);
  }

  /** Somebody else, or fate, changed a room; null: every room may be met by other answers now. */
  disturbed(roomId: string | null): void {
    this.#epoch += 1;
    if (roomId !== null) this.#known.delete(roomId);
  }

  called(requestId: string, given: { readonly roomId: string; readonly isStruck: boolean }): void {
    this.#read.delete(given.roomId);
    const sending = this.#sending.get(requestId);
    if (sending === undefined) return;
    sending.isStruck ||= given.isStruck;
    if (sending.wrong !== null) this.#watch.violations.push(`${given.roomId}: ${sending.wrong}`);
  }

  showed(roomId: string, isLie: boolean): void {
    if (isLie) this.disturbed(roomId);
    if (isLie || this.#watch.eyes.isDoubted(roomId)) this.#read.delete(roomId);
    else this.#read.add(roomId);
  }

  wrote(changes: readonly StoreChange[]): void {
    for (const change of changes) {
      if (change.kind === "room") this.#wroteRoom(change.row);
      if (change.kind === "audit" && change.record.action === "retry")
        this.#retried(change.record.metadata["room"]);
    }
    for (const change of changes) if (change.kind === "intent") this.#intended(change.row);
    for (const change of changes)
      if (change.kind === "intentEnded" && change.state === "failed") this.#failed(change.id);
  }

  #retried(room: unknown): void {
    for (const roomId of this.#known.keys()) if (roomId === room) this.#known.delete(roomId);
  }

  /** Other inputs are tried, and what was refused for those before is of no account. */
  #wroteRoom(row: Room): void {
    const before = this.#rows.get(row.roomId);
    this.#rows.set(row.roomId, row);
    if (inputsOf(before) !== inputsOf(row)) this.#known.delete(row.roomId);
  }

  #intended(intent: IntentRow): void {
    const { roomId, action, revision, phase } = intent;
    if (action.kind !== "join" && action.kind !== "replace") return;
    const row = this.#rows.get(roomId);
    const inputs = [row?.head, row?.enforced].find((one) => one?.revision === revision);
    const digest = phase === "APPLY" ? (inputs?.digest ?? null) : null;
    const { newest, verified } = this.#watch.law(roomId);
    const known = this.#known.get(roomId)?.get(action.item);
    const isSame =
      known !== undefined &&
      known.digest === digest &&
      known.found === this.#found(roomId, action) &&
      this.#nowMs() - known.atMs < HOUR_MS;
    const wrong = action.kind === "replace" && isSame ? `${action.item} is updated again` : null;
    const sending = { intent, digest, wrong, newest, verified, epoch: this.#epoch };
    this.#sending.set(intent.id, { ...sending, isStruck: false });
  }

  #failed(id: string): void {
    const sending = this.#sending.get(id);
    if (sending === undefined || sending.isStruck || sending.epoch !== this.#epoch) return;
    const { intent, digest } = sending;
    const { roomId, action } = intent;
    const found = this.#found(roomId, action);
    if (found === undefined && this.#mayBeIn(sending))
      this.#watch.violations.push(`${roomId}: ${action.item} is out, and need not be`);
    const row = this.#rows.get(roomId);
    const isEnforced = digest !== null && row?.enforced?.digest === digest;
    if (found === undefined || !isEnforced || !this.#read.has(roomId)) return;
    const known = this.#known.get(roomId) ?? new Map<Item, Refused>();
    this.#known.set(roomId, known.set(action.item, { digest, found, atMs: this.#nowMs() }));
  }

  /** The RoomServer takes it as it was before the update, or as the room was last verified. */
  #mayBeIn({ intent: { action }, newest, verified }: Sending): boolean {
    if (action.kind === "replace" && !this.refused.has(action.previous.displayName ?? ""))
      return true;
    const last = verified?.items.get(action.item);
    const isNamed = newest?.items.has(action.item) === true && newest.text !== verified?.text;
    return isNamed && last !== undefined && !this.refused.has(last);
  }

  #found(roomId: string, { item }: Action): string | undefined {
    return this.#watch.eyes.found(roomId).get(item);
  }
}

function inputsOf(row: Room | undefined): string {
  const { head, enforced, owner, headProblem } = row ?? {};
  return JSON.stringify([head?.digest, enforced?.digest, owner, headProblem]);
}
