import { quoted } from "../kernel/quoted.ts";
import { gitFailure } from "./git-failure.ts";
import {
  DELIMITER,
  encodeLine,
  FLUSH,
  lineOf,
  parsePackets,
  refuseErrorLine,
} from "./git-pkt-line.ts";
import type { Packet } from "./git-pkt-line.ts";

/** What a server says of itself and, in the older protocol, of its refs. */
export type Advertisement =
  | { readonly version: 2; readonly knowsObjectFormat: boolean }
  | {
      readonly version: 1;
      readonly refs: ReadonlyMap<string, string>;
      /** The branch that HEAD points to, without `refs/heads/`; null where the server does not say. */
      readonly defaultBranch: string | null;
    };

/** The body of a protocol-2 request for the refs whose name begins with `prefix`. */
export function lsRefsRequest(prefix: string, knowsObjectFormat: boolean): Buffer {
  return Buffer.concat([
    encodeLine("command=ls-refs"),
    ...(knowsObjectFormat ? [encodeLine("object-format=sha1")] : []),
    DELIMITER,
    encodeLine(`ref-prefix ${prefix}`),
    FLUSH,
  ]);
}

/** Refs by name from a protocol-2 answer. Throws `ProtocolError` unless the answer is whole and regular. */
export function parseLsRefs(body: Buffer): ReadonlyMap<string, string> {
  const packets = parsePackets(body);
  if (packets.at(-1)?.kind !== "flush") {
    throw gitFailure("ProtocolError", "The server's list of refs was cut: it has no end mark.");
  }
  return readRefs(packets.slice(0, -1));
}

/**
 * An answer to `GET info/refs`, of either protocol. Throws `ProtocolError` unless it is whole and regular, and for a
 * SHA-256 repository.
 */
export function parseAdvertisement(body: Buffer): Advertisement {
  const all = parsePackets(body);
  const packets = skipServiceLine(all);
  if (packets.at(-1)?.kind !== "flush") {
    throw gitFailure("ProtocolError", "The server's advertisement was cut: it has no end mark.");
  }
  const lines = packets.slice(0, -1);
  const first = lines[0];
  if (first?.kind === "data" && lineOf(first.payload) === "version 2") {
    return parseCapabilities(lines.slice(1));
  }
  // git sends nothing at all between the marks when a repository has no ref.
  if (lines.length === 0 && packets.length < all.length) {
    return { version: 1, refs: new Map(), defaultBranch: null };
  }
  return { version: 1, ...parseRefAdvertisement(lines) };
}

function skipServiceLine(packets: readonly Packet[]): readonly Packet[] {
  const first = packets[0];
  if (first?.kind !== "data") return packets;
  const line = lineOf(first.payload);
  refuseErrorLine(line);
  if (!line.startsWith("# service=git-upload-pack")) return packets;
  if (packets[1]?.kind !== "flush") {
    throw gitFailure("ProtocolError", "The server's advertisement does not begin as git's does.");
  }
  return packets.slice(2);
}

function parseCapabilities(packets: readonly Packet[]): Advertisement {
  const lines = packets.map((packet) => (packet.kind === "data" ? lineOf(packet.payload) : ""));
  for (const line of lines) refuseErrorLine(line);
  const format = lines.find((line) => line.startsWith("object-format="));
  if (format !== undefined) refuseObjectFormat(format.slice("object-format=".length));
  if (!lines.some((line) => line === "ls-refs" || line.startsWith("ls-refs="))) {
    throw gitFailure("ProtocolError", "The server does not offer a list of refs (ls-refs).");
  }
  return { version: 2, knowsObjectFormat: format !== undefined };
}

/** The first line carries the capabilities behind a NUL; a repository without refs has a line of its own for them. */
function parseRefAdvertisement(
  packets: readonly Packet[],
): Omit<Extract<Advertisement, { version: 1 }>, "version"> {
  const first = packets[0];
  if (first?.kind !== "data") {
    throw gitFailure("ProtocolError", "The server advertises neither refs nor capabilities.");
  }
  const [head = "", capabilities] = lineOf(first.payload).split("\0");
  refuseErrorLine(head);
  if (capabilities === undefined) {
    throw gitFailure("ProtocolError", "The server advertises refs without capabilities.");
  }
  const format = / object-format=(\S+)/.exec(` ${capabilities}`)?.[1];
  if (format !== undefined) refuseObjectFormat(format);
  if (/^0{40} capabilities\^\{\}$/.test(head)) {
    if (packets.length === 1) return { refs: new Map(), defaultBranch: null };
    throw gitFailure(
      "ProtocolError",
      "The server says both that it has refs and that it has none.",
    );
  }
  const refs = readRefs([{ kind: "data", payload: Buffer.from(head) }, ...packets.slice(1)]);
  const target = / symref=HEAD:refs\/heads\/(\S+)/.exec(` ${capabilities}`)?.[1];
  return { refs, defaultBranch: target ?? null };
}

function readRefs(packets: readonly Packet[]): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (const packet of packets) {
    if (packet.kind !== "data") {
      throw gitFailure("ProtocolError", `The server's list of refs holds a ${packet.kind} mark.`);
    }
    const line = lineOf(packet.payload);
    refuseErrorLine(line);
    // Protocol 1 names the boundary commits of a shallow server repository among the refs.
    if (/^shallow [0-9a-f]{40}$/.test(line)) continue;
    const match = /^([0-9a-f]{40}) ([^\s\0]+)(?: .*)?$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) {
      throw gitFailure(
        "ProtocolError",
        `A line of the server's list of refs is no ref: ${shown(line)}`,
      );
    }
    refs.set(match[2], match[1]);
  }
  return refs;
}

function refuseObjectFormat(format: string): void {
  if (format === "sha1") return;
  throw gitFailure(
    "ProtocolError",
    `The repository's object format is ${shown(format)}; only sha1 is supported. Use a SHA-1 repository.`,
  );
}

function shown(text: string): string {
  return quoted(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
