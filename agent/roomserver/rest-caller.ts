import { formsOf, hideSecret } from "../http/hide-secret.ts";
import type { HttpBody } from "../http/http-message.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { RoomServerOptions } from "./open-room-server.ts";
import { createRestExchange } from "./rest-exchange.ts";
import type { RestAnswer, RestRequest } from "./rest-exchange.ts";
import { toPath } from "./rest-path.ts";
import type { Asked } from "./rest-verdict.ts";
import type { Attempt } from "./retry.ts";
import { createRoomCaller } from "./room-caller.ts";
import type { Operation, WireEnd } from "./room-caller.ts";
import type { Call, CallFailure } from "./room-server.ts";
import { tokenAdvice } from "./token-advice.ts";

/** What one method of the interface puts on the wire. */
export interface Asking {
  readonly operation: Operation;
  /** In words, for messages. */
  readonly what: string;
  readonly roomId: string;
  /** The room and the thing it concerns, which a server may repeat in its answer. */
  readonly names: readonly string[];
  readonly method: RestRequest["method"];
  /** Of the path, unencoded. */
  readonly segments: readonly string[];
  readonly body?: HttpBody;
}

export interface RestCaller {
  /** Sends until `judge` calls an answer final, as `RoomCaller` says. */
  perform<T>(
    asking: Asking,
    call: Call,
    judge: (answer: RestAnswer, asked: Asked) => Attempt<T> | Promise<Attempt<T>>,
  ): Promise<T | CallFailure>;
  close(): void;
}

export function createRestCaller(options: RoomServerOptions): RestCaller {
  const base = parseBaseUrl(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, "");
  const client = createRestExchange(base, options);
  const perform = createRoomCaller(options);

  const toRequest = (
    { path, ...asking }: Asking & { readonly path: string },
    call: Call,
    token: string | undefined,
  ): RestRequest => ({
    method: asking.method,
    path: prefix + path,
    headers: toHeaders(call, token === undefined ? undefined : `${options.tokenType} ${token}`),
    timeoutMs: asking.operation === "seed" ? options.uploadTimeoutMs : options.timeoutMs,
    newConnection: call.newConnection ?? false,
    ...(asking.body === undefined ? {} : { body: asking.body }),
  });

  return {
    perform: async <T>(
      asking: Asking,
      call: Call,
      judge: (answer: RestAnswer, asked: Asked) => Attempt<T> | Promise<Attempt<T>>,
    ): Promise<T | CallFailure> => {
      const { operation, roomId, what, names } = asking;
      const path = toPath(asking.segments);
      if (path === undefined) return unaddressable(asking);
      return perform<T>({ operation, roomId, call }, async (paced, rule) => {
        const read = await readToken(options);
        if (read.kind === "unusable") return { kind: "final", value: unusable(read.message) };
        const { token } = read;
        const request = toRequest({ ...asking, path }, call, token);
        const answer = await paced(() => client.exchange(request, call.signal), toWireEnd);
        const nowMs = options.clock.nowMs();
        const redact = (text: string) =>
          token === undefined ? text : hideSecret(text, formsOf(token), "[redacted]");
        const advice = tokenAdvice({
          isSent: token !== undefined,
          file: options.tokenFile ?? null,
        });
        return judge(answer, { what, names, ...rule, nowMs, redact, tokenAdvice: advice });
      });
    },
    close: () => client.close(),
  };
}

function toWireEnd(answer: RestAnswer): WireEnd {
  return answer.kind === "answer"
    ? { status: answer.status, failure: null }
    : { status: null, failure: answer.failure };
}

function parseBaseUrl(text: string): URL {
  const url = URL.parse(text);
  const shown = text.replace(/\/\/[^/@]*@/, "//…@");
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new OperatorError(
      "InvalidBaseUrl",
      `RoomServer.BaseUrl "${shown}" is not an http or https URL. Write it as http://host:port.`,
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

type ReadToken =
  | { readonly kind: "read"; readonly token: string | undefined }
  | { readonly kind: "unusable"; readonly message: string };

async function readToken(options: RoomServerOptions): Promise<ReadToken> {
  let token: string | undefined;
  try {
    token = (await options.token())?.trim();
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return { kind: "unusable", message: `The RoomServer token cannot be read. ${error.message}` };
  }
  if (token === undefined || token === "" || token === "${ROOM_AUTH_TOKEN}")
    return { kind: "read", token: undefined };
  return /^[\x21-\x7e]+$/.test(token)
    ? { kind: "read", token }
    : {
        kind: "unusable",
        message: `The RoomServer token contains spaces or characters that no header can carry. ${tokenAdvice({ isSent: true, file: options.tokenFile ?? null })}`,
      };
}

/** As if the server had said so: nothing is sent, and the pass ends. */
function unusable(message: string): CallFailure {
  return { kind: "unauthorized", status: 401, message };
}

function unaddressable({ what }: Asking): CallFailure {
  const message = `${what}: this name cannot be part of an address (it is empty, ".", "..", too long or no valid text), so nothing was sent. Rename it.`;
  return { kind: "refused", status: 400, message };
}
