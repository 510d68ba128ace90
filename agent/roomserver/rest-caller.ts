import type { Clock } from "../kernel/clock.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Random } from "../kernel/ids.ts";
import { createHttpClient } from "./http-exchange.ts";
import type { HttpAnswer, HttpBody, HttpRequest } from "./http-exchange.ts";
import { createRateLimiter } from "./rate-limiter.ts";
import { toPath } from "./rest-path.ts";
import type { Asked } from "./rest-verdict.ts";
import type { Call, CallFailure } from "./room-server.ts";
import { retry } from "./retry.ts";
import type { Attempt, RetryOptions } from "./retry.ts";

export interface RestOptions {
  /** http or https; may end in a path; carries no credentials. */
  readonly baseUrl: string;
  /** Asked before each request. Undefined, blank and the literal `${ROOM_AUTH_TOKEN}` mean no token. */
  readonly token: () => string | undefined;
  /** The word before the token in `Authorization`. */
  readonly tokenType: string;
  /** Of one request, to the last byte of its answer, ms. */
  readonly timeoutMs: number;
  /** The same for a seed. */
  readonly uploadTimeoutMs: number;
  readonly retry: RetryOptions;
  /** Requests a second, re-sent ones included; 0 = unlimited. */
  readonly rateLimitPerSecond: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Hears of every request that was sent, for metrics and health. */
  readonly onCall?: (call: SentCall) => void;
}

export type Operation =
  | "readState"
  | "readFingerprint"
  | "join"
  | "kick"
  | "seed"
  | "promote"
  | "deleteArtifact"
  | "setPolicy"
  | "ensureResource";

/** One request and how it ended. */
export interface SentCall {
  readonly operation: Operation;
  /** Null when no answer came. */
  readonly status: number | null;
  /** `connect`, `reset`, `timeout`, `tooLarge`, `notHttp` or `crowded`; null when an answer came. */
  readonly failure: string | null;
  readonly durationMs: number;
}

/** What one method of the interface puts on the wire. */
export interface Asking {
  readonly operation: Operation;
  /** In words, for messages. */
  readonly what: string;
  /** The room and the thing it concerns, which a server may repeat in its answer. */
  readonly names: readonly string[];
  readonly method: HttpRequest["method"];
  /** Of the path, unencoded. */
  readonly segments: readonly string[];
  readonly body?: HttpBody;
}

export interface RestCaller {
  /** Sends under the rate limit, the deadline and the retry rule, until `judge` calls an answer final. */
  perform<T>(
    asking: Asking,
    call: Call,
    judge: (answer: HttpAnswer, asked: Asked) => Attempt<T> | Promise<Attempt<T>>,
  ): Promise<T | CallFailure>;
  close(): void;
}

const READS: readonly Operation[] = ["readState", "readFingerprint"];
const NOT_REPEATABLE: readonly Operation[] = ["seed", "promote", "ensureResource"];

export function createRestCaller(options: RestOptions): RestCaller {
  const base = parseBaseUrl(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, "");
  const { clock, random } = options;
  const client = createHttpClient(base, clock);
  const limiter = createRateLimiter(options.rateLimitPerSecond, clock);

  const send = async (asking: Asking, call: Call, request: HttpRequest): Promise<HttpAnswer> => {
    await limiter.acquire(call.priority, call.signal);
    const startMs = clock.monotonicMs();
    const answer = await client.exchange(request, call.signal);
    options.onCall?.({
      operation: asking.operation,
      status: answer.kind === "answer" ? answer.status : null,
      failure: answer.kind === "answer" ? null : answer.failure,
      durationMs: clock.monotonicMs() - startMs,
    });
    return answer;
  };

  return {
    perform: async <T>(
      asking: Asking,
      call: Call,
      judge: (answer: HttpAnswer, asked: Asked) => Attempt<T> | Promise<Attempt<T>>,
    ): Promise<T | CallFailure> => {
      const path = toPath(asking.segments);
      if (path === undefined) return unaddressable(asking);
      const { signal } = call;
      return retry<T | CallFailure>(
        async () => {
          const token = readToken(options.token);
          if (token === null) return { kind: "final", value: UNSENDABLE_TOKEN };
          const request: HttpRequest = {
            method: asking.method,
            path: prefix + path,
            headers: toHeaders(
              call,
              token === undefined ? undefined : `${options.tokenType} ${token}`,
            ),
            timeoutMs: asking.operation === "seed" ? options.uploadTimeoutMs : options.timeoutMs,
            newConnection: call.newConnection ?? false,
            ...(asking.body === undefined ? {} : { body: asking.body }),
          };
          return judge(await send(asking, call, request), {
            what: asking.what,
            names: asking.names,
            isWrite: !READS.includes(asking.operation),
            isRepeatable: !NOT_REPEATABLE.includes(asking.operation),
            nowMs: clock.nowMs(),
            redact: (text) => (token === undefined ? text : text.replaceAll(token, "[token]")),
          });
        },
        options.retry,
        { clock, random, signal },
      );
    },
    close: () => client.close(),
  };
}

function parseBaseUrl(text: string): URL {
  const url = URL.parse(text);
  const shown = text.replace(/\/\/[^/@]*@/, "//…@");
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new OperatorError(
      "InvalidBaseUrl",
      `RoomServer.BaseUrl "${shown}" is no http or https URL. Write it as http://host:port.`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new OperatorError(
      "InvalidBaseUrl",
      `RoomServer.BaseUrl "${shown}" carries credentials. Give the token as Auth.Token instead.`,
    );
  }
  return url;
}

function toHeaders(call: Call, authorization: string | undefined): Record<string, string> {
  return {
    Accept: "application/json",
    "Accept-Encoding": "identity",
    "X-Correlation-Id": call.correlationId,
    "X-Request-Id": call.requestId,
    ...(authorization === undefined ? {} : { Authorization: authorization }),
  };
}

/** Undefined: there is none. Null: there is one that no header can carry. */
function readToken(provider: () => string | undefined): string | undefined | null {
  const token = provider()?.trim();
  if (token === undefined || token === "" || token === "${ROOM_AUTH_TOKEN}") return undefined;
  return /^[\x21-\x7e]+$/.test(token) ? token : null;
}

const UNSENDABLE_TOKEN: CallFailure = {
  kind: "unauthorized",
  status: 401,
  message:
    "The RoomServer token contains spaces or characters that no header can carry. Check ROOM_AUTH_TOKEN.",
};

function unaddressable({ what }: Asking): CallFailure {
  const message = `${what}: this name cannot be part of an address (it is empty, ".", "..", too long or no valid text), so nothing was sent. Rename it.`;
  return { kind: "refused", status: 400, message };
}
