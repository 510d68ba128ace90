import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { accountRoutes } from "./gitea-account-routes.ts";
import { contentRoutes } from "./gitea-content-routes.ts";
import { misbehave } from "./gitea-fault.ts";
import type { ForgeFault, ForgeRequest } from "./gitea-fault.ts";
import { answerGit } from "./gitea-git-http.ts";
import { hookRoutes } from "./gitea-hook-routes.ts";
import { GiteaHooks } from "./gitea-hooks.ts";
import { askerOf, covers, isAtLeast, json, notFound, refusal, Refused } from "./gitea-http.ts";
import type { Asker, Asking, Reply, Route } from "./gitea-http.ts";
import { issueRoutes } from "./gitea-issue-routes.ts";
import { pullRoutes } from "./gitea-pull-routes.ts";
import { GiteaNear } from "./gitea-near.ts";
import type { GiteaSite } from "./gitea-person.ts";
import { GiteaPulls } from "./gitea-pulls.ts";
import { repoRoutes } from "./gitea-repo-routes.ts";
import { statusRoutes } from "./gitea-status-routes.ts";
import type { ShapeContext } from "./gitea-shapes.ts";
import { fullName, GHOST, GiteaState } from "./gitea-state.ts";
import type { Repo, User } from "./gitea-state.ts";

const ROUTES: readonly (Route & { readonly pattern: RegExp })[] = [
  ...accountRoutes,
  ...repoRoutes,
  ...hookRoutes,
  ...statusRoutes,
  ...contentRoutes,
  ...pullRoutes,
  ...issueRoutes,
].map((route) => ({ ...route, pattern: patternOf(route.path) }));

function patternOf(path: string): RegExp {
  const parts = path.replace(/:(\w+)/g, "(?<$1>[^/]+)").replace(/\*(\w+)/g, "(?<$1>.+)");
  return new RegExp(`^${parts}$`);
}

export interface GiteaStandInOptions {
  readonly host?: string;
  readonly port?: number;
  /** What answers and deliveries call it; absent: where it listens. */
  readonly rootUrl?: string;
  /** Where the repositories are; absent: a temporary folder. */
  readonly root?: string;
  readonly admin?: { readonly login: string; readonly password: string };
}

/**
 * A server that answers like a Gitea 1.26.3, as far as this project asks it, with real git behind it. A test holds its answers
 * to those of a real one, shape by shape.
 */
export class GiteaStandIn {
  readonly state: GiteaState;
  readonly hooks = new GiteaHooks();
  readonly pulls: GiteaPulls;
  readonly requests: (ForgeRequest & { readonly authorization: string | undefined })[] = [];
  /** Asked for each request to the API; undefined: it answers as ever. */
  fault: (request: ForgeRequest) => ForgeFault | undefined = () => undefined;
  readonly #server: Server;
  readonly #folder: string;
  readonly #isOurFolder: boolean;
  readonly #admin: GiteaSite["admin"];
  #rootUrl = "";

  private constructor({ root, admin, rootUrl }: GiteaStandInOptions) {
    this.#isOurFolder = root === undefined;
    this.#folder = root ?? mkdtempSync(join(tmpdir(), "room-operator-gitea-"));
    this.state = new GiteaState(this.#folder);
    this.#rootUrl = rootUrl ?? "";
    this.pulls = new GiteaPulls(this.state, this.hooks, () => this.#context(null, null));
    this.#admin = admin ?? { login: "ops", password: "opspass1234" };
    const { login, password } = this.#admin;
    this.state.addUser({ login, password, email: `${login}@example.test`, isAdmin: true });
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.end(`stand-in: ${String(error instanceof Error ? error.stack : error)}\n`);
      });
    });
  }

  static async start(options: GiteaStandInOptions = {}): Promise<GiteaStandIn> {
    const gitea = new GiteaStandIn(options);
    const { port = 0, host = "127.0.0.1" } = options;
    await new Promise<void>((resolve) => gitea.#server.listen(port, host, resolve));
    gitea.#rootUrl ||= gitea.url;
    return gitea;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get apiUrl(): string {
    return `${this.url}/api/v1`;
  }

  /** It, as a world of this process uses it. */
  get site(): GiteaSite {
    const near = new GiteaNear(this.state, this.pulls);
    return { url: this.url, admin: this.#admin, near };
  }

  break(fault: ForgeFault, on: (request: ForgeRequest) => boolean = () => true): void {
    this.fault = (request) => (on(request) ? fault : undefined);
  }

  heal(): void {
    this.fault = () => undefined;
  }

  async stop(): Promise<void> {
    this.pulls.stop();
    await this.hooks.stop();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    if (this.#isOurFolder) rmSync(this.#folder, { recursive: true, force: true });
  }

  #context(viewer: User | null, host: string | null): ShapeContext {
    const rootUrl = this.#rootUrl.replace(/\/+$/, "");
    return {
      rootUrl,
      hostUrl: host === null ? rootUrl : `http://${host}`,
      viewer,
      roleOf: (user, repo) => this.state.roleOf(user, repo),
      still: (user) => (user.id === GHOST.id ? user : this.state.still(user)),
    };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? "/";
    if (url === "/api/healthz") {
      request.resume();
      send(response, json(200, { status: "pass", description: "Gitea", checks: {} }));
      return;
    }
    if (!url.startsWith("/api/v1/")) return answerGit(this, request, response);
    const asked = { method: request.method ?? "GET", path: url };
    this.requests.push({ ...asked, authorization: request.headers.authorization });
    const body = await buffer(request);
    const fault = this.fault(asked);
    if (fault !== undefined) return misbehave(fault, response);
    send(response, this.#reply(request, body));
  }

  #reply(request: IncomingMessage, body: Buffer): Reply {
    const { method = "GET", url = "/" } = request;
    const { pathname, searchParams: query } = new URL(url, "http://stand-in");
    const path = pathname.slice("/api/v1".length);
    const found = routeOf(method, path);
    const asker = askerOf(this.state, request);
    const asking: Asking = {
      method,
      params: found?.params ?? {},
      query,
      path,
      body: parse(body),
      asker: asker ?? { user: null, by: "none", scopes: [] },
      state: this.state,
      hooks: this.hooks,
      pulls: this.pulls,
      context: this.#context(asker?.user ?? null, request.headers.host ?? null),
    };
    if (asker === null) return refusal(asking, 401, "invalid username, password or token");
    if (found === null) {
      const headers = { "content-type": "text/plain; charset=utf-8" };
      return { status: 404, text: "404 page not found\n", headers };
    }
    try {
      return this.#stopped(found.route, asking) ?? found.route.answer(asking);
    } catch (error) {
      if (error instanceof Refused) return error.reply;
      throw error;
    }
  }

  /** What stands before a route, in Gitea's order; null: nothing. */
  #stopped(route: Route, asking: Asking): Reply | null {
    const { asker, method, params, context } = asking;
    const { owner, repo: name } = params;
    if (asker.user?.mustChangePassword === true) {
      const message = `You must change your password. Change it at: ${context.rootUrl}//user/change_password`;
      return json(403, { message });
    }
    const old = this.state.moved.get(`${owner ?? ""}/${name ?? ""}`.toLowerCase());
    const lacks = scopeLack(route, asker, method);
    if (lacks !== null) return refusal(asking, 403, lacks);
    if (owner !== undefined && name !== undefined) {
      const repo = this.state.repo(owner, name);
      if (repo === undefined && old !== undefined) return movedTo(old, asking);
      if (repo === undefined) return notFound(asking);
      const role = this.state.roleOf(asker.user, repo);
      if (role === "none") return notFound(asking);
      if (method !== "GET" && asker.user === null) return signIn(asking);
      if (route.role !== undefined && !isAtLeast(role, route.role)) {
        const message = "user should have a permission to write to a repo";
        return refusal(asking, 403, message);
      }
      const isComment = /\/issues\/[^/]+\/(?:comments|labels)$/.test(route.path);
      if (repo.isArchived && method !== "GET" && isComment) {
        return refusal(asking, 423, `${fullName(repo)} is archived`);
      }
      return null;
    }
    const isOpen = route.path === "/version" || route.path === "/settings/api";
    return asker.user === null && !isOpen && asker.by === "none" && route.scope !== undefined
      ? signIn(asking)
      : null;
  }
}

function signIn(asking: Asking): Reply {
  return refusal(asking, 401, "token is required");
}

function scopeLack({ scope }: Route, { by, scopes }: Asker, method: string): string | null {
  if (scope === undefined || by !== "token" || covers(scopes, scope, method)) return null;
  const level = method === "GET" ? "read" : "write";
  return `token does not have at least one of required scope(s), required=[${level}:${scope}], token scope=${scopes.join(",")}`;
}

/** For whoever asks, also where the repository could not be seen. */
function movedTo(repo: Repo, { path, method, query }: Asking): Reply {
  const rest = path.split("/").slice(4).join("/");
  const asked = query.size === 0 ? "" : `?${query.toString()}`;
  const location = `/api/v1/repos/${fullName(repo)}${rest === "" ? "" : `/${rest}`}${asked}`;
  if (method !== "GET") return { status: 301, headers: { location } };
  const headers = { location, "content-type": "text/html; charset=utf-8" };
  return { status: 301, headers, text: `<a href="${location}">Moved Permanently</a>.\n\n` };
}

function routeOf(
  method: string,
  path: string,
): { readonly route: Route; readonly params: Record<string, string> } | null {
  for (const route of ROUTES) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (match === null) continue;
    const params = Object.entries(match.groups ?? {}).map(([name, value]) => [
      name,
      decodeURIComponent(value),
    ]);
    return { route, params: Object.fromEntries(params) as Record<string, string> };
  }
  return null;
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return null;
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}

function send(response: ServerResponse, reply: Reply): void {
  const { status, headers = {} } = reply;
  if ("json" in reply) {
    response.writeHead(status, { "content-type": "application/json;charset=utf-8", ...headers });
    response.end(JSON.stringify(reply.json));
    return;
  }
  response.writeHead(status, headers).end(reply.text ?? "");
}
