import type { IncomingMessage } from "node:http";
import type { z } from "zod";
import type { GiteaHooks } from "./gitea-hooks.ts";
import type { GiteaPulls } from "./gitea-pulls.ts";
import type { ShapeContext } from "./gitea-shapes.ts";
import type { GiteaState, Pull, Repo, Role, User } from "./gitea-state.ts";

/** An answer of the stand-in's API. */
export interface Reply {
  readonly status: number;
  /** Absent: no body and no content type. */
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Who asks. */
export interface Asker {
  readonly user: User | null;
  readonly by: "token" | "password" | "none";
  /** Of a token. */
  readonly scopes: readonly string[];
}

/** One request with everything that its route may need. */
export interface Asking {
  readonly method: string;
  /** Without `/api/v1`, decoded, by the names in the route. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly path: string;
  readonly body: unknown;
  readonly asker: Asker;
  readonly state: GiteaState;
  readonly hooks: GiteaHooks;
  readonly pulls: GiteaPulls;
  readonly context: ShapeContext;
}

export interface Route {
  readonly method: string;
  /** Such as `/repos/:owner/:repo/pulls/:index`; `*rest` takes all that follows. */
  readonly path: string;
  /** The category of the scope; absent: none is needed. */
  readonly scope?: string;
  /** The role in the repository; absent: to see it. */
  readonly role?: Role;
  readonly answer: (asking: Asking) => Reply;
}

export function json(status: number, value: unknown, headers?: Record<string, string>): Reply {
  return { status, json: value, ...(headers === undefined ? {} : { headers }) };
}

/** An error as most of Gitea's are. */
export function refusal({ context }: Asking, status: number, message: string): Reply {
  return json(status, { message, url: `${context.rootUrl}/api/swagger` });
}

export function notFound(asking: Asking, errors: readonly string[] | null = null): Reply {
  const url = `${asking.context.rootUrl}/api/swagger`;
  return json(404, { message: "not found", url, errors });
}

/** Routes find what is missing deep inside. */
export class Refused extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(`refused with ${reply.status}`);
    this.reply = reply;
  }
}

export function repoOf({ state, params, asker }: Asking & { readonly asking?: never }): Repo {
  const repo = state.repo(params["owner"] ?? "", params["repo"] ?? "");
  if (repo === undefined || state.roleOf(asker.user, repo) === "none") {
    throw new Error("the route did not check that the repository is visible");
  }
  return repo;
}

export function pullOf(asking: Asking): { readonly repo: Repo; readonly pull: Pull } {
  const repo = repoOf(asking);
  const number = Number(asking.params["index"]);
  const pull = repo.pulls.find((each) => each.number === number);
  if (pull === undefined) throw new Refused(notFound(asking));
  return { repo, pull };
}

export function personOf({ asker }: Asking): User {
  if (asker.user === null) throw new Error("the route did not check that somebody is signed in");
  return asker.user;
}

/** The body as the route needs it; 422 where it is not so. */
export function bodyOf<T>(asking: Asking, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(asking.body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = String(issue?.path[0] ?? "");
  const name = `[${at.charAt(0).toUpperCase()}${at.slice(1)}]: Required`;
  throw new Refused(refusal(asking, 422, name));
}

/** One page of a list, with its headers. */
export function paged(asking: Asking, list: readonly unknown[]): Reply {
  const { query, context, path } = asking;
  const limit = Math.min(Math.max(Number(query.get("limit") ?? 30) || 30, 1), 50);
  const page = Math.max(Number(query.get("page") ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(list.length / limit), 1);
  const link = (to: number, rel: string) => {
    const next = new URLSearchParams(query);
    next.set("page", String(to));
    return `<${context.rootUrl}/api/v1${path}?${next.toString()}>; rel="${rel}"`;
  };
  const links = [
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first"), link(page - 1, "prev")] : []),
  ];
  return json(200, list.slice((page - 1) * limit, page * limit), {
    "x-total-count": String(list.length),
    ...(links.length === 0 ? {} : { link: links.join(",") }),
  });
}

/** Whether the scopes of a token cover a category at the level of a method. */
export function covers(scopes: readonly string[], category: string, method: string): boolean {
  if (scopes.includes("all")) return true;
  const isReading = method === "GET" || method === "HEAD";
  return scopes.includes(`write:${category}`) || (isReading && scopes.includes(`read:${category}`));
}

const RANKS: readonly Role[] = ["none", "read", "write", "admin", "owner"];

export function isAtLeast(role: Role, wanted: Role): boolean {
  return RANKS.indexOf(role) >= RANKS.indexOf(wanted);
}

/** Null: what was given fits nobody. */
export function askerOf(state: GiteaState, request: IncomingMessage): Asker | null {
  const [kind = "", value = ""] = (request.headers.authorization ?? "").split(" ");
  if (kind === "") return { user: null, by: "none", scopes: [] };
  if (/^(?:token|bearer)$/i.test(kind)) return byToken(state, value);
  const [login = "", ...rest] = Buffer.from(value, "base64").toString().split(":");
  const secret = rest.join(":");
  const user = state.user(login);
  if (user !== undefined && user.password !== null && user.password === secret) {
    return { user, by: "password", scopes: ["all"] };
  }
  return byToken(state, secret) ?? byToken(state, login);
}

function byToken(state: GiteaState, value: string): Asker | null {
  const token = state.tokens.find((each) => each.value === value);
  const user = token === undefined ? undefined : state.users.get(token.userId);
  if (token === undefined || user === undefined) return null;
  return { user, by: "token", scopes: token.scopes };
}
