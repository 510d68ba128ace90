import { legible } from "../../../kernel/shortened.ts";
import { gitFailure } from "../../git-failure.ts";
import { refuseErrorLine } from "./git-pkt-line.ts";
import type { Packet } from "./git-pkt-line.ts";
import type { AdvertisedRef, RefList, RefQuestion } from "./git-transport.ts";

/** What one list may hold, and what a longer one is refused with. */
export interface RefListLimit {
  readonly lines: number;
  readonly exceeded: () => Error;
}

/** What the full list of refs may be, which is read only where there is no other way. */
export const REF_LIST_BYTES = 128 * 1024 * 1024;
const REF_LIST_LINES = 2_000_000;

/** Refs that are kept out of one list. */
const MOST_KEPT = 65_536;

export const REF_LIST_LIMIT: RefListLimit = {
  lines: REF_LIST_LINES,
  exceeded: () =>
    gitFailure(
      "LimitExceeded",
      `The server's list of refs is longer than the agent reads (fixed limit: ${REF_LIST_LINES} refs, ${REF_LIST_BYTES} bytes). ` +
        "Delete refs, or serve the repository by git's protocol 2, which lists the wanted refs alone.",
    ),
};

const ZERO_ID = "0".repeat(40);
/** The end of the name under which protocol 1 lists what an annotated tag leads to, behind the tag. */
const PEELED = "^{}";

/**
 * Reads a list of refs line by line. Keeps those that are asked for; of the others it is only checked that they have an id, because
 * a name ends at a space, a NUL or the line's end and may hold any other byte. Throws `ProtocolError` for a line that is not a ref.
 */
export class RefListReader {
  readonly #limit: RefListLimit;
  readonly #keeps: RefQuestion["keeps"];
  /** Beginnings of names by their bytes, which are compared as Latin-1 text. */
  readonly #prefixes: readonly string[];
  readonly #refs = new Map<string, AdvertisedRef>();
  #lines = 0;
  #count = 0;
  #headTarget: string | null = null;

  constructor({ prefixes, keeps }: RefQuestion, limit: RefListLimit) {
    this.#limit = limit;
    this.#keeps = keeps;
    this.#prefixes = prefixes.map((prefix) => Buffer.from(prefix).toString("latin1"));
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
    if (name.endsWith(PEELED)) {
      this.#peel(name.slice(0, -PEELED.length), oid);
      return;
    }
    this.#count += 1;
    if (name === "HEAD") this.#readHead(oid, attributes);
    this.#keep(name, { oid, peeled: attributeOf(attributes, "peeled:") });
  }

  /** What the capabilities of protocol 1 say. */
  readCapabilities(capabilities: string): void {
    const [, target] = / symref=HEAD:([^ ]+)/.exec(` ${capabilities}`) ?? [];
    if (target !== undefined) this.#headTarget = target;
  }

  result(): RefList {
    return { refs: this.#refs, count: this.#count, headTarget: this.#headTarget };
  }

  #keep(bytes: string, ref: AdvertisedRef): void {
    const name = this.#wanted(bytes);
    if (name === null) return;
    refuseZeroId(name, ref.oid);
    if (ref.peeled !== null) checkPeeled(name, ref.peeled);
    refuseTwice(name, ref.oid, this.#refs.get(name)?.oid);
    this.#refs.set(name, ref);
    if (this.#refs.size > MOST_KEPT) throw this.#limit.exceeded();
  }

  #peel(bytes: string, peeled: string): void {
    const name = this.#wanted(bytes);
    const ref = name === null ? undefined : this.#refs.get(name);
    if (name === null || ref === undefined) return;
    checkPeeled(name, peeled);
    refuseTwice(`${name}${PEELED}`, peeled, ref.peeled ?? undefined);
    this.#refs.set(name, { ...ref, peeled });
  }

  /** The name as text, if it is asked for. */
  #wanted(bytes: string): string | null {
    if (!this.#prefixes.some((prefix) => bytes.startsWith(prefix))) return null;
    const name = Buffer.from(bytes, "latin1").toString("utf8");
    // Bytes that are no UTF-8 are shown as the same text as others.
    const isText = Buffer.from(name).toString("latin1") === bytes;
    return isText && this.#keeps(name) ? name : null;
  }

  #readHead(oid: string, attributes: string): void {
    refuseZeroId("HEAD", oid);
    const target = attributeOf(attributes, "symref-target:");
    if (target !== null) this.#headTarget = Buffer.from(target, "latin1").toString("utf8");
  }
}

// eslint-disable-next-line no-control-regex
const REF = /^([0-9a-f]{40}) ([^ \n\0]+)(?:[ \0](.*))?$/s;

function attributeOf(attributes: string, key: string): string | null {
  if (attributes === "") return null;
  const found = attributes.split(" ").find((attribute) => attribute.startsWith(key));
  return found === undefined ? null : found.slice(key.length);
}

function checkPeeled(name: string, peeled: string): void {
  refuseZeroId(name, peeled);
  if (/^[0-9a-f]{40}$/.test(peeled)) return;
  throw gitFailure(
    "ProtocolError",
    `The server says that the tag ${name} leads to "${legible(peeled, 80)}", which is not an object id.`,
  );
}

/** An id of zeros stands for "no commit" and is never where a ref points. */
export function refuseZeroId(name: string, oid: string): void {
  if (oid !== ZERO_ID) return;
  throw gitFailure(
    "ProtocolError",
    `The server says that ${name} points to ${ZERO_ID}, which is not a commit. Check the repository on the server with git fsck.`,
  );
}

/** Which of two ids a ref has is not known. */
function refuseTwice(name: string, oid: string, before: string | undefined): void {
  if (before === undefined || before === oid) return;
  throw gitFailure(
    "ProtocolError",
    `The server lists ${name} twice, at ${before} and at ${oid}. Check the repository on the server with git fsck.`,
  );
}

function notARef(payload: Buffer): Error {
  return gitFailure(
    "ProtocolError",
    `A line of the server's list of refs is not a ref: "${legible(payload.toString("utf8", 0, 400), 80)}"`,
  );
}
