import { legible } from "../../../kernel/shortened.ts";
import { gitFailure } from "../../git-failure.ts";
import { lineOf, PacketReader, refuseErrorLine } from "./git-pkt-line.ts";
import type { Packet } from "./git-pkt-line.ts";
import { RefListReader } from "./git-ref-list.ts";
import type { RefListLimit } from "./git-ref-list.ts";
import type { RefList, RefQuestion } from "./git-transport.ts";

/** What a server says of itself and, in the older protocol, of its refs. */
export type Advertisement =
  | { readonly version: 2; readonly capabilities: ReadonlyMap<string, string> }
  | ({ readonly version: 1; readonly capabilities: ReadonlySet<string> } & RefList);

/** What is read next. */
type Part = "service" | "serviceEnd" | "first" | "capabilities" | "refs" | "end";

/** A server has a dozen capabilities. */
const MAX_CAPABILITIES = 1000;

/**
 * An answer to `GET info/refs` while it comes in, of either protocol. Throws `ProtocolError` unless it is whole and regular,
 * and for a SHA-256 repository.
 */
export class AdvertisementAnswer {
  readonly #packets = new PacketReader();
  readonly #list: RefListReader;
  #part: Part = "service";
  #hasService = false;
  #version: 1 | 2 = 1;
  readonly #lines: string[] = [];
  /** Protocol 1 says so in a line of its own. */
  #saysNoRefs = false;

  /** `isBare`: it comes without the line and the mark that smart HTTP puts in front. */
  constructor(question: RefQuestion, limit: RefListLimit, isBare = false) {
    this.#list = new RefListReader(question, limit);
    if (isBare) {
      this.#hasService = true;
      this.#part = "first";
    }
  }

  /** True when its end mark has come. */
  get isWhole(): boolean {
    return this.#part === "end";
  }

  push(bytes: Buffer): void {
    for (const packet of this.#packets.push(bytes)) this.#read(packet);
  }

  /** To be called once, when all of the answer has come in. */
  finish(): Advertisement {
    this.#packets.finish();
    if (this.#part !== "end") {
      throw gitFailure("ProtocolError", "The server's advertisement was cut: it has no end mark.");
    }
    if (this.#version === 2) {
      return { version: 2, capabilities: capabilitiesOf(this.#lines) };
    }
    const list = this.#list.result();
    const capabilities = new Set(this.#lines.flatMap((line) => line.split(" ")));
    return { version: 1, capabilities, ...list };
  }

  #read(packet: Packet): void {
    if (packet.kind === "data") refuseErrorLine(packet.payload);
    switch (this.#part) {
      case "service":
        if (
          packet.kind === "data" &&
          lineOf(packet.payload).startsWith("# service=git-upload-pack")
        ) {
          this.#hasService = true;
          this.#part = "serviceEnd";
        } else this.#readFirst(packet);
        return;
      case "serviceEnd":
        if (packet.kind !== "flush") {
          throw gitFailure(
            "ProtocolError",
            "The server's advertisement does not begin as git's does.",
          );
        }
        this.#part = "first";
        return;
      case "first":
        this.#readFirst(packet);
        return;
      case "capabilities":
        if (packet.kind === "flush") this.#part = "end";
        else if (packet.kind === "data") this.#keep(lineOf(packet.payload));
        return;
      case "refs":
        this.#readRef(packet);
        return;
      case "end":
        throw gitFailure(
          "ProtocolError",
          "The server's advertisement continues after its end mark.",
        );
    }
  }

  #readFirst(packet: Packet): void {
    // git sends nothing at all between the marks when a repository has no ref.
    if (packet.kind === "flush" && this.#hasService) this.#part = "end";
    else if (packet.kind !== "data") {
      throw gitFailure("ProtocolError", "The server advertises neither refs nor capabilities.");
    } else if (lineOf(packet.payload) === "version 2") {
      this.#version = 2;
      this.#part = "capabilities";
    } else {
      this.#part = "refs";
      this.#readFirstRef(packet.payload);
    }
  }

  /** The first line carries the capabilities behind a NUL; a repository without refs has a line of its own for them. */
  #readFirstRef(payload: Buffer): void {
    const end = payload.indexOf(0);
    if (end === -1) {
      throw gitFailure("ProtocolError", "The server advertises refs without capabilities.");
    }
    const capabilities = lineOf(payload.subarray(end + 1));
    this.#keep(capabilities);
    this.#list.readCapabilities(capabilities);
    const format = / object-format=(\S+)/.exec(` ${capabilities}`)?.[1];
    if (format !== undefined) refuseObjectFormat(format);
    const ref = payload.subarray(0, end);
    if (NO_REFS.test(ref.toString("latin1"))) this.#saysNoRefs = true;
    else this.#list.read({ kind: "data", payload: ref });
  }

  #readRef(packet: Packet): void {
    if (packet.kind === "flush") {
      this.#part = "end";
      return;
    }
    if (this.#saysNoRefs) {
      throw gitFailure(
        "ProtocolError",
        "The server says both that it has refs and that it has none.",
      );
    }
    this.#list.read(packet);
  }

  #keep(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > MAX_CAPABILITIES) {
      throw gitFailure(
        "ProtocolError",
        `The server names more than ${MAX_CAPABILITIES} capabilities.`,
      );
    }
  }
}

const NO_REFS = /^0{40} capabilities\^\{\}$/;

function capabilitiesOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const capabilities = new Map(
    lines.map((line): [string, string] => {
      const [name = "", ...value] = line.split("=");
      return [name, value.join("=")];
    }),
  );
  const format = capabilities.get("object-format");
  if (format !== undefined) refuseObjectFormat(format);
  if (!capabilities.has("ls-refs")) {
    throw gitFailure(
      "ProtocolError",
      "The server does not offer a list of refs (capability ls-refs of git's protocol 2).",
    );
  }
  return capabilities;
}

function refuseObjectFormat(format: string): void {
  if (format === "sha1") return;
  throw gitFailure(
    "ProtocolError",
    `The repository's object format is "${legible(format, 80)}"; only sha1 is supported. Use a SHA-1 repository.`,
  );
}
