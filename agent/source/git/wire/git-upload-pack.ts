import { gitFailure } from "../../git-failure.ts";
import { PackScan } from "../objects/git-pack-scan.ts";
import type { KeepBytes, PackLimits, ScannedPack } from "../objects/git-pack-scan.ts";
import { lineOf, PacketReader, refuseErrorLine } from "./git-pkt-line.ts";
import type { FetchedPack } from "./git-transport.ts";
import { quotedWords } from "./git-words.ts";

/** Commits at the border of a shallow history; a merge adds a few. */
const MOST_BORDERS = 100_000;

/** What a fetch brought. */
export interface UploadPack extends FetchedPack {
  readonly pack: ScannedPack;
}

/**
 * An answer with a pack while it comes in, of either protocol. Throws unless it is regular, brings a pack within the limits, and
 * was sent to its end without an error in between.
 */
export class UploadPackAnswer {
  readonly #packets = new PacketReader();
  readonly #scan: PackScan;
  readonly #shallow = new Set<string>();
  readonly #unshallow = new Set<string>();
  #bringsPack = false;
  #ended = false;

  constructor(limits: PackLimits, keep: KeepBytes) {
    this.#scan = new PackScan(limits, keep);
  }

  push(bytes: Buffer): void {
    for (const packet of this.#packets.push(bytes)) {
      this.#ended = packet.kind === "flush";
      if (packet.kind === "data") this.#read(packet.payload);
    }
  }

  /** To be called once, when all of the answer has come in. */
  finish(): UploadPack {
    this.#packets.finish();
    if (!this.#ended) {
      throw gitFailure("ProtocolError", "The server's pack was cut: the answer has no end mark.");
    }
    if (!this.#bringsPack) throw gitFailure("ProtocolError", "The server sent no pack.");
    const pack = this.#scan.finish();
    return { pack, skipped: pack.skipped, shallow: this.#shallow, unshallow: this.#unshallow };
  }

  #read(payload: Buffer): void {
    const band = payload[0];
    if (band === 1) {
      const piece = payload.subarray(1);
      this.#bringsPack ||= piece.length > 0;
      this.#scan.push(piece);
    } else if (band === 3) {
      const words = quotedWords(payload.toString("utf8", 1));
      throw gitFailure("ServerError", `The git server gave up while it made the pack: ${words}.`);
    } else if (band !== 2) this.#readLine(payload);
  }

  #readLine(payload: Buffer): void {
    refuseErrorLine(payload);
    const [, word, oid] = /^((?:un)?shallow) ([0-9a-f]{40})$/.exec(lineOf(payload)) ?? [];
    if (oid === undefined) return;
    if (word === "shallow") this.#shallow.add(oid);
    else this.#unshallow.add(oid);
    if (this.#shallow.size + this.#unshallow.size <= MOST_BORDERS) return;
    throw gitFailure(
      "ProtocolError",
      `The server names more than ${MOST_BORDERS} commits as the border of the history.`,
    );
  }
}
