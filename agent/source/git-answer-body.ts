import type { IncomingMessage } from "node:http";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { messageOf } from "../kernel/errors.ts";
import { legible } from "../kernel/shortened.ts";
import { gitFailure } from "./git-failure.ts";

/** How much is read of an answer that is not git's: enough for a sentence or a page's title. */
const BEGINNING_BYTES = 16_384;

/** How long its body is waited for, in ms; the status alone says enough. */
const BEGINNING_MS = 1_000;

export interface BodyLimit {
  readonly bytes: number;
  readonly exceeded: () => Error;
}

/**
 * The body of an answer, inflated where a server or a proxy compressed it without being asked. Throws `ProtocolError` for
 * another encoding or a damaged one, `limit.exceeded()` for more compressed bytes than allowed, and what the connection
 * throws.
 */
export async function* decodedBody(
  response: IncomingMessage,
  limit: BodyLimit,
): AsyncGenerator<Buffer> {
  const encoding = encodingOf(response);
  if (encoding === "identity") {
    yield* response as AsyncIterable<Buffer>;
    return;
  }
  if (!["gzip", "x-gzip"].includes(encoding)) {
    throw gitFailure(
      "ProtocolError",
      `The answer is encoded as "${legible(encoding)}", which was not asked for. Only gzip is read: check the server, or a proxy before it.`,
    );
  }
  const inflated = createGunzip();
  // Whoever reads `inflated` gets the error.
  pipeline(response, capped(limit), inflated, () => undefined);
  try {
    yield* inflated as AsyncIterable<Buffer>;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!code.startsWith("Z_")) throw error;
    throw gitFailure(
      "ProtocolError",
      `The answer's gzip encoding is damaged: ${messageOf(error)}.`,
      {
        cause: error,
      },
    );
  }
}

/** The beginning of a body as text, for a message; as much of it as comes within a second. Never rejects. */
export async function beginningOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => response.destroy(), BEGINNING_MS);
  try {
    const limit = { bytes: BEGINNING_BYTES, exceeded: () => new Error("enough") };
    for await (const piece of decodedBody(response, limit)) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= BEGINNING_BYTES) break;
    }
  } catch {
    // The answer is refused either way; a body that breaks off only makes the message shorter.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(pieces).toString("utf8", 0, BEGINNING_BYTES);
}

function capped(limit: BodyLimit) {
  return async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const piece of source) {
      bytes += piece.length;
      if (bytes > limit.bytes) throw limit.exceeded();
      yield piece;
    }
  };
}

function encodingOf({ headers }: IncomingMessage): string {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "";
  return encoding === "" ? "identity" : encoding;
}
