import type { IncomingHttpHeaders } from "node:http";
import { formsOf, hideSecret } from "../http/hide-secret.ts";
import { createHttpClient } from "../http/http-client.ts";
import type { HttpBody, HttpRequest, IncomingAnswer } from "../http/http-message.ts";
import { messageOf } from "../kernel/errors.ts";
import { failureOfNoAnswer, tokenUnusable } from "./forge-failure.ts";
import type { Asked } from "./forge-failure.ts";
import { FORGE_LIMITS } from "./forge-limits.ts";
import type { ForgeFailure, ForgeLogin, ForgeOptions } from "./forge.ts";

/** Idle connections are dropped before a server with a usual keep-alive of 5 s does it in the middle of a request. */
const IDLE_MS = 4000;

export interface WireRequest {
  readonly method: HttpRequest["method"];
  /** From the API's address on, with its query, encoded. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object;
  /** True: it may be carried out twice, so it is sent again where a kept connection turns out to be stale. */
  readonly isRepeatable: boolean;
}

export interface WireAnswer {
  readonly kind: "answer";
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Of an answer outside of 2xx only the beginning. */
  readonly body: Uint8Array;
  /** Takes the token out of a text. */
  readonly redact: (text: string) => string;
}

/** Requests to one forge with the agent's login. Follows no redirect. */
export interface ForgeWire {
  /** Rejects only with the signal's reason. */
  send(request: WireRequest, asked: Asked, signal: AbortSignal): Promise<WireAnswer | ForgeFailure>;
  /** Idempotent. */
  close(): void;
}

export function createForgeWire(
  options: ForgeOptions,
  headersOf: (login: ForgeLogin) => Readonly<Record<string, string>> | null,
): ForgeWire {
  const { apiUrl, clock, timeoutMs } = options;
  const origin = new URL(apiUrl);
  const prefix = origin.pathname.replace(/\/+$/, "");
  const client = createHttpClient({ origin, clock, idleConnectionMs: IDLE_MS });
  return {
    send: async (request, asked, signal) => {
      const login = await settled(options.login());
      signal.throwIfAborted();
      if ("error" in login) {
        const why = `the token cannot be read: ${login.error} Give the agent a token that it can read.`;
        return tokenUnusable(asked, why);
      }
      const headers = headersOf(login.value);
      const secret = secretOf(login.value);
      if (headers === null || !isHeader(secret)) return tokenUnusable(asked, UNFIT);
      const access = await settled(options.access());
      signal.throwIfAborted();
      if ("error" in access) return unreachable(asked, access.error);
      const redact = (text: string) => hideSecret(text, formsOf(secret), "[redacted]");
      const answer = await client.exchange(
        {
          method: request.method,
          path: prefix + request.path,
          headers: { Accept: "application/json", "Accept-Encoding": "identity", ...headers },
          ...(request.body === undefined ? {} : { body: jsonBody(request.body) }),
          access: access.value,
          deadlines: { totalMs: timeoutMs },
          // What must not be carried out twice gets a connection that cannot be stale.
          ...(request.isRepeatable ? { isRepeatable: true } : { newConnection: true }),
        },
        readWhole,
        signal,
      );
      if (answer.kind === "noAnswer") {
        return failureOfNoAnswer(asked, { ...answer, message: redact(answer.message) });
      }
      const { status, headers: answered, value: body } = answer;
      return { kind: "answer", status, headers: answered, body, redact };
    },
    close: () => client.close(),
  };
}

const UNFIT =
  "the token has blanks or characters that no header can carry, or this kind of login does not fit the forge. Give the agent an access token of the forge.";

type Settled<T> = { readonly value: T } | { readonly error: string };

async function settled<T>(promise: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

function secretOf(login: ForgeLogin): string {
  return login.kind === "token" ? login.token : login.privateKey;
}

function isHeader(token: string): boolean {
  return /^[\x21-\x7e]{1,4096}$/.test(token);
}

function unreachable(asked: Asked, message: string): ForgeFailure {
  return failureOfNoAnswer(asked, {
    kind: "noAnswer",
    failure: "connect",
    sent: false,
    answered: false,
    code: "",
    message,
  });
}

async function readWhole(answer: IncomingAnswer): Promise<Uint8Array> {
  const isSuccess = answer.status >= 200 && answer.status < 300;
  const pieces: Buffer[] = [];
  let length = 0;
  await answer.read({ maxBytes: FORGE_LIMITS.answerBytes, inflate: true }, (piece) => {
    pieces.push(piece);
    length += piece.length;
    return !isSuccess && length >= FORGE_LIMITS.errorBytes ? "enough" : undefined;
  });
  return Buffer.concat(pieces);
}

function jsonBody(value: object): HttpBody {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return {
    contentType: "application/json; charset=utf-8",
    length: bytes.length,
    chunks: () => [bytes],
  };
}
