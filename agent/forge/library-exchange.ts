import { createHttpClient } from "../http/http-client.ts";
import type { HttpAccess } from "../http/http-access.ts";
import type { HttpRequest, IncomingAnswer, NoAnswer } from "../http/http-message.ts";
import { messageOf } from "../kernel/errors.ts";
import { FORGE_LIMITS } from "./forge-limits.ts";
import type { ForgeOptions } from "./forge.ts";

/** What carries the requests of a forge's library, in place of its own `fetch`: one limit, one deadline, one way for all. */
export interface LibraryExchange {
  /** Rejects with `WireFailed` unless the answer is a 2xx, and with the signal's reason. Sends nothing twice, follows nothing. */
  send(request: LibraryRequest, signal: AbortSignal): Promise<WireAnswer>;
  /** Idempotent. */
  close(): void;
}

export interface LibraryRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** A good answer. */
export interface WireAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: WireHeaders;
  /** Its JSON; null: it is empty. */
  readonly value: unknown;
}

export type WireHeaders = Readonly<Record<string, string>>;

export type WireFailure =
  /** Its status is not 2xx. */
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly headers: WireHeaders;
      /** Its beginning. */
      readonly text: string;
    }
  | { readonly kind: "notJson"; readonly status: number; readonly type: string }
  | NoAnswer
  /** A file of ours cannot be read, or the library wanted to ask somebody else. */
  | { readonly kind: "unsent"; readonly message: string };

/** Thrown through a library, which may wrap it: `wireFailureOf` finds it again. */
export class WireFailed extends Error {
  readonly failure: WireFailure;

  constructor(failure: WireFailure) {
    super("the forge did not answer as hoped");
    this.failure = failure;
  }
}

/** Undefined: the error is none of ours. */
export function wireFailureOf(error: unknown): WireFailure | undefined {
  if (error instanceof WireFailed) return error.failure;
  return error instanceof Error && error.cause instanceof WireFailed
    ? error.cause.failure
    : undefined;
}

/** Idle connections are dropped before a server with a usual keep-alive of 5 s does it in the middle of a request. */
const IDLE_MS = 4000;
const MAX_CONNECTIONS = 4;

const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);

export function createLibraryExchange(options: ForgeOptions): LibraryExchange {
  const { apiUrl, clock, timeoutMs } = options;
  const api = new URL(apiUrl);
  const prefix = `${api.pathname.replace(/\/+$/, "")}/`;
  const client = createHttpClient({
    origin: api,
    clock,
    idleConnectionMs: IDLE_MS,
    maxConnections: MAX_CONNECTIONS,
  });
  return {
    send: async ({ method, url, headers, body }, signal) => {
      const isOurs = url.origin === api.origin && url.pathname.startsWith(prefix);
      if (!isOurs || !isMethod(method)) {
        throw new WireFailed({ kind: "unsent", message: `it is not below ${apiUrl}` });
      }
      const access = await readAccess(options, signal);
      const request: HttpRequest = {
        method,
        path: url.pathname + url.search,
        headers: { ...headers, "accept-encoding": "gzip" },
        ...(body === null ? {} : { body: toBody(body) }),
        deadlines: { totalMs: timeoutMs },
        access,
        // What must not be carried out twice gets a connection that cannot be stale.
        ...(method === "GET" ? { isRepeatable: true } : { newConnection: true }),
      };
      const answer = await client.exchange(request, readWhole, signal);
      if (answer.kind === "noAnswer") throw new WireFailed(answer);
      return toAnswer(answer.status, flat(answer.headers), answer.value);
    },
    close: () => client.destroy(),
  };
}

function isMethod(method: string): method is HttpRequest["method"] {
  return METHODS.has(method);
}

async function readAccess({ access }: ForgeOptions, signal: AbortSignal): Promise<HttpAccess> {
  try {
    return await access();
  } catch (error) {
    throw new WireFailed({ kind: "unsent", message: messageOf(error) });
  } finally {
    signal.throwIfAborted();
  }
}

function toBody(text: string): NonNullable<HttpRequest["body"]> {
  const bytes = Buffer.from(text);
  return { length: bytes.length, chunks: () => [bytes] };
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Of an answer that is an error only the beginning. */
async function readWhole(answer: IncomingAnswer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  await answer.read({ maxBytes: FORGE_LIMITS.answerBytes, inflate: true }, (piece) => {
    pieces.push(piece);
    length += piece.length;
    return !isGood(answer.status) && length >= FORGE_LIMITS.errorBytes ? "enough" : undefined;
  });
  return Buffer.concat(pieces);
}

function toAnswer(status: number, headers: WireHeaders, body: Buffer): WireAnswer {
  if (!isGood(status)) {
    throw new WireFailed({ kind: "refused", status, headers, text: body.toString("utf8") });
  }
  if (body.length === 0) return { status, headers, value: null };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    return { status, headers, value: JSON.parse(text) as unknown };
  } catch {
    const type = headers["content-type"] ?? "no content type";
    throw new WireFailed({ kind: "notJson", status, type });
  }
}

function flat(headers: IncomingAnswer["headers"]): WireHeaders {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}
