import type { HttpClient } from "isomorphic-git";
import { gitFailure } from "./git-failure.ts";
import type { FetchOptions, GitDeadlines, GitHttp } from "./git-http.ts";
import { parseAdvertisement } from "./git-ls-refs.ts";
import { lineOf, parsePackets, refuseErrorLine, shorten } from "./git-pkt-line.ts";

export interface UploadPackOptions extends FetchOptions {
  /** `totalMs` is for all requests together. */
  readonly deadlines: GitDeadlines;
  /** On all bytes one operation receives. */
  readonly packBytes: number;
  readonly onReceived: () => void;
}

/**
 * The `http` plugin for isomorphic-git: one operation's requests over our own connections. isomorphic-git takes half an
 * answer for a whole one and an error line for data, so each answer is read to its end and checked here before it sees it.
 */
export function uploadPackHttp(http: GitHttp, options: UploadPackOptions): HttpClient {
  let left = options.packBytes;
  const { deadlines } = options;
  const untilMs = performance.now() + deadlines.totalMs;
  return {
    request: async ({ url, method, headers, body }) => {
      const posting = method === "POST";
      const kind = posting ? "result" : "advertisement";
      const answer = await http.fetch(
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
          limit: { bytes: left, configured: { name: "PackBytes", bytes: options.packBytes } },
        },
        options,
      );
      left -= answer.length;
      options.onReceived();
      if (posting) checkUploadPackAnswer(answer);
      else parseAdvertisement(answer);
      return {
        url,
        method: method ?? "GET",
        statusCode: 200,
        statusMessage: "OK",
        headers: { "content-type": `application/x-git-upload-pack-${kind}` },
        body: once(answer),
      };
    },
  };
}

/** Throws unless the answer is regular, brings a pack, and was sent to its end without an error in between. */
export function checkUploadPackAnswer(answer: Buffer): void {
  const packets = parsePackets(answer);
  let packBytes = 0;
  for (const packet of packets) {
    if (packet.kind !== "data") continue;
    const band = packet.payload[0];
    if (band === 1) packBytes += packet.payload.length - 1;
    else if (band === 3) {
      const text = shorten(packet.payload.subarray(1).toString("utf8"));
      throw gitFailure("ServerError", `The git server gave up while it made the pack: ${text}`);
    } else if (band !== 2) refuseErrorLine(lineOf(packet.payload));
  }
  // What the server says of an error is worth more than that it said no more.
  if (packets.at(-1)?.kind !== "flush") {
    throw gitFailure("ProtocolError", "The server's pack was cut: the answer has no end mark.");
  }
  if (packBytes === 0) throw gitFailure("ProtocolError", "The server sent no pack.");
}

async function collect(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* once(answer: Buffer): AsyncIterableIterator<Uint8Array> {
  yield answer;
}
