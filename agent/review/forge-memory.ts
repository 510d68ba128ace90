import type { ForgeLabel } from "../forge/forge.ts";
import type { ForgeRow } from "../room/shown-plan.ts";
import { readForge } from "../store/shown-plans.ts";
import type { Store } from "../store/store.ts";

/** What is remembered of a source's forge; the only writer of its document. */
export class ForgeMemory {
  readonly #source: string;
  readonly #store: Pick<Store, "readDocuments" | "write">;
  #row: ForgeRow | null = null;

  constructor(source: string, store: Pick<Store, "readDocuments" | "write">) {
    this.#source = source;
    this.#store = store;
  }

  async row(): Promise<ForgeRow> {
    this.#row ??= await readForge(this.#store, this.#source);
    return this.#row;
  }

  async noteOwnId(ownId: string): Promise<void> {
    const row = await this.row();
    if (row.ownId !== ownId) await this.#write({ ...row, ownId });
  }

  /** Pins the ids of labels by their names. An id that is pinned stays: a label of that name with another id is another label. */
  async noteLabels(labels: readonly ForgeLabel[]): Promise<void> {
    const row = await this.row();
    const labelIds = { ...row.labelIds };
    const byId = labels.toSorted((one, other) => Number(one.id) - Number(other.id));
    for (const { id, name } of byId) if (id !== null) labelIds[name] ??= id;
    if (Object.keys(labelIds).length > Object.keys(row.labelIds).length)
      await this.#write({ ...row, labelIds });
  }

  async #write(document: ForgeRow): Promise<void> {
    await this.#store.write([
      { kind: "document", collection: "forge", key: this.#source, document },
    ]);
    this.#row = document;
  }
}
