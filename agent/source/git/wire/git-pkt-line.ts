import { quoted } from "../../../kernel/quoted.ts";
import { gitFailure } from "../../git-failure.ts";
import { quotedWords } from "./git-words.ts";

/** One packet of git's wire format. `delimiter` and `responseEnd` exist in protocol 2 alone. */
export type Packet =
  | { readonly kind: "data"; readonly payload: Buffer }
  | { readonly kind: "flush" | "delimiter" | "responseEnd" };

export const FLUSH = Buffer.from("0000");
export const DELIMITER = Buffer.from("0001");

/** One data packet with a line of text; the newline is added. */
export function encodeLine(text: string): Buffer {
  const payload = Buffer.from(`${text}\n`);
  return Buffer.concat([Buffer.from((payload.length + 4).toString(16).padStart(4, "0")), payload]);
}

/**
 * Splits an answer into packets while it comes in. Throws `ProtocolError` where it holds a length that cannot be, and at its
 * end when it is empty or cut inside a packet. Payloads are views of what came in.
 */
export class PacketReader {
  /** The beginning of a packet whose end has not come yet. */
  #rest: Buffer = Buffer.alloc(0);
  #empty = true;

  /** The packets that are whole now. */
  push(chunk: Buffer): readonly Packet[] {
    if (chunk.length > 0) this.#empty = false;
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const packets: Packet[] = [];
    let offset = 0;
    while (offset + 4 <= bytes.length) {
      const length = packetLength(bytes, offset);
      const end = offset + Math.max(length, 4);
      if (end > bytes.length) break;
      const payload = bytes.subarray(offset + 4, end);
      packets.push(length < 4 ? { kind: SPECIAL[length] ?? "flush" } : { kind: "data", payload });
      offset = end;
    }
    this.#rest = bytes.subarray(offset);
    return packets;
  }

  /** To be called when no more will come. */
  finish(): void {
    if (this.#empty) throw gitFailure("ProtocolError", "The server's answer is empty.");
    if (this.#rest.length > 0) {
      // Half of a length is none.
      if (this.#rest.length < 4) packetLength(this.#rest, 0);
      throw gitFailure("ProtocolError", "The server's answer was cut inside a packet.");
    }
  }
}

/** The packets of an answer that is all there. Throws `ProtocolError` as `PacketReader` does. */
export function parsePackets(body: Buffer): readonly Packet[] {
  const reader = new PacketReader();
  const packets = reader.push(body);
  reader.finish();
  return packets;
}

const SPECIAL: Readonly<Record<number, "flush" | "delimiter" | "responseEnd">> = {
  0: "flush",
  1: "delimiter",
  2: "responseEnd",
};

function packetLength(body: Buffer, offset: number): number {
  const text = body.subarray(offset, offset + 4).toString("latin1");
  const length = /^[0-9a-f]{4}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN;
  if (Number.isNaN(length) || length === 3) {
    const preview = quoted(body.subarray(offset, offset + 40).toString("latin1"));
    throw gitFailure(
      "ProtocolError",
      `The server's answer is not git's protocol: it continues with ${preview}. Check that the URL names a repository.`,
    );
  }
  return length;
}

/** The text of a data packet without its newline. */
export function lineOf(payload: Buffer): string {
  return payload.toString("utf8").replace(/\n$/, "");
}

/** Throws `ProtocolError` for a line by which a server reports an error inside a good answer. */
export function refuseErrorLine(payload: Buffer): void {
  if (payload.toString("latin1", 0, 4) !== "ERR ") return;
  const words = quotedWords(payload.toString("utf8", 4));
  throw gitFailure("ProtocolError", `The git server reports an error: ${words}.`);
}
