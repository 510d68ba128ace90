import { neededSpecs, roomIntents } from "../../../agent/intent/commit-intents.ts";
import type { CommitWords } from "../../../agent/intent/commit-words.ts";
import type { Item } from "../../../agent/plan/item.ts";
import type { RoomSpec } from "../../../agent/spec/room-spec.ts";
import type { PullStep } from "../../support/a-merged-pull-request.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";

const specA = (...entities: string[]) => aRoomSpec({ roomId: "room-a", entities });
export const START = {
  "a.yaml": specA("e1", "e2", "e3"),
  "b.yaml": aRoomSpec({ roomId: "room-b", entities: ["e1"] }),
};
const PATHS: Readonly<Record<string, string>> = { "a.yaml": "room-a", "b.yaml": "room-b" };
export const LESS = { "a.yaml": specA("e1", "e2") };
export const LEAST = { "a.yaml": specA("e1") };
export const BOTH: readonly Item[] = ["entity/e2", "entity/e3"];

/** The plan of room-a that the pull request showed. */
export const SHOWN: PullStep = { plan: { "room-a": BOTH } };

/** What labels and trailers say of room-a. */
export interface Said {
  readonly confirmed: readonly Item[];
  readonly byTrailer: readonly Item[];
  readonly dryRun: "label" | "commit" | "none";
  readonly ignored: readonly string[];
}

export function intentOf(
  words: readonly CommitWords[],
  specs: ReadonlyMap<string, RoomSpec | null>,
  whyUsed: (oid: string) => string | null = () => null,
  isOwn = (roomId: string): boolean => /^room-[ab]$/.test(roomId),
): Said {
  const roomOfPath = (path: string) => PATHS[path] ?? null;
  const read = new Set(neededSpecs(words, roomOfPath));
  const { rooms, unplaced } = roomIntents({
    words,
    specs: new Map([...specs].filter(([oid]) => read.has(oid))),
    roomOfPath,
    whyUsed: ({ oid }) => whyUsed(oid),
    refusedItems: () => [],
    standingOf: (roomId) => (isOwn(roomId) ? "own" : "free"),
  });
  const room = rooms.get("room-a");
  const itemsOf = (origin: string) =>
    (room?.confirmations ?? [])
      .filter((one) => one.origin === origin)
      .flatMap(({ items }) => items);
  const { dryRun } = room ?? {};
  const isLabel = dryRun?.kind === "on" && dryRun.label !== undefined;
  return {
    confirmed: itemsOf("label").toSorted(),
    byTrailer: itemsOf("commit").toSorted(),
    dryRun: dryRun?.kind === "on" ? (isLabel ? "label" : "commit") : "none",
    ignored: [...(room?.ignored ?? []), ...unplaced].map(({ reason }) => reason),
  };
}
