import type { Rotation } from "./git-clone-events.ts";
import type { GitCredentials } from "./wire/git-credentials.ts";
import type { BringRequest, OpenClone } from "./git-open-clone.ts";
import { judgeClone } from "./git-rotation-rule.ts";
import type { CloneSize, RotationReason } from "./git-rotation-rule.ts";
import type { GitSession } from "./git-session.ts";

export interface TendRequest {
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
 * Looks after the size of a session's clone: one that grew or aged beyond its limits is replaced by a new one that holds the
 * newest head that counts and nothing before it. Everything up to that head was ingested, and the next fetch builds on it, so no
 * commit is missed.
 */
export class CloneRotation {
  readonly #session: GitSession;
  readonly #inTurn: InTurn;

  constructor(session: GitSession, inTurn: InTurn) {
    this.#session = session;
    this.#inTurn = inTurn;
  }

  /** Null when the clone may stay. Throws when it may not and could not be replaced; it is then as it was before. */
  async tend(request: TendRequest): Promise<Rotation | null> {
    const head = await this.#inTurn(() => this.#headToKeep(request.nowMs));
    if (head === null) return null;
    // This step takes long; syncs continue meanwhile.
    const spare = await this.#session.openSpare();
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
    await this.#session.clone.removeAside();
    return rotation;
  }

  /** The head of a clone that is due for rotation; null where none is due. */
  async #headToKeep(nowMs: number): Promise<string | null> {
    await this.#session.open();
    const { due } = await this.#look(nowMs);
    if (due === null) return null;
    const head = await this.#session.clone.synced();
    if (head === null && this.#unsettled() === null) await this.#session.discard("useless");
    return head;
  }

  /** Null when the clone was replaced in another way meanwhile. */
  async #replaceBy(spare: OpenClone, head: string, request: TendRequest): Promise<Rotation | null> {
    const { due, size } = await this.#look(request.nowMs);
    const newest = await this.#session.clone.synced();
    if (due === null || newest === null) return null;
    if (newest !== head) await bringAlone(spare, newest, request);
    await this.#bringUnsettled(spare, newest, request);
    const after = await spare.folder.size();
    await spare.folder.writeBirth({ atMs: request.nowMs, bytes: after.bytes });
    this.#session.replaceBy(spare);
    return { why: due, before: size, after };
  }

  /** A sync may be delivered and not settled yet: its head, and the commits up to it, must not be missing afterwards. */
  async #bringUnsettled(spare: OpenClone, newest: string, request: TendRequest): Promise<void> {
    const unsettled = this.#unsettled();
    if (unsettled !== null && unsettled !== newest) await spare.fetch(toFetch(unsettled, request));
  }

  #unsettled(): string | null {
    const { delivered, objects } = this.#session;
    return delivered !== null && objects.has(delivered) ? delivered : null;
  }

  async #look(nowMs: number): Promise<{ due: RotationReason | null; size: CloneSize }> {
    const { clone, settings } = this.#session;
    const size = (await clone.isThere()) ? await clone.size() : { packs: 0, bytes: 0 };
    if (size.packs === 0) return { due: null, size };
    const known = await clone.birth();
    const { due, birth } = judgeClone({ ...size, birth: known }, nowMs, settings.rotation);
    if (birth !== known) await clone.writeBirth(birth);
    return { due, size };
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
