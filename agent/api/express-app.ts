import express from "express";
import type { ErrorRequestHandler, Express, Request, RequestHandler, Response } from "express";
import type { z } from "zod";
import { messageOf } from "../kernel/errors.ts";
import type { IdSource } from "../kernel/ids.ts";
import { refuseSwitches } from "./apply-headers.ts";
import { issueWords } from "../kernel/issue-words.ts";
import { ROUTES, type Route, type RouteId } from "./routes.ts";
import { correlationIdOf } from "./correlation-id.ts";
import { toFindings, toLine } from "./findings.ts";
import type { HttpAnswer } from "./http-answer.ts";
import { ProblemError, answerProblem, toProblem } from "./problem.ts";
import { switchHint } from "./switch-hint.ts";
import { judgeOrigin } from "./request-guard.ts";

/** A request as a route sees it. */
export interface ApiRequest<Query> {
  readonly correlationId: string;
  /** Who asks, for the audit. */
  readonly actor: string;
  /** The address of the connection. */
  readonly from: string;
  readonly query: Query;
  /** The value of a `:name` of the route's path. */
  readonly param: (name: string) => string;
  readonly header: (name: string) => string | undefined;
  /** Each value of a header that came several times, by its name in lower case. */
  readonly headerValues: (name: string) => readonly string[];
  /** Of all headers, in lower case. */
  readonly headerNames: readonly string[];
  /** Empty on routes that take no body. */
  readonly body: Uint8Array;
  /** Aborted when the caller hangs up before the answer was sent. */
  readonly gone: AbortSignal;
}

/** One function per route of the contract: a missing or an extra one does not compile. */
export type Handlers = {
  readonly [Id in RouteId]: (
    request: ApiRequest<z.infer<(typeof ROUTES)[Id]["query"]>>,
  ) => Promise<HttpAnswer>;
};

/** Log for failures that are reported nowhere else. */
export interface ApiLog {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface AppOptions {
  readonly handlers: Handlers;
  /** The address the API listens on. */
  readonly host: string;
  /** Largest body, in bytes, as of now. */
  readonly maxBodyBytes: () => number;
  /** What a signed request passes before it is read. */
  readonly webhookGate: readonly RequestHandler[];
  readonly ids: IdSource;
  readonly log: ApiLog;
}

/** The HTTP face: guards, routes of the contract and nothing else, and one place where errors become answers. */
export function createExpressApp(options: AppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", "simple");
  app.set("strict routing", true);
  app.set("case sensitive routing", true);
  app.use(prepare(options));
  app.use(guard(options.host));
  for (const id of Object.keys(ROUTES) as RouteId[]) register(app, id, options);
  app.use(() => {
    throw new ProblemError("NotFound", "unknown path: docs/api.md lists all paths");
  });
  app.use(errorHandler(options));
  return app;
}

function register(app: Express, id: RouteId, options: AppOptions): void {
  const contract: Route = ROUTES[id];
  // The query was parsed by this very route's schema, which is what the handler's type says.
  const handler = options.handlers[id] as (request: ApiRequest<unknown>) => Promise<HttpAnswer>;
  const route = app.route(contract.path);
  if (contract.method !== "get" && contract.takesSwitches !== true) route.all(withoutSwitches);
  if (contract.takesBody === true) route.post(bodyReader(options.maxBodyBytes));
  if (contract.isSigned === true) route.post(...options.webhookGate);
  route[contract.method](async (request: Request, response: Response) => {
    const asked = toApiRequest(request, response, contract);
    const answer = await handler(asked);
    // Whoever hung up gets none: of a long one that would take time and memory.
    if (!asked.gone.aborted) send(response, answer);
  });
  const allowed = contract.method === "get" ? "GET, HEAD" : contract.method.toUpperCase();
  route.all((request, response) => {
    response.set("Allow", allowed);
    throw new ProblemError(
      "MethodNotAllowed",
      `${request.method} is not possible here: use ${allowed}`,
    );
  });
}

function toApiRequest(request: Request, response: Response, contract: Route): ApiRequest<unknown> {
  const query = contract.query.safeParse({ ...request.query }, { error: queryIssue });
  if (!query.success) {
    const errors = toFindings(query.error, Object.keys(contract.query.shape));
    const hint = contract.takesSwitches === true ? switchHint(Object.keys(request.query)) : "";
    const detail = `the query of the URL is not valid: ${toLine(errors)}${hint}`;
    throw new ProblemError("InvalidQuery", detail, { errors });
  }
  const body: unknown = request.body;
  const from = request.socket.remoteAddress ?? "unknown";
  return {
    correlationId: correlationIdIn(response),
    actor: `http ${from}`,
    from,
    query: query.data,
    param: (name) => String(request.params[name]),
    header: (name) => request.get(name),
    headerValues: (name) => request.headersDistinct[name] ?? [],
    headerNames: Object.keys(request.headers),
    body: body instanceof Uint8Array ? body : new Uint8Array(),
    gone: goneSignal(response),
  };
}

/** Only what is given more than once is a list. */
function queryIssue(issue: z.core.$ZodRawIssue): string {
  return Array.isArray(issue.input) ? "is given more than once: give it once" : issueWords(issue);
}

function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort(new Error("the caller went away"));
  });
  return gone.signal;
}

function prepare({ ids }: AppOptions): RequestHandler {
  return (request, response, next) => {
    const correlationId = correlationIdOf(request.get("x-correlation-id"), ids);
    response.locals["correlationId"] = correlationId;
    response.set({
      "X-Correlation-Id": correlationId,
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
      "Referrer-Policy": "no-referrer",
      "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
      "Cross-Origin-Resource-Policy": "same-origin",
    });
    next();
  };
}

/** `POST` to it counts by its signature alone. */
const SIGNED_PATH = /^\/webhooks\/[^/]+$/;

function guard(boundHost: string): RequestHandler {
  return (request, _response, next) => {
    const verdict = judgeOrigin(
      {
        host: request.get("host"),
        origin: request.get("origin"),
        secFetchSite: request.get("sec-fetch-site"),
        changes: request.method !== "GET" && request.method !== "HEAD",
        isSigned: request.method === "POST" && SIGNED_PATH.test(request.path),
      },
      boundHost,
    );
    if (verdict.kind === "forbidden") throw new ProblemError(verdict.code, verdict.detail);
    next();
  };
}

const withoutSwitches: RequestHandler = (request, _response, next) => {
  refuseSwitches(Object.keys(request.headers), `${request.method} ${request.path}`);
  next();
};

/** Reads a JSON or YAML body as bytes. Any other type is refused unread: a form of a foreign page can send none of these two. */
function bodyReader(maxBodyBytes: () => number): RequestHandler {
  return (request, response, next) => {
    if (!request.is(["application/json", "application/yaml"])) {
      throw new ProblemError(
        "UnsupportedMediaType",
        "a body of type application/json or application/yaml is needed",
      );
    }
    const read = express.raw({ type: () => true, limit: maxBodyBytes(), inflate: false });
    read(request, response, next);
  };
}

function errorHandler({ log }: AppOptions): ErrorRequestHandler {
  // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters.
  return (error: unknown, request, response, _next) => {
    const correlationId = correlationIdIn(response);
    const problem = toProblem(error, correlationId);
    if (problem === undefined) {
      log.error(
        { correlationId, method: request.method, path: request.path, err: error },
        "request ended with an unexpected error",
      );
    } else if (problem.status >= 500) {
      log.warn({ correlationId, code: problem.code, reason: messageOf(error) }, "request failed");
    }
    if (response.headersSent) response.destroy();
    else send(response, answerProblem(problem ?? unexpected(correlationId)));
  };
}

function unexpected(correlationId: string) {
  return {
    status: 500,
    code: "InternalError",
    detail: `an unexpected error: the agent's log has it under the correlation id ${correlationId}`,
    correlationId,
  };
}

function send(response: Response, answer: HttpAnswer): void {
  const body = typeof answer.body === "string" ? Buffer.from(answer.body) : answer.body;
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  response.setHeader("Content-Type", answer.contentType);
  response.setHeader("Content-Length", body.length);
  response.end(body);
}

function correlationIdIn(response: Response): string {
  return String(response.locals["correlationId"]);
}
