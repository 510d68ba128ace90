import { nearestId } from "../kernel/nearest-id.ts";
import type { RoomOnRecord } from "./recorded-rooms.ts";

/** Names of one fetch that are compared with all rooms of the source. */
const MOST_NAMES = 5;

/** Which room of a source a name means that none has; undefined: none is near. */
export function nearRooms({
  name: source,
  owners,
}: {
  readonly name: string;
  readonly owners: { readonly all: () => Iterable<RoomOnRecord> };
}): (name: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  let ids: readonly string[] | null = null;
  return (name) => {
    if (known.has(name) || known.size === MOST_NAMES) return known.get(name);
    ids ??= [...owners.all()].flatMap(({ roomId, owner }) =>
      owner?.kind === "git" && owner.source === source ? [roomId] : [],
    );
    const meant = nearestId(name, ids);
    known.set(name, meant);
    return meant;
  };
}
