import { createHash } from "node:crypto";

const MOST = 1000;

/**
 * Remembers deliveries that were acted on, by id and signed content, so that one that is sent twice is noticed. Only verified
 * ones may be remembered: else anyone could make the newest ones forgotten.
 */
export class ReplayCache {
  readonly #seen = new Set<string>();

  /** True when it was remembered before. One without an id is never noticed: two equal requests may both be meant. */
  has(id: string | null, body: Uint8Array): boolean {
    return id !== null && this.#seen.has(keyOf(id, body));
  }

  /** The same, and remembers it. */
  hasOrRemembers(id: string | null, body: Uint8Array): boolean {
    const isKnown = this.has(id, body);
    this.remember(id, body);
    return isKnown;
  }

  remember(id: string | null, body: Uint8Array): void {
    if (id === null) return;
    this.#seen.add(keyOf(id, body));
    const [oldest] = this.#seen;
    if (this.#seen.size > MOST && oldest !== undefined) this.#seen.delete(oldest);
  }
}

/** The body stands for its signature, which is another one for each secret and time of sending. */
function keyOf(id: string, body: Uint8Array): string {
  return `${id} ${createHash("sha256").update(body).digest("base64")}`;
}
