import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json as readJson } from "node:stream/consumers";
import type { HubPerson } from "./hub.ts";

/** One request of a person whose token is known. */
export interface HubRequest {
  readonly person: HubPerson;
  /** The parts of the path that the route names, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where it came in, with its path and without its query. */
  readonly url: string;
}

export interface HubReply {
  readonly status: number;
  readonly json: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Such as `GET /repos/:owner/:repo/pulls/:number`; `:name` is one part of a path. */
export type HubRoutes = Readonly<Record<string, (request: HubRequest) => HubReply>>;

export interface HubFace {
  /** Before each path of its API. */
  readonly prefix: string;
  readonly routes: HubRoutes;
  readonly personOf: (token: string) => HubPerson | undefined;
  /** The body of an error. */
  readonly error: (message: string) => unknown;
  /** Whether the repository that a path names is there. */
  readonly knows: (params: Readonly<Record<string, string>>) => boolean;
}

/** What goes wrong with an answer; undefined: nothing. */
export type HubFault = (
  request: {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
  },
  response: ServerResponse,
) => boolean;

export interface HubServer {
  readonly origin: string;
  readonly apiUrl: string;
  readonly requests: { readonly method: string; readonly path: string }[];
  /** True: it has answered, or never will. */
  fault: HubFault | null;
  stop(): Promise<void>;
}

export async function startHubServer(face: HubFace): Promise<HubServer> {
  const routes = Object.entries(face.routes).map(([route, answer]) => {
    const [method = "", path = ""] = route.split(" ");
    return { method, parts: path.split("/").slice(1), answer };
  });
  const requests: { method: string; path: string }[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = "", url: path = "", headers } = request;
    requests.push({ method, path });
    if (hub.fault?.({ method, path, headers }, response) === true) return;
    const reply = await replyTo(request);
    response.writeHead(reply.status, {
      "content-type": "application/json; charset=utf-8",
      ...reply.headers,
    });
    response.end(reply.status === 204 ? "" : JSON.stringify(reply.json));
  };
  const replyTo = async (request: IncomingMessage): Promise<HubReply> => {
    const failed = (status: number, message: string): HubReply => ({
      status,
      json: face.error(message),
    });
    const { method = "", headers } = request;
    const url = new URL(request.url ?? "/", hub.origin);
    const body = method === "GET" ? {} : ((await readJson(request)) as Record<string, unknown>);
    const token = /^bearer (.+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
    const person = face.personOf(token);
    if (person === undefined) return failed(401, "Bad credentials");
    const parts = url.pathname
      .slice(face.prefix.length)
      .split("/")
      .slice(1)
      .map(decodeURIComponent);
    for (const route of routes) {
      const params = method === route.method ? matched(route.parts, parts) : null;
      if (params === null) continue;
      if (!face.knows(params)) return failed(404, "Not Found");
      const at = `${url.origin}${url.pathname}`;
      return route.answer({ person, params, query: url.searchParams, body, url: at });
    }
    return failed(404, "Not Found");
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hub: HubServer = {
    origin,
    apiUrl: origin + face.prefix,
    requests,
    fault: null,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return hub;
}

function matched(
  route: readonly string[],
  parts: readonly string[],
): Record<string, string> | null {
  if (route.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [at, name] of route.entries()) {
    const part = parts[at] ?? "";
    if (name.startsWith(":")) params[name.slice(1)] = part;
    else if (name !== part) return null;
  }
  return params;
}

export function replied(status: number, json: unknown, headers?: HubReply["headers"]): HubReply {
  return { status, json, ...(headers === undefined ? {} : { headers }) };
}

export interface HubPage<T> {
  readonly list: readonly T[];
  readonly page: number;
  /** Null: it is the last. */
  readonly next: number | null;
}

/** A page as both forges cut them: `per_page`, 20 or 30 where it is absent, 100 at most. */
export function pageOf<T>(all: readonly T[], query: URLSearchParams): HubPage<T> {
  const size = Math.min(Math.max(Number(query.get("per_page") ?? 20) || 20, 1), 100);
  const page = Math.max(Number(query.get("page") ?? 1) || 1, 1);
  const list = all.slice((page - 1) * size, page * size);
  return { list, page, next: page * size < all.length ? page + 1 : null };
}

/** Empty where the body has no such text. */
export function textOf(body: HubRequest["body"], name: string): string {
  const value = body[name];
  return typeof value === "string" ? value : "";
}
