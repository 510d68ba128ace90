import { legible } from "../kernel/shortened.ts";
import { gitFailure } from "./git-failure.ts";
import { refuseErrorLine } from "./git-pkt-line.ts";
import type { Packet } from "./git-pkt-line.ts";

/** What a list of refs says of the refs that were wanted. */
export interface RefList {
  /** The wanted refs that it names, with their ids. */
  readonly refs: ReadonlyMap<string, string>;
  /** How many refs it names, wanted or not. */
  readonly count: number;
  /** The ref that `HEAD` points to; null where it does not say. */
  readonly headTarget: string | null;
}

/** What one list may hold, and what a longer one is refused with. */
export interface RefListLimit {
  readonly lines: number;
  readonly exceeded: () => Error;
}

/** What the full list of refs may be, which is read only where there is no other way. */
export const REF_LIST_BYTES = 128 * 1024 * 1024;
const REF_LIST_LINES = 2_000_000;

export const REF_LIST_LIMIT: RefListLimit = {
  lines: REF_LIST_LINES,
  exceeded: () =>
    gitFailure(
      "LimitExceeded",
      `The server's list of refs is longer than the agent reads (fixed limit: ${REF_LIST_LINES} refs, ${REF_LIST_BYTES} bytes). ` +
        "Delete refs, or serve the repository by git's protocol 2, which lists the branch alone.",
    ),
};

const ZERO_ID = "0".repeat(40);
const SYMREF = "symref-target:";

/**
 * Reads a list of refs line by line. Keeps the wanted ones; of the others it is only checked that they have an id, because a
 * name ends at a space, a NUL or the line's end and may hold any other byte. Throws `ProtocolError` for a line that is not a ref.
 */
export class RefListReader {
  readonly #limit: RefListLimit;
  /** Wanted names by their bytes, which are compared as Latin-1 text. */
  readonly #wanted: ReadonlyMap<string, string>;
  readonly #refs = new Map<string, string>();
  #lines = 0;
  #count = 0;
  #headTarget: string | null = null;

  constructor(wanted: readonly string[], limit: RefListLimit) {
    this.#limit = limit;
    this.#wanted = new Map(wanted.map((name) => [Buffer.from(name).toString("latin1"), name]));
  }

  read(packet: Packet): void {
    this.#lines += 1;
    if (this.#lines > this.#limit.lines) throw this.#limit.exceeded();
    if (packet.kind !== "data") {
      throw gitFailure("ProtocolError", `The server's list of refs holds a ${packet.kind} mark.`);
    }
    refuseErrorLine(packet.payload);
    const line = packet.payload.toString("latin1").replace(/\n$/, "");
    // Protocol 1 names the boundary commits of a shallow server repository among the refs.
    if (/^shallow [0-9a-f]{40}$/.test(line)) return;
    const [, oid, name, attributes = ""] = REF.exec(line) ?? [];
    if (oid === undefined || name === undefined) throw notARef(packet.payload);
    this.#count += 1;
    if (name === "HEAD") this.#readHead(oid, attributes);
    const wanted = this.#wanted.get(name);
    if (wanted === undefined) return;
    refuseZeroId(wanted, oid);
    this.#refs.set(wanted, oid);
  }

  /** What the capabilities of protocol 1 say. */
  readCapabilities(capabilities: string): void {
    const [, target] = / symref=HEAD:([^ ]+)/.exec(` ${capabilities}`) ?? [];
    if (target !== undefined) this.#headTarget = target;
  }

  result(): RefList {
    return { refs: this.#refs, count: this.#count, headTarget: this.#headTarget };
  }

  #readHead(oid: string, attributes: string): void {
    refuseZeroId("HEAD", oid);
    const target = attributes.split(" ").find((attribute) => attribute.startsWith(SYMREF));
    if (target === undefined) return;
    this.#headTarget = Buffer.from(target.slice(SYMREF.length), "latin1").toString("utf8");
  }
}

// eslint-disable-next-line no-control-regex
const REF = /^([0-9a-f]{40}) ([^ \n\0]+)(?:[ \0](.*))?$/s;

/** An id of zeros stands for "no commit" and is never where a ref points. */
export function refuseZeroId(name: string, oid: string): void {
  if (oid !== ZERO_ID) return;
  throw gitFailure(
    "ProtocolError",
    `The server says that ${name} points to ${ZERO_ID}, which is not a commit. Check the repository on the server with git fsck.`,
  );
}

function notARef(payload: Buffer): Error {
  return gitFailure(
    "ProtocolError",
    `A line of the server's list of refs is not a ref: "${legible(payload.toString("utf8", 0, 400), 80)}"`,
  );
}
