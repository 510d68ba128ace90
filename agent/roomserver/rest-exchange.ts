import { createHttpClient } from "../http/http-client.ts";
import type { HttpAccess } from "../http/http-access.ts";
import type { HttpAnswer, HttpBody, IncomingAnswer, NoAnswer } from "../http/http-message.ts";
import type { Clock } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import { MAX_ANSWER_BYTES, MAX_BYTES_IN_FLIGHT, MAX_ERROR_BYTES } from "./answer-limits.ts";

/** One request to the RoomServer. */
export interface RestRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** The path as it is sent; nothing normalises it. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  /** From the start of the request to the last byte of the answer, ms. */
  readonly timeoutMs: number;
  /** True: a connection of its own, closed afterwards. */
  readonly newConnection: boolean;
}

export type RestAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: IncomingAnswer["headers"];
      /** Of an error answer only the beginning. */
      readonly body: Uint8Array;
    }
  | RestNoAnswer;

/** `crowded`: too many bytes of other answers were being received. */
export type RestNoAnswer = Pick<NoAnswer, "kind" | "sent" | "message"> & {
  readonly failure: NoAnswer["failure"] | "crowded";
};

export interface RestExchange {
  /** Rejects only with the signal's reason. Follows no redirect, and sends nothing twice. */
  exchange(request: RestRequest, signal: AbortSignal): Promise<RestAnswer>;
  /** Closes idle connections. Idempotent. */
  close(): void;
}

/** Idle connections are dropped before a server with a usual keep-alive of 5 s does it in the middle of our next call. */
const IDLE_MS = 4000;

/** `access` is asked again after this, ms: files may be renewed, and hundreds of requests a second need not read them. */
const ACCESS_MS = 1000;

export interface RestExchangeOptions {
  readonly clock: Clock;
  readonly access?: () => Promise<HttpAccess>;
}

export function createRestExchange(origin: URL, options: RestExchangeOptions): RestExchange {
  const { clock } = options;
  const current = currentAccess(options);
  const client = createHttpClient({ origin, clock, idleConnectionMs: IDLE_MS });
  const budget = new ByteBudget(MAX_BYTES_IN_FLIGHT);
  return {
    exchange: async ({ timeoutMs, ...request }, signal) => {
      const now = await current();
      if (now.kind === "noAnswer") return now;
      const { access } = now;
      const wire = { ...request, ...(access && { access }), deadlines: { totalMs: timeoutMs } };
      return toRestAnswer(await client.exchange(wire, (answer) => read(answer, budget), signal));
    },
    close: () => client.close(),
  };
}

type Access = { readonly kind: "read"; readonly access?: HttpAccess } | RestNoAnswer;

function currentAccess({ clock, access }: RestExchangeOptions): () => Promise<Access> {
  if (access === undefined) return () => Promise.resolve({ kind: "read" });
  let read: Promise<Access> | null = null;
  let readAtMs = 0;
  return () => {
    const nowMs = clock.monotonicMs();
    if (read !== null && nowMs - readAtMs < ACCESS_MS) return read;
    readAtMs = nowMs;
    read = access().then(
      (now): Access => ({ kind: "read", access: now }),
      (error: unknown): Access => ({
        kind: "noAnswer",
        failure: "connect",
        sent: false,
        message: messageOf(error),
      }),
    );
    return read;
  };
}

type Unread = "tooLarge" | "crowded";

function toRestAnswer(answer: HttpAnswer<Uint8Array | Unread>): RestAnswer {
  if (answer.kind === "noAnswer") return answer;
  const { kind, status, headers, value } = answer;
  if (value === "tooLarge") return TOO_LARGE;
  if (value === "crowded") return CROWDED;
  return { kind, status, headers, body: value };
}

async function read(answer: IncomingAnswer, budget: ByteBudget): Promise<Uint8Array | Unread> {
  const { status, headers } = answer;
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && Number(headers["content-length"] ?? 0) > MAX_ANSWER_BYTES) return "tooLarge";
  const pieces: Buffer[] = [];
  let length = 0;
  let isCrowded = false;
  try {
    await answer.read({ maxBytes: MAX_ANSWER_BYTES }, (piece) => {
      isCrowded = !budget.take(piece.byteLength);
      if (isCrowded) return "enough";
      pieces.push(piece);
      length += piece.byteLength;
      return !isSuccess && length > MAX_ERROR_BYTES ? "enough" : undefined;
    });
    return isCrowded ? "crowded" : Buffer.concat(pieces);
  } finally {
    budget.give(length);
  }
}

/** How many bytes may still be received. */
class ByteBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}

const CROWDED: RestNoAnswer = {
  kind: "noAnswer",
  failure: "crowded",
  sent: true,
  message: `the answers to other calls take all of the ${MAX_BYTES_IN_FLIGHT} bytes that are received at the same time`,
};

const TOO_LARGE: RestNoAnswer = {
  kind: "noAnswer",
  failure: "tooLarge",
  sent: true,
  message: `the answer is larger than ${MAX_ANSWER_BYTES} bytes`,
};
