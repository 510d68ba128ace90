import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { recordedSetup } from "./gitea-setup-recordings.ts";
import { aRepository } from "./gitea-setup-state.ts";
import type { GiteaState, Hook, Repository, Token, User } from "./gitea-setup-state.ts";

export interface Answer {
  readonly status: number;
  /** A text is sent as it is; absent: no body. */
  readonly body?: unknown;
  readonly type?: string;
}

interface Asked {
  readonly state: GiteaState;
  readonly body: Record<string, unknown>;
  readonly names: readonly string[];
  readonly query: URLSearchParams;
  /** Who asks; null: a login that Gitea does not know. */
  readonly login: string | null;
}

type Route = (asked: Asked) => Answer;

const like = (name: string, values: object = {}): Answer => {
  const { status, body } = recordedSetup(name);
  if (body === "") return { status };
  const isObject = typeof body === "object" && !Array.isArray(body);
  return { status, body: isObject ? { ...body, ...values } : body };
};

const paged = (entries: readonly unknown[], query: URLSearchParams): Answer => {
  const [limit, page] = [Number(query.get("limit") ?? 30), Number(query.get("page") ?? 1)];
  return { status: 200, body: entries.slice((page - 1) * limit, page * limit) };
};

const named = (name: string) => name.replaceAll("*", "([^/]+)");

/** Does what a request asks for. */
export function answerTo(
  state: GiteaState,
  { request, text }: { readonly request: IncomingMessage; readonly text: string },
): Answer {
  const { pathname, searchParams: query } = new URL(request.url ?? "", "http://gitea");
  const login = loginOf(state, request.headers.authorization ?? "");
  if (login === null) return like("error-401-wrong-password");
  for (const [pattern, route] of Object.entries(ROUTES)) {
    const [method = "", path = ""] = pattern.split(" ");
    const match = new RegExp(`^/api/v1${named(path)}$`).exec(pathname);
    if (method !== request.method || match === null) continue;
    const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
    return route({ state, body, query, login, names: match.slice(1).map(decodeURIComponent) });
  }
  return { ...like("error-404-unknown-route"), type: "text/plain; charset=utf-8" };
}

function loginOf({ users }: GiteaState, header: string): string | null {
  const [kind, value = ""] = header.split(" ");
  for (const [login, { password, tokens }] of users) {
    const basic = Buffer.from(`${login}:${password}`).toString("base64");
    if (kind === "Basic" && value === basic) return login;
    if (kind === "token" && tokens.some(({ sha1 }) => sha1 === value)) return login;
  }
  return null;
}

const userOf = (login: string, { id, isAdmin }: User) =>
  like("user-200", { id, login, username: login, is_admin: isAdmin });

function ofRepository(run: (repository: Repository, asked: Asked) => Answer): Route {
  return (asked) => {
    const found = asked.state.repositories.get(`${asked.names[0]}/${asked.names[1]}`);
    return found === undefined ? like("repo-404") : run(found, asked);
  };
}

const tokenShown = ({ id, name, sha1, scopes }: Token) => ({
  ...(like("token-list").body as object[])[0],
  id,
  name,
  token_last_eight: sha1.slice(-8),
  scopes,
});

const hookShown = ({ id, active, url, events }: Hook) => ({
  ...(like("hook-create-201").body as object),
  id,
  active,
  config: { url, content_type: "json" },
  events: events.map((event) => (event === "pull_request_only" ? "pull_request" : event)),
});

const ROUTES: Readonly<Record<string, Route>> = {
  "GET /version": ({ state }) => like("version", { version: state.version }),
  "GET /user": ({ state, login }) => {
    const user = state.users.get(login ?? "");
    return user === undefined ? like("user-404") : userOf(login ?? "", user);
  },
  "GET /users/*": ({ state, names: [name = ""] }) => {
    const user = state.users.get(name);
    return user === undefined ? like("user-404") : userOf(name, user);
  },
  "POST /admin/users": ({ state, body }) => {
    const login = String(body["username"]);
    if (state.users.has(login) || state.orgs.has(login))
      return like("admin-user-create-422-exists");
    const password = String(body["password"]);
    const user = { id: (state.nextId += 1), isAdmin: false, password, tokens: [] };
    state.users.set(login, user);
    return like("admin-user-create-201", { id: user.id, login, username: login });
  },
  "GET /users/*/tokens": ({ state, names: [name = ""], query }) =>
    paged((state.users.get(name)?.tokens ?? []).map(tokenShown), query),
  "POST /users/*/tokens": ({ state, names: [login = ""], body }) => {
    const tokens = state.users.get(login)?.tokens ?? [];
    const name = String(body["name"]);
    if (tokens.some((each) => each.name === name)) return like("token-create-400-name-taken");
    const sha1 = randomBytes(20).toString("hex");
    const token = { id: (state.nextId += 1), name, sha1, scopes: body["scopes"] as string[] };
    tokens.push(token);
    return like("token-create-201", { ...tokenShown(token), sha1 });
  },
  "DELETE /users/*/tokens/*": ({ state, names: [login = "", id] }) => {
    const tokens = state.users.get(login)?.tokens ?? [];
    const at = tokens.findIndex((each) => String(each.id) === id || each.name === id);
    if (at < 0) return like("token-delete-404");
    tokens.splice(at, 1);
    return like("token-delete-204");
  },
  "GET /orgs/*": ({ state, names: [name = ""] }) =>
    state.orgs.has(name) ? like("org-200", { name, username: name }) : like("org-404"),
  "POST /orgs": ({ state, body }) => {
    const name = String(body["username"]);
    if (state.orgs.has(name) || state.users.has(name)) return like("org-create-422-exists");
    state.orgs.add(name);
    return like("org-create-201", { name, username: name });
  },
  "POST /orgs/*/repos": ({ state, names: [org = ""], body }) => {
    const name = `${org}/${String(body["name"])}`;
    const { id } = aRepository(state, name);
    return like("org-repo-create-201", { id, full_name: name });
  },
  "GET /repos/*/*": ofRepository(({ id, archived, commits }) =>
    like("repo-200", { id, archived, empty: commits.length === 0 }),
  ),
  "POST /repos/*/*/contents": ofRepository(({ commits }, { body }) => {
    const files = new Map(commits.at(-1));
    for (const { path, content } of body["files"] as { path: string; content: string }[]) {
      files.set(path, Buffer.from(content, "base64").toString("utf8"));
    }
    commits.push(files);
    return like("contents-create-201-empty-repository");
  }),
  "GET /repos/*/*/branches/*": ofRepository(({ commits }, { names: [, , branch] }) =>
    like(branch === "main" && commits.length > 0 ? "branch-200" : "branch-404"),
  ),
  "GET /repos/*/*/git/trees/*": ofRepository(({ commits }) => {
    const tree = [...(commits.at(-1) ?? [])].map(([path, text]) => {
      const bytes = Buffer.from(text);
      const sha = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
      return { path, type: "blob", mode: "100644", size: bytes.length, sha, url: "" };
    });
    return like("tree-200", { tree, total_count: tree.length });
  }),
  "GET /repos/*/*/collaborators/*/permission": ofRepository(
    ({ collaborators }, { names: [, , name = ""] }) => {
      const permission = collaborators.get(name) ?? "none";
      return like("collaborator-permission-200", { permission, role_name: permission });
    },
  ),
  "PUT /repos/*/*/collaborators/*": ofRepository(
    ({ collaborators }, { names: [, , name = ""], body }) => {
      collaborators.set(name, String(body["permission"]));
      return like("collaborator-put-204");
    },
  ),
  "GET /repos/*/*/labels": ofRepository(({ labels }, { query }) => {
    const [shown] = like("label-list").body as object[];
    return paged(
      labels.map((label) => ({ ...shown, ...label })),
      query,
    );
  }),
  "POST /repos/*/*/labels": ofRepository(({ labels }, { state, body }) => {
    const label = { id: (state.nextId += 1), name: String(body["name"]) };
    labels.push(label);
    return like("label-create-201", label);
  }),
  "GET /repos/*/*/hooks": ofRepository(({ hooks }, { query }) =>
    paged(hooks.map(hookShown), query),
  ),
  "POST /repos/*/*/hooks": ofRepository(({ hooks }, { state, body }) => {
    const { url, secret } = body["config"] as { url: string; secret: string };
    const events = body["events"] as string[];
    const hook = { id: (state.nextId += 1), active: body["active"] === true, url, secret, events };
    hooks.push(hook);
    return { status: 201, body: hookShown(hook) };
  }),
  "DELETE /repos/*/*/hooks/*": ofRepository(({ hooks }, { names: [, , id] }) => {
    const at = hooks.findIndex((hook) => String(hook.id) === id);
    if (at < 0) return like("repo-404");
    hooks.splice(at, 1);
    return like("hook-delete-204");
  }),
  "GET /repos/*/*/branch_protections": ofRepository(({ protection }) => {
    const [shown] = like("protection-list").body as object[];
    return { status: 200, body: protection === null ? [] : [{ ...shown, ...protection }] };
  }),
  "POST /repos/*/*/branch_protections": ofRepository((repository, { body }) => {
    repository.protection = body;
    return like("protection-create-201", body);
  }),
  "PATCH /repos/*/*/branch_protections/*": ofRepository((repository, { body }) => {
    repository.protection = { ...repository.protection, ...body };
    return like("protection-edit-200", repository.protection);
  }),
};
