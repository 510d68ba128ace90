import { canonicalJson } from "../kernel/json.ts";
import { KeyedLock } from "../kernel/keyed-lock.ts";
import type { RoomRow } from "../room/rows.ts";
import type { Store, StoreChange } from "./store.ts";
import { detourAfterPass, pastOf, wasGivenBack } from "../room/detour.ts";
import { markAfterPass } from "../room/history-mark.ts";
import { inEpoch } from "../room/plan-epoch.ts";

/**
 * Every change of a room's row goes through here. Snapshots, people and passes change the same row at the same time; each
 * reads it anew before it writes, one after the other, and a pass writes only what passes decide.
 */
export class RoomWriter {
  readonly #store: Pick<Store, "readRoom" | "readPlanEpoch" | "write">;
  readonly #written: (row: RoomRow) => void;
  readonly #forgotten: (roomId: string) => void;
  readonly #lock = new KeyedLock();

  /** `written` is called with each row that has been written, `forgotten` with each room whose row is gone. */
  constructor(
    store: Pick<Store, "readRoom" | "readPlanEpoch" | "write">,
    written: (row: RoomRow) => void = () => undefined,
    forgotten: (roomId: string) => void = () => undefined,
  ) {
    this.#store = store;
    this.#written = written;
    this.#forgotten = forgotten;
  }

  /** Reads each room, lets `change` say what follows, and writes all of it at once. */
  async update(
    roomIds: readonly string[],
    change: (rows: ReadonlyMap<string, RoomRow | null>) => Promise<readonly StoreChange[]>,
  ): Promise<void> {
    await this.#lock.run(roomIds, async () => {
      const rows = new Map<string, RoomRow | null>();
      for (const roomId of roomIds) rows.set(roomId, await this.#store.readRoom(roomId));
      const changes = await this.#begun(await change(rows), rows);
      await this.#store.write(changes);
      for (const each of changes) {
        if (each.kind === "room") this.#written(each.row);
        if (each.kind === "roomForgotten") this.#forgotten(each.roomId);
      }
    });
  }

  /** Rows that were not there before begin in the store's epoch of plan names. */
  async #begun(
    changes: readonly StoreChange[],
    rows: ReadonlyMap<string, RoomRow | null>,
  ): Promise<readonly StoreChange[]> {
    const isNew = (each: StoreChange) => each.kind === "room" && rows.get(each.row.roomId) === null;
    if (!changes.some(isNew)) return changes;
    const epoch = await this.#store.readPlanEpoch();
    return changes.map((each) =>
      each.kind === "room" && isNew(each) ? { ...each, row: inEpoch(each.row, epoch) } : each,
    );
  }

  /**
   * Writes what a pass made of `before`: its own members from `after`, the rest as it is by now. Gives back the row that was
   * written.
   */
  async writePass(
    pass: { readonly before: RoomRow; readonly after: RoomRow },
    changes: readonly StoreChange[],
  ): Promise<RoomRow> {
    const { roomId } = pass.before;
    return this.#lock.run([roomId], async () => {
      const now = await this.#store.readRoom(roomId);
      // Forgotten meanwhile: what was done is still recorded, the room does not come back.
      if (now === null) {
        await this.#store.write(changes);
        return pass.after;
      }
      const row = mergePass(now, pass);
      await this.#store.write([{ kind: "room", row }, ...changes]);
      this.#written(row);
      return row;
    });
  }
}

/** What the spec, its source and people decide is taken as it is now, not as the pass found it when it began. */
function mergePass(
  now: RoomRow,
  { before, after }: { readonly before: RoomRow; readonly after: RoomRow },
): RoomRow {
  const rewritten = markAfterPass(now.rewritten, {
    before: before.rewritten,
    after: after.rewritten,
  });
  return {
    ...after,
    ...(wasGivenBack(now, before) ? pastOf(now) : {}),
    owner: now.owner,
    lostOwner: now.lostOwner ?? null,
    head: now.head,
    lineage: now.lineage,
    rewritten,
    detour: rewritten === null ? null : detourAfterPass(now, { before, after }),
    headProblem: now.headProblem,
    observedRevision: now.observedRevision,
    dryRun: now.dryRun,
    versionConfirmed: now.versionConfirmed,
    ...(now.confirmedRequests === undefined ? {} : { confirmedRequests: now.confirmedRequests }),
    overridden: now.overridden,
    ...(now.overriddenFile === undefined ? {} : { overriddenFile: now.overriddenFile }),
    intentIgnored: now.intentIgnored,
    quarantine: quarantineOf(now, { before, after }),
    warnings: now.head?.digest === before.head?.digest ? after.warnings : now.warnings,
  };
}

/** Passes put it there; new inputs and people lift it, whatever a pass that began before them knows. */
function quarantineOf(
  now: RoomRow,
  { before, after }: { readonly before: RoomRow; readonly after: RoomRow },
): RoomRow["quarantine"] {
  const isSame = canonicalJson(before.quarantine) === canonicalJson(after.quarantine);
  return isSame || now.head?.digest !== before.head?.digest ? now.quarantine : after.quarantine;
}
