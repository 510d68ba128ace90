import type { Collection, Documents } from "../room/documents.ts";
import type { Store } from "./store.ts";

/** The document of a collection that holds one at most (`ONLY`); null while there is none. */
export async function onlyDocument<C extends Collection>(
  store: Pick<Store, "readDocuments">,
  collection: C,
): Promise<Documents[C] | null> {
  const [found] = await store.readDocuments(collection);
  return found?.document ?? null;
}
