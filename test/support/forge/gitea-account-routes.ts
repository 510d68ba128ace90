import { z } from "zod";
import {
  bodyOf,
  isAtLeast,
  json,
  notFound,
  paged,
  personOf,
  refusal,
  Refused,
} from "./gitea-http.ts";
import type { Asking, Reply, Route } from "./gitea-http.ts";
import { takeObjects } from "../git-take.ts";
import { organizationShape, repoShape, tokenShape, userShape } from "./gitea-shapes.ts";
import type { User } from "./gitea-state.ts";

/** Users, tokens, organizations, and the making of repositories. */

const VERSION = "1.26.3";

const newUser = z.object({
  username: z.string().min(1),
  email: z.string().min(1),
  password: z.string().min(1),
  must_change_password: z.boolean().default(true),
});

const newToken = z.object({ name: z.string().min(1), scopes: z.array(z.string()).default([]) });

const newRepository = z.object({
  name: z.string().min(1),
  default_branch: z.string().default("main"),
  private: z.boolean().default(false),
  auto_init: z.boolean().default(false),
});

const SCOPE =
  /^(?:all|(?:read|write):(?:activitypub|admin|issue|misc|notification|organization|package|repository|user))$/;

function requireAdmin(asking: Asking): void {
  if (!personOf(asking).isAdmin) {
    throw new Refused(refusal(asking, 403, "user should be the site admin"));
  }
}

/** The person in the path, whose tokens only that person and an administrator may touch, with a password. */
function tokenOwner(asking: Asking): User {
  const { asker, state, params } = asking;
  if (asker.by !== "password") throw new Refused(refusal(asking, 401, "auth required"));
  const owner = state.user(params["user"] ?? "");
  if (owner === undefined) throw new Refused(notFound(asking));
  if (asker.user?.id !== owner.id && asker.user?.isAdmin !== true) {
    const message = "doer should be the site admin or be same as the contextUser";
    throw new Refused(refusal(asking, 403, message));
  }
  return owner;
}

function createToken(asking: Asking): Reply {
  const owner = tokenOwner(asking);
  const { name, scopes } = bodyOf(asking, newToken);
  const { state } = asking;
  if (scopes.length === 0) return refusal(asking, 400, "access token must have a scope");
  const odd = scopes.find((scope) => !SCOPE.test(scope));
  if (odd !== undefined) {
    const message = `invalid access token scope provided: invalid access token scope: ${odd}`;
    return refusal(asking, 400, message);
  }
  if (state.tokens.some((each) => each.userId === owner.id && each.name === name)) {
    return refusal(asking, 400, "access token name has been used already");
  }
  return json(201, tokenShape(state.addToken(owner.id, name, scopes)));
}

function createRepository(asking: Asking, owner: User): Reply {
  const { state, context } = asking;
  const wanted = bodyOf(asking, newRepository);
  if (state.repo(owner.login, wanted.name) !== undefined) {
    return refusal(asking, 409, "The repository with the same name already exists.");
  }
  const repo = state.addRepo({
    owner,
    name: wanted.name,
    isPrivate: wanted.private,
    defaultBranch: wanted.default_branch,
  });
  // Who makes a repository in an organization owns that.
  if (owner.isOrganization) repo.collaborators.set(personOf(asking).id, "admin");
  if (wanted.auto_init) {
    repo.git.commit(
      { "README.md": `# ${wanted.name}\n` },
      { message: "Initial commit\n", branch: wanted.default_branch },
    );
  }
  return json(201, repoShape(repo, context));
}

export const accountRoutes: readonly Route[] = [
  { method: "GET", path: "/version", answer: () => json(200, { version: VERSION }) },
  {
    method: "GET",
    path: "/settings/api",
    answer: () =>
      json(200, {
        max_response_items: 50,
        default_paging_num: 30,
        default_git_trees_per_page: 1000,
        default_max_blob_size: 10_485_760,
        default_max_response_size: 104_857_600,
      }),
  },
  {
    method: "GET",
    path: "/user",
    scope: "user",
    answer: (asking) => json(200, userShape(personOf(asking), asking.context)),
  },
  {
    method: "GET",
    path: "/users/:user",
    scope: "user",
    answer: (asking) => {
      const user = asking.state.user(asking.params["user"] ?? "");
      return user === undefined ? notFound(asking) : json(200, userShape(user, asking.context));
    },
  },
  {
    method: "POST",
    path: "/admin/users",
    scope: "admin",
    answer: (asking) => {
      requireAdmin(asking);
      const {
        username: login,
        email,
        password,
        must_change_password: must,
      } = bodyOf(asking, newUser);
      if (asking.state.user(login) !== undefined) {
        return refusal(asking, 422, `user already exists [name: ${login}]`);
      }
      const user = asking.state.addUser({ login, email, password, mustChangePassword: must });
      return json(201, userShape(user, asking.context));
    },
  },
  {
    method: "POST",
    path: "/admin/users/:user/rename",
    scope: "admin",
    answer: (asking) => {
      requireAdmin(asking);
      const user = asking.state.user(asking.params["user"] ?? "");
      if (user === undefined) return notFound(asking);
      user.login = bodyOf(asking, z.object({ new_username: z.string() })).new_username;
      return { status: 204 };
    },
  },
  {
    method: "DELETE",
    path: "/admin/users/:user",
    scope: "admin",
    answer: (asking) => {
      requireAdmin(asking);
      const user = asking.state.user(asking.params["user"] ?? "");
      if (user === undefined) return notFound(asking);
      asking.state.users.delete(user.id);
      return { status: 204 };
    },
  },
  { method: "POST", path: "/users/:user/tokens", answer: createToken },
  {
    method: "GET",
    path: "/users/:user/tokens",
    answer: (asking) => {
      const owner = tokenOwner(asking);
      const tokens = asking.state.tokens.filter(({ userId }) => userId === owner.id);
      return paged(
        asking,
        tokens.map((token) => tokenShape({ ...token, value: "" })),
      );
    },
  },
  {
    method: "DELETE",
    path: "/users/:user/tokens/:token",
    answer: (asking) => {
      const owner = tokenOwner(asking);
      const { tokens } = asking.state;
      const at = tokens.findIndex(
        ({ userId, name }) => userId === owner.id && name === asking.params["token"],
      );
      if (at === -1) return notFound(asking);
      tokens.splice(at, 1);
      return { status: 204 };
    },
  },
  {
    method: "POST",
    path: "/orgs",
    scope: "organization",
    answer: (asking) => {
      const { username: login } = bodyOf(asking, z.object({ username: z.string().min(1) }));
      personOf(asking);
      if (asking.state.user(login) !== undefined) {
        return refusal(asking, 422, `user already exists [name: ${login}]`);
      }
      const made = { login, email: "", password: null, isOrganization: true };
      return json(201, organizationShape(asking.state.addUser(made), asking.context));
    },
  },
  {
    method: "GET",
    path: "/orgs/:org",
    scope: "organization",
    answer: (asking) => {
      const found = asking.state.user(asking.params["org"] ?? "");
      if (found?.isOrganization !== true) return notFound(asking);
      return json(200, organizationShape(found, asking.context));
    },
  },
  {
    method: "POST",
    path: "/orgs/:org/repos",
    scope: "organization",
    answer: (asking) => {
      const found = asking.state.user(asking.params["org"] ?? "");
      return found?.isOrganization === true ? createRepository(asking, found) : notFound(asking);
    },
  },
  {
    method: "POST",
    path: "/user/repos",
    scope: "user",
    answer: (asking) => createRepository(asking, personOf(asking)),
  },
  {
    method: "POST",
    path: "/repos/:owner/:repo/forks",
    scope: "repository",
    answer: (asking) => {
      const { state, params, context } = asking;
      const base = state.repo(params["owner"] ?? "", params["repo"] ?? "");
      const owner = personOf(asking);
      if (base === undefined || !isAtLeast(state.roleOf(owner, base), "read")) {
        return notFound(asking);
      }
      const fork = state.addRepo({ owner, name: base.name, fork: base });
      for (const [name, sha] of base.git.refs("refs/heads")) {
        takeObjects(fork.git, base.git, sha);
        fork.git.point(name, sha);
      }
      return json(202, repoShape(fork, context));
    },
  },
];
