import { gitFailure } from "../../git-failure.ts";
import { DELIMITER, encodeLine, FLUSH, PacketReader } from "./git-pkt-line.ts";
import { RefListReader } from "./git-ref-list.ts";
import type { RefListLimit } from "./git-ref-list.ts";
import type { RefList, RefQuestion } from "./git-transport.ts";

/** The body of a protocol-2 request for the refs whose names begin with one of `prefixes`, and for what annotated tags lead to. */
export function lsRefsRequest(prefixes: readonly string[], knowsObjectFormat: boolean): Buffer {
  return Buffer.concat([
    encodeLine("command=ls-refs"),
    ...(knowsObjectFormat ? [encodeLine("object-format=sha1")] : []),
    DELIMITER,
    encodeLine("peel"),
    ...prefixes.map((prefix) => encodeLine(`ref-prefix ${prefix}`)),
    FLUSH,
  ]);
}

/** A protocol-2 list of refs while it comes in. Throws `ProtocolError` unless it is whole and regular. */
export class LsRefsAnswer {
  readonly #packets = new PacketReader();
  readonly #list: RefListReader;
  #ended = false;

  constructor(question: RefQuestion, limit: RefListLimit) {
    this.#list = new RefListReader(question, limit);
  }

  push(bytes: Buffer): void {
    for (const packet of this.#packets.push(bytes)) {
      if (this.#ended) throw gitFailure("ProtocolError", "The list of refs holds a flush mark.");
      if (packet.kind === "flush") this.#ended = true;
      else this.#list.read(packet);
    }
  }

  /** To be called once, when all of the answer has come in. */
  finish(): RefList {
    this.#packets.finish();
    if (!this.#ended) {
      throw gitFailure("ProtocolError", "The server's list of refs was cut: it has no end mark.");
    }
    return this.#list.result();
  }
}
