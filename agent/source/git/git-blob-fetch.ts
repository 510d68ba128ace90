import { isTransferLimit, limitExceeded, refusedObject } from "../git-failure.ts";

/** Blobs of one request that a server may not have: each costs the request once more. */
const MOST_REFUSALS = 20;

/** Answers over `PackBytes` before it is given up, next to those that many good ones take. */
const MOST_HALVINGS = 32;
/** Of these a good answer takes so many. */
const HALVINGS_EACH = 4;

export interface BlobWays {
  /** Brings blobs in one request. */
  readonly fetch: (oids: readonly string[]) => Promise<void>;
  /** One that is over `PackBytes` alone. */
  readonly skip: (oid: string) => Promise<void>;
  /** The size of one that is here; null: it is not. */
  readonly sizeOf: (oid: string) => number | null;
  readonly packBytes: number;
  /** All that one call may bring together. */
  readonly mostBytes: number;
}

/**
 * Brings many blobs. Halves what is over `PackBytes` together; what is over it alone is skipped. Leaves out what the server says
 * it does not have. Their sizes show only when they came, so what is over `mostBytes` together is given up in the middle.
 */
export class BlobFetch {
  readonly #ways: BlobWays;
  #refusals = 0;
  #halvings = 0;
  #bytes = 0;

  constructor(ways: BlobWays) {
    this.#ways = ways;
  }

  async bring(oids: readonly string[]): Promise<void> {
    const [first] = oids;
    if (first === undefined) return;
    const { fetch, skip, sizeOf } = this.#ways;
    try {
      await fetch(oids);
    } catch (error) {
      const refused = refusedObject(error);
      if (refused !== null && oids.includes(refused) && this.#refusals < MOST_REFUSALS) {
        this.#refusals += 1;
        return this.bring(oids.filter((oid) => oid !== refused));
      }
      if (!isTransferLimit(error)) throw error;
      if (oids.length === 1) return skip(first);
      this.#halve();
      const half = Math.ceil(oids.length / 2);
      await this.bring(oids.slice(0, half));
      return this.bring(oids.slice(half));
    }
    for (const oid of oids) this.#bytes += sizeOf(oid) ?? 0;
    if (this.#bytes > this.#ways.mostBytes) throw this.#tooMuch();
  }

  #halve(): void {
    const { packBytes, mostBytes } = this.#ways;
    this.#halvings += 1;
    const most = MOST_HALVINGS + HALVINGS_EACH * Math.ceil(mostBytes / packBytes);
    if (this.#halvings > most) throw this.#tooMuch();
  }

  #tooMuch(): Error {
    const { packBytes } = this.#ways;
    const what = "The files that the specs of one commit need have too many bytes together";
    return limitExceeded("PackBytes", packBytes, what);
  }
}
