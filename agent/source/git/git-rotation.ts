import type { Rotation } from "./git-clone-events.ts";
import type { GitCredentials } from "./wire/git-credentials.ts";
import type { BringRequest, OpenClone } from "./git-open-clone.ts";
import type { KeptClone } from "./git-kept-clone.ts";
import { doubled, judgeClone } from "./git-rotation-rule.ts";
import type { CloneSize, RotationReason } from "./git-rotation-rule.ts";

export interface TendRequest {
  /** The ids of all sources that read the clone. */
  readonly readers: readonly number[];
  /** Wall time. */
  readonly nowMs: number;
  readonly credentials: GitCredentials;
  readonly signal: AbortSignal;
  /** Reports progress. */
  readonly progress: () => void;
}

/** Runs work between two syncs, never in the middle of one. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Looks after the size of a clone: one that grew or aged beyond its limits is replaced by a new one that holds the
 * newest head that counts and nothing before it. Everything up to that head was ingested, and the next fetch builds on it, so no
 * commit is missed. While its sources are at different heads a rotation waits, up to twice the limits: what each is at stays
 * readable, and so does the way to the newest.
 */
export class CloneRotation {
  readonly #clone: KeptClone;
  readonly #inTurn: InTurn;

  constructor(clone: KeptClone, inTurn: InTurn) {
    this.#clone = clone;
    this.#inTurn = inTurn;
  }

  /** Null when the clone may stay. Throws when it may not and could not be replaced; it is then as it was before. */
  async tend(request: TendRequest): Promise<Rotation | null> {
    const head = await this.#inTurn(() => this.#headToKeep(request));
    if (head === null) return null;
    // This step takes long; syncs continue meanwhile.
    const spare = await this.#clone.openSpare();
    let rotation: Rotation | null = null;
    try {
      await bringAlone(spare, head, request);
      rotation = await this.#inTurn(() => this.#replaceBy(spare, head, request));
    } finally {
      if (rotation === null) {
        spare.close();
        await spare.folder.remove();
      }
    }
    await this.#clone.folder.removeAside();
    return rotation;
  }

  /** The head of a clone that is due for rotation; null where none is due. */
  async #headToKeep(request: TendRequest): Promise<string | null> {
    await this.#clone.open();
    const { due } = await this.#look(request);
    if (due === null) return null;
    const head = await this.#clone.folder.synced();
    if (head === null && this.#unsettled().length === 0) await this.#clone.discard("useless");
    return head;
  }

  /** Null when the clone was replaced in another way meanwhile. */
  async #replaceBy(spare: OpenClone, head: string, request: TendRequest): Promise<Rotation | null> {
    const { due, size } = await this.#look(request);
    const newest = await this.#clone.folder.synced();
    if (due === null || newest === null) return null;
    if (newest !== head) await bringAlone(spare, newest, request);
    await this.#bringUnsettled(spare, newest, request);
    const after = await spare.folder.size();
    await spare.folder.writeBirth({ atMs: request.nowMs, bytes: after.bytes });
    this.#clone.replaceBy(spare);
    return { why: due, before: size, after };
  }

  /** A sync may be delivered and not settled yet: its head, and the commits up to it, must not be missing afterwards. */
  async #bringUnsettled(spare: OpenClone, newest: string, request: TendRequest): Promise<void> {
    for (const head of this.#unsettled()) {
      if (head !== newest && !spare.objects.has(head)) await spare.fetch(toFetch(head, request));
    }
  }

  #unsettled(): readonly string[] {
    const { readers, objects } = this.#clone;
    const open = [...readers.values()].filter(({ delivered, settled }) => delivered !== settled);
    return [...new Set(open.map(({ delivered }) => delivered))]
      .filter((head) => head !== null)
      .filter((head) => objects.has(head));
  }

  async #look({
    nowMs,
    readers,
  }: TendRequest): Promise<{ due: RotationReason | null; size: CloneSize }> {
    const { folder, settings } = this.#clone;
    const size = (await folder.isThere()) ? await folder.size() : { packs: 0, bytes: 0 };
    if (size.packs === 0) return { due: null, size };
    const known = await folder.birth();
    const limits = (await this.#agree(readers)) ? settings.rotation : doubled(settings.rotation);
    const { due, birth } = judgeClone({ ...size, birth: known }, nowMs, limits);
    if (birth !== known) await folder.writeBirth(birth);
    return { due, size };
  }

  /** Whether all sources are at the head that the new clone would begin with. */
  async #agree(readers: readonly number[]): Promise<boolean> {
    if (readers.length < 2) return true;
    const synced = await this.#clone.folder.synced();
    return readers.every((id) => this.#clone.readers.get(id)?.settled === synced);
  }
}

/** Brings one commit without its ancestors. */
async function bringAlone(clone: OpenClone, head: string, request: TendRequest): Promise<void> {
  await clone.fetch(toFetch(head, request), 1);
  await clone.folder.writeSynced(head);
}

function toFetch(head: string, request: TendRequest): BringRequest {
  const { credentials, signal, progress } = request;
  return { head, previous: null, credentials, signal, onReceived: progress };
}
