import type { HttpClient } from "isomorphic-git";
import { gitFailure, limitExceeded } from "./git-failure.ts";
import type { FetchOptions, GitDeadlines, GitHttp } from "./git-http.ts";
import { AdvertisementAnswer } from "./git-advertisement.ts";
import { PackScan } from "./git-pack-scan.ts";
import type { PackLimits, ScannedPack } from "./git-pack-scan.ts";
import { PacketReader, refuseErrorLine } from "./git-pkt-line.ts";
import { quotedWords } from "./git-words.ts";

export interface UploadPackOptions extends FetchOptions {
  /** `totalMs` is for all requests together. */
  readonly deadlines: GitDeadlines;
  /** `packBytes` is for all bytes the operation receives. */
  readonly limits: PackLimits;
  readonly onReceived: () => void;
  /** Told of each pack that may be written. */
  readonly onScanned: (pack: ScannedPack) => void;
}

/**
 * The `http` plugin for isomorphic-git: one operation's requests over our own connections. isomorphic-git takes half an
 * answer for a whole one and an error line for data, so each answer is read to its end and checked here before it sees it; a
 * pack that nobody wants is refused while it comes in.
 */
export function uploadPackHttp(http: GitHttp, options: UploadPackOptions): HttpClient {
  const { deadlines, limits } = options;
  let left = limits.packBytes;
  const untilMs = performance.now() + deadlines.totalMs;
  return {
    request: async ({ url, method, headers, body }) => {
      const posting = method === "POST";
      const kind = posting ? "result" : "advertisement";
      const upload = posting ? new UploadPackAnswer(limits) : null;
      const advertisement = posting ? null : new AdvertisementAnswer([], ANY_LIST);
      const pieces: Buffer[] = [];
      left -= await http.fetch(
        {
          method: posting ? "POST" : "GET",
          url,
          headers: headers ?? {},
          ...(body === undefined ? {} : { body: await collect(body) }),
          contentType: `application/x-git-upload-pack-${kind}`,
          deadlines: {
            ...deadlines,
            totalMs: Math.max(untilMs - performance.now(), 1),
            operationMs: deadlines.totalMs,
          },
          brings: posting ? "the pack" : "the list of refs",
          limit: {
            bytes: left,
            exceeded: () =>
              limitExceeded(
                "PackBytes",
                limits.packBytes,
                "The server sends more bytes than allowed",
              ),
          },
          onBytes: (bytes: Buffer) => {
            upload?.push(bytes);
            advertisement?.push(bytes);
            pieces.push(bytes);
          },
        },
        options,
      );
      options.onReceived();
      if (upload !== null) options.onScanned(upload.finish());
      else advertisement?.finish();
      return {
        url,
        method: method ?? "GET",
        statusCode: 200,
        statusMessage: "OK",
        headers: { "content-type": `application/x-git-upload-pack-${kind}` },
        body: once(Buffer.concat(pieces)),
      };
    },
  };
}

/**
 * An answer with a pack while it comes in. Throws unless it is regular, brings a pack within the limits, and was sent to its end
 * without an error in between.
 */
export class UploadPackAnswer {
  readonly #packets = new PacketReader();
  readonly #scan: PackScan;
  #bringsPack = false;
  #ended = false;

  constructor(limits: PackLimits) {
    this.#scan = new PackScan(limits);
  }

  push(bytes: Buffer): void {
    for (const packet of this.#packets.push(bytes)) {
      this.#ended = packet.kind === "flush";
      if (packet.kind === "data") this.#read(packet.payload);
    }
  }

  /** To be called once, when all of the answer has come in. */
  finish(): ScannedPack {
    this.#packets.finish();
    if (!this.#ended) {
      throw gitFailure("ProtocolError", "The server's pack was cut: the answer has no end mark.");
    }
    if (!this.#bringsPack) throw gitFailure("ProtocolError", "The server sent no pack.");
    return this.#scan.finish();
  }

  #read(payload: Buffer): void {
    const band = payload[0];
    if (band === 1) {
      this.#bringsPack ||= payload.length > 1;
      this.#scan.push(payload.subarray(1));
    } else if (band === 3) {
      const words = quotedWords(payload.toString("utf8", 1));
      throw gitFailure("ServerError", `The git server gave up while it made the pack: ${words}.`);
    } else if (band !== 2) refuseErrorLine(payload);
  }
}

const ANY_LIST = { lines: Number.POSITIVE_INFINITY, exceeded: () => new Error("endless") };

async function collect(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* once(answer: Buffer): AsyncIterableIterator<Uint8Array> {
  yield answer;
}
