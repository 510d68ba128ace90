import { endedConfirms } from "../../../agent/intake/ended-confirms.ts";
import type { Item } from "../../../agent/plan/item.ts";
import { toConfirmationRow, type Confirmation } from "../../../agent/room/confirmations.ts";
import type { ConfirmationRow } from "../../../agent/room/rows.ts";
import { withdrawals, type WithdrawalCause } from "../../../agent/room/withdrawals.ts";
import type { CommitRange } from "../../../agent/source/spec-source.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";
import { aCommitRange, type CommitStory } from "../intent/a-commit-range.ts";

export const specA = (...entities: string[]) => aRoomSpec({ roomId: "room-a", entities });
export const START = { "a.yaml": specA("e1"), "b.yaml": aRoomSpec({ roomId: "room-b" }) };
export const PATHS: Readonly<Record<string, string>> = { "a.yaml": "room-a", "b.yaml": "room-b" };

export const back: CommitStory = { files: { "a.yaml": specA("e1", "e2") } };
export const all: CommitStory = { files: { "a.yaml": specA("e1", "e2", "e3") } };
export const out: CommitStory = { files: { "a.yaml": specA("e1") } };
export const gone: CommitStory = { files: { "a.yaml": null } };
export const broken: CommitStory = { files: { "a.yaml": "broken" } };
export const other: CommitStory = {
  files: { "b.yaml": aRoomSpec({ roomId: "room-b", entities: ["x"] }) },
};
export const move: CommitStory = { files: { "a.yaml": null, "new.yaml": specA("e1") } };

export function aRow(given: Partial<Confirmation> = {}): ConfirmationRow {
  const items: readonly Item[] = ["entity/e2", "entity/e3"];
  const said = { origin: "commit", originId: "c0", actor: "Ada", named: false, items } as const;
  const time = { seenAtMs: 0, expiresAfterMs: 1000 };
  return toConfirmationRow("room-a", { ...said, source: "specs", ...given }, time);
}

export interface Given {
  readonly row?: ConfirmationRow;
  /** Who has room-a; null: its file was removed. */
  readonly owner?: string | null;
  readonly range?: Partial<CommitRange>;
  /** Its head before; null: it has not had any. */
  readonly observedHead?: string | null;
  /** The configuration took room-a from its source. */
  readonly lost?: boolean;
  readonly mayManage?: boolean;
  readonly unread?: string | null;
}

/** The room as it is on record: where its file was, and when that changed last. */
export const ROOM = {
  owner: null,
  lostOwner: { source: "old", path: "a.yaml" },
  head: { path: "a.yaml", revision: "main@sha1:c0" },
};

/** What is lost of a confirmation that waits, and how many specs were read for that. */
export async function lost(stories: readonly CommitStory[], given: Given = {}) {
  const { row = aRow(), owner = "specs", unread = null, lost = false } = given;
  const { observedHead = "c", mayManage = true } = given;
  const { range, specs } = aCommitRange(START, stories);
  let read = 0;
  const ended = await endedConfirms(
    { ...range, ...given.range },
    {
      source: { name: "specs", observedHead },
      mayManage: () => mayManage,
      roomOfPath: (path) => PATHS[path] ?? null,
      store: { readConfirmations: async () => [row], readRoom: async () => ROOM } as never,
      steady: { nowMs: () => 0 },
      owners: {
        get: () => (owner === null || lost ? null : { kind: "git", source: owner, path: "a.yaml" }),
        factOf: () => ({ lost, prunedBy: owner === null ? "specs" : null }),
      } as never,
      spec: {
        readSpecs: async (oids) => {
          read += oids.length;
          const found = oids.map((oid) => [oid, specs.get(oid) ?? null] as const);
          return { specs: new Map(unread === null ? found : []), unread };
        },
      },
    },
    new AbortController().signal,
  );
  const itemsOf = (causes: readonly WithdrawalCause[] = []) =>
    withdrawals([row], causes).flatMap(({ items }) => items);
  const taken = ended.takenOver.get("room-a");
  return {
    items: itemsOf(ended.rooms.get("room-a")),
    taken: taken === undefined ? null : itemsOf(taken),
    read,
  };
}

export const NONE: readonly string[] = [];
export const E2 = ["entity/e2"];
export const BOTH = ["entity/e2", "entity/e3"];
