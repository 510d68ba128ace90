import type { IncomingMessage } from "node:http";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { messageOf } from "../kernel/errors.ts";
import { legible } from "../kernel/shortened.ts";
import type { DeadlineWatch } from "./deadline-watch.ts";
import { ExchangeBroken } from "./http-message.ts";
import type { BodyLimits, HttpFailure, IncomingAnswer, TakePiece } from "./http-message.ts";

/** The exchange that an answer belongs to. */
export interface OfExchange {
  readonly watch: DeadlineWatch;
  /** What the network layer threw, as the end of the exchange. */
  readonly broken: (error: unknown) => ExchangeBroken;
  readonly failed: (failure: HttpFailure, message: string) => ExchangeBroken;
}

/** Gives the body of an answer to `take` as it comes. Rejects with `ExchangeBroken`, and with what `take` throws. */
export async function readBody(
  incoming: IncomingMessage,
  { limits, take }: { readonly limits: BodyLimits; readonly take: TakePiece },
  exchange: OfExchange,
): Promise<void> {
  if (limits.idleMs !== undefined) exchange.watch.watchIdle(limits.idleMs);
  const encoding = incoming.headers["content-encoding"]?.trim().toLowerCase() ?? "";
  const isPlain = limits.inflate !== true || encoding === "" || encoding === "identity";
  const taking = counted(take, limits.maxBytes, exchange);
  if (isPlain) await readPlain(incoming, taking, exchange);
  else await readInflated(incoming, { encoding, taking, maxBytes: limits.maxBytes }, exchange);
}

/** Ends the reading at the cap. */
function counted(take: TakePiece, maxBytes: number, { watch, failed }: OfExchange): TakePiece {
  let bytes = 0;
  return (piece) => {
    bytes += piece.length;
    if (bytes > maxBytes) throw failed("tooLarge", `the answer is larger than ${maxBytes} bytes`);
    const isEnough = take(piece);
    watch.touched();
    return isEnough;
  };
}

/** By events: an iterator costs as much as the rest of a small exchange. */
function readPlain(
  incoming: IncomingMessage,
  taking: TakePiece,
  { watch, broken }: OfExchange,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const fail = (error: unknown) => {
      isOver = true;
      reject(error);
    };
    // After an error or a cut comes `close` too: whichever came first counts.
    const failCut = () => {
      if (!isOver) fail(broken(new Error(CUT)));
    };
    incoming.on("data", (piece: Buffer) => {
      // Bytes that arrive after the end of the exchange are dropped.
      if (isOver || watch.hasEnded) return;
      try {
        if (taking(piece) !== "enough") return;
        isOver = true;
        resolve();
      } catch (error) {
        fail(error);
      }
    });
    incoming.once("end", () => {
      if (!incoming.complete) return failCut();
      isOver = true;
      resolve();
    });
    incoming.once("error", (error) => {
      if (!isOver) fail(broken(error));
    });
    incoming.once("close", failCut);
  });
}

const CUT = "the connection closed within the answer";

interface Inflating {
  readonly encoding: string;
  /** Also of what comes in, before it is inflated. */
  readonly maxBytes: number;
  readonly taking: TakePiece;
}

async function readInflated(
  incoming: IncomingMessage,
  { encoding, maxBytes, taking }: Inflating,
  exchange: OfExchange,
): Promise<void> {
  const { failed } = exchange;
  if (encoding !== "gzip" && encoding !== "x-gzip") {
    throw failed(
      "encoding",
      `The answer is encoded as "${legible(encoding)}", which was not asked for. Only gzip is read: check the server, or a proxy before it.`,
    );
  }
  const gunzip = createGunzip();
  const compressed = piecesOf(
    incoming,
    counted(() => undefined, maxBytes, exchange),
    exchange,
  );
  // Whoever reads `gunzip` gets the error.
  pipeline(compressed, gunzip, () => undefined);
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      if (exchange.watch.hasEnded || taking(piece) === "enough") return;
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!code.startsWith("Z_")) throw error;
    throw failed("encoding", `The answer's gzip encoding is damaged: ${messageOf(error)}.`);
  }
}

async function* piecesOf(
  incoming: IncomingMessage,
  counting: TakePiece,
  { broken }: OfExchange,
): AsyncGenerator<Buffer> {
  try {
    for await (const piece of incoming as AsyncIterable<Buffer>) {
      counting(piece);
      yield piece;
    }
  } catch (error) {
    throw error instanceof ExchangeBroken ? error : broken(error);
  }
  if (!incoming.complete) throw broken(new Error(CUT));
}

/** The beginning of a body as text, for a message: as much of it as comes within `ms`. Never rejects. */
export async function beginningOf(
  answer: IncomingAnswer,
  { bytes, ms, inflate = false }: Beginning,
): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  const reading = answer.read({ maxBytes: Number.MAX_SAFE_INTEGER, inflate }, (piece) => {
    pieces.push(piece);
    length += piece.length;
    return length >= bytes ? "enough" : undefined;
  });
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  // A body that breaks off only makes the text shorter.
  await Promise.race([reading.catch(() => undefined), over]);
  clearTimeout(timer);
  return Buffer.concat(pieces).toString("utf8", 0, bytes);
}

export interface Beginning {
  readonly bytes: number;
  readonly ms: number;
  readonly inflate?: boolean;
}
