import express from "express";
import type { RequestHandler } from "express";
import type * as RateLimit from "express-rate-limit";
import type { MemoryStore } from "express-rate-limit";
import { keptPromise } from "../kernel/kept-promise.ts";
import type { Operator } from "./operator.ts";
import { ProblemError } from "./problem.ts";
import { refuseOtherCharset } from "./strict-body.ts";

const MAX_BODY_BYTES = 1024 ** 2;
const WINDOW_MS = 60_000;
/** One address may send so many in a minute. A push of many refs is one delivery for each. */
const MOST_PER_WINDOW = 300;
/** Deliveries of all addresses that are read and answered at the same time: so many bodies are in memory at most. */
const MOST_AT_ONCE = 64;

export interface WebhookGate {
  /** What a delivery passes before its handler, in this order. */
  readonly handlers: readonly RequestHandler[];
  close(): void;
}

/** The same for a source that is unknown and for one without a secret, so that it shows no names of sources. */
export function unknownWebhook(): ProblemError {
  return new ProblemError(
    "NotFound",
    "no webhook is received here: docs/webhooks.md says how one is set up",
  );
}

/** Limits how many deliveries are looked at, then reads one as bytes: nothing parses it before its signature is verified. */
export function createWebhookGate(operator: Pick<Operator, "webhookOf">): WebhookGate {
  const limit = limitByAddress(operator);
  return {
    handlers: [limit.handler, requireWebhook(operator), limitAtOnce(operator), readBytes(operator)],
    close: limit.close,
  };
}

/** The limit for each address. Its library is loaded with the first delivery; where that fails, with the next one. */
function limitByAddress(operator: Pick<Operator, "webhookOf">): {
  readonly handler: RequestHandler;
  readonly close: () => void;
} {
  let store: MemoryStore | null = null;
  const open = async () => {
    const library = await import("express-rate-limit");
    store = new library.MemoryStore();
    return limitOf(operator, { library, store });
  };
  const limit = keptPromise(open);
  return {
    handler: async (request, response, next) => {
      const handler = await limit();
      await handler(request, response, next);
    },
    close: () => store?.shutdown(),
  };
}

/** By the address of the connection: what a proxy says of another one could be made up by anyone. */
function limitOf(
  operator: Pick<Operator, "webhookOf">,
  { library, store }: { readonly library: typeof RateLimit; readonly store: MemoryStore },
): RequestHandler {
  return library.rateLimit({
    windowMs: WINDOW_MS,
    limit: MOST_PER_WINDOW,
    store,
    // With Retry-After.
    standardHeaders: "draft-6",
    legacyHeaders: false,
    // They write to the console, about headers of proxies that are not used here.
    validate: false,
    keyGenerator: ({ socket }) => library.ipKeyGenerator(socket.remoteAddress ?? "unknown"),
    handler: (request, _response, next) => {
      const why = `more than ${MOST_PER_WINDOW} deliveries of this address in a minute: send them later`;
      operator.webhookOf(String(request.params["source"]))?.turnedAway("limited", why);
      next(new ProblemError("TooManyRequests", why));
    },
  });
}

function requireWebhook(operator: Pick<Operator, "webhookOf">): RequestHandler {
  return (request, _response, next) => {
    if (operator.webhookOf(String(request.params["source"])) === null) throw unknownWebhook();
    next();
  };
}

/** Who sends slowly holds a place for at most the minute that a request may take. */
function limitAtOnce(operator: Pick<Operator, "webhookOf">): RequestHandler {
  let count = 0;
  return (request, response, next) => {
    if (count >= MOST_AT_ONCE) {
      const why = `more than ${MOST_AT_ONCE} deliveries at the same time: send them later`;
      operator.webhookOf(String(request.params["source"]))?.turnedAway("limited", why);
      response.set("Retry-After", "10");
      throw new ProblemError("TooManyRequests", why);
    }
    count += 1;
    response.once("close", () => (count -= 1));
    next();
  };
}

function readBytes(operator: Pick<Operator, "webhookOf">): RequestHandler {
  let read: RequestHandler | undefined;
  return (request, response, next) => {
    // Made for the first delivery: a start loads no parser of bodies.
    read ??= express.raw({ type: () => true, limit: MAX_BODY_BYTES, inflate: false });
    const webhook = operator.webhookOf(String(request.params["source"]));
    const end = (error?: unknown) => {
      if (error === undefined) {
        next();
        return;
      }
      const shown = isTooLarge(error) ? tooLarge() : error;
      const why = shown instanceof ProblemError ? shown.message : "the body could not be read";
      webhook?.turnedAway("unreadable", why);
      next(shown);
    };
    try {
      requireJson(request);
    } catch (error) {
      end(error);
      return;
    }
    read(request, response, end);
  };
}

function requireJson(request: express.Request): void {
  if (request.is("application/json") === false) {
    throw new ProblemError(
      "UnsupportedMediaType",
      "a body of type application/json is needed: choose it as the content type of the webhook",
    );
  }
  refuseOtherCharset(request.get("content-type") ?? "");
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && "type" in error && error.type === "entity.too.large";
}

function tooLarge(): ProblemError {
  return new ProblemError(
    "BodyTooLarge",
    `the body is larger than ${MAX_BODY_BYTES} bytes: the source is not polled for it, and its next poll shows what was pushed`,
  );
}
