import type { EntitySpec } from "../../spec/room-spec.ts";
import type { Room } from "../../room/room.ts";
import type { Store } from "../../store/store.ts";

/** An entity as older inputs name it. */
export interface OlderEntity {
  readonly entity: EntitySpec;
  readonly revision: string;
}

/**
 * An entity as the inputs name it that the room was last verified at. Null where those do not, the newest inputs do not name it
 * any more, or the store lacks a spec.
 */
export async function olderEntity(
  { verified, head }: Pick<Room, "verified" | "head">,
  id: string,
  store: Pick<Store, "readSpec">,
): Promise<OlderEntity | null> {
  if (verified === null || head === null || verified.digest === head.digest) return null;
  const find = async (specOid: string) => {
    const spec = await store.readSpec(specOid);
    return spec?.spec.entities.find((entity) => entity.id === id);
  };
  const entity = await find(verified.specOid);
  if (entity === undefined || (await find(head.specOid)) === undefined) return null;
  return { entity, revision: verified.revision };
}
