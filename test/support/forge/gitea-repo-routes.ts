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
  repoOf,
} from "./gitea-http.ts";
import type { Asking, Reply, Route } from "./gitea-http.ts";
import { mayMerge, mayPush } from "./gitea-protection.ts";
import { branchTip } from "./gitea-git.ts";
import { signature, UNSIGNED } from "./gitea-hooks.ts";
import { repoShape, time, userShape } from "./gitea-shapes.ts";
import { fullName } from "./gitea-state.ts";
import type { Repo, Role, User } from "./gitea-state.ts";

/** A repository itself: its settings, persons, branches, webhooks, protections and statuses. */

const REPO = "/repos/:owner/:repo";

function collaborator(asking: Asking): User {
  const user = asking.state.user(asking.params["user"] ?? "");
  if (user === undefined) throw new Refused(notFound(asking));
  return user;
}

function permission(asking: Asking): Reply {
  const { state, asker, context } = asking;
  const repo = repoOf(asking);
  const user = asking.state.user(asking.params["user"] ?? "");
  const mayAsk = isAtLeast(state.roleOf(asker.user, repo), "admin") || asker.user?.id === user?.id;
  if (!mayAsk) {
    return refusal(
      asking,
      403,
      "Only admins can query all permissions, repo admins can query all repo permissions, collaborators can query only their own",
    );
  }
  if (user === undefined) return notFound(asking);
  const role = state.roleOf(user, repo);
  return json(200, { permission: role, role_name: role, user: userShape(user, context) });
}

function assignees(asking: Asking): Reply {
  const { state, context } = asking;
  const repo = repoOf(asking);
  const ids = [...repo.collaborators].filter(([, role]) => role !== "read").map(([id]) => id);
  const owner = repo.owner.isOrganization ? [] : [repo.owner];
  const users = [...ids.flatMap((id) => state.users.get(id) ?? []), ...owner];
  return json(
    200,
    users.map((user) => userShape(user, context)),
  );
}

function editRepository(asking: Asking): Reply {
  const { state, context } = asking;
  const repo = repoOf(asking);
  const wanted = bodyOf(
    asking,
    z.object({
      name: z.string().optional(),
      archived: z.boolean().optional(),
      private: z.boolean().optional(),
      allow_manual_merge: z.boolean().optional(),
      autodetect_manual_merge: z.boolean().optional(),
    }),
  );
  if (wanted.name !== undefined) {
    state.moved.set(fullName(repo).toLowerCase(), repo);
    repo.name = wanted.name;
  }
  repo.isArchived = wanted.archived ?? repo.isArchived;
  repo.isPrivate = wanted.private ?? repo.isPrivate;
  repo.allowManualMerge = wanted.allow_manual_merge ?? repo.allowManualMerge;
  repo.autodetectManualMerge = wanted.autodetect_manual_merge ?? repo.autodetectManualMerge;
  return json(200, repoShape(repo, context));
}

function deleteRepository(asking: Asking): Reply {
  const { state, pulls } = asking;
  const repo = repoOf(asking);
  state.repos.splice(state.repos.indexOf(repo), 1);
  for (const base of state.repos) {
    for (const pull of base.pulls) {
      if (pull.head.repo !== repo) continue;
      pull.head.repo = null;
      pulls.setState(base, pull, { state: "closed", by: personOf(asking) });
    }
  }
  return { status: 204 };
}

function branchShape(asking: Asking, repo: Repo, name: string): object | null {
  const { asker, state } = asking;
  const sha = branchTip(repo, name);
  if (sha === null) return null;
  const rule = repo.protections.find((each) => each.name === name);
  const mayWrite = asker.user !== null && isAtLeast(state.roleOf(asker.user, repo), "write");
  const { author, committer, message } = repo.git.history.commit(sha);
  return {
    name,
    commit: {
      id: sha,
      message: `${message}\n`,
      url: `${asking.context.hostUrl}/${fullName(repo)}/commit/${sha}`,
      author: signature(author),
      committer: signature(committer),
      verification: UNSIGNED,
      timestamp: time(committer.seconds * 1000),
      added: null,
      removed: null,
      modified: null,
    },
    protected: rule !== undefined,
    required_approvals: 0,
    enable_status_check: rule?.values["enable_status_check"] ?? false,
    status_check_contexts: rule?.values["status_check_contexts"] ?? [],
    user_can_push: mayWrite && asker.user !== null && mayPush(repo, name, asker.user),
    user_can_merge: mayWrite && asker.user !== null && mayMerge(repo, name, asker.user),
    effective_branch_protection_name: rule?.name ?? "",
  };
}

function listBranches(asking: Asking): Reply {
  const repo = repoOf(asking);
  const list = [...repo.git.refs("refs/heads").keys()].map((name) => name.slice(11));
  return paged(
    asking,
    list.map((name) => branchShape(asking, repo, name)),
  );
}

const read = { scope: "repository" } as const;
const admin = { scope: "repository", role: "admin" as Role };

export const repoRoutes: readonly Route[] = [
  {
    ...read,
    method: "GET",
    path: REPO,
    answer: (asking) => json(200, repoShape(repoOf(asking), asking.context)),
  },
  { ...admin, method: "PATCH", path: REPO, answer: editRepository },
  { ...admin, method: "DELETE", path: REPO, answer: deleteRepository },
  {
    ...admin,
    method: "PUT",
    path: `${REPO}/collaborators/:user`,
    answer: (asking) => {
      const schema = z.object({ permission: z.enum(["read", "write", "admin"]).default("write") });
      const { permission: role } = bodyOf(asking, schema);
      repoOf(asking).collaborators.set(collaborator(asking).id, role);
      return { status: 204 };
    },
  },
  {
    ...admin,
    method: "DELETE",
    path: `${REPO}/collaborators/:user`,
    answer: (asking) => {
      repoOf(asking).collaborators.delete(collaborator(asking).id);
      return { status: 204 };
    },
  },
  {
    ...read,
    method: "GET",
    path: `${REPO}/collaborators/:user/permission`,
    answer: permission,
  },
  { ...read, method: "GET", path: `${REPO}/assignees`, answer: assignees },
  { ...read, method: "GET", path: `${REPO}/branches`, answer: listBranches },
  {
    ...read,
    method: "GET",
    path: `${REPO}/branches/*name`,
    answer: (asking) => {
      const shape = branchShape(asking, repoOf(asking), asking.params["name"] ?? "");
      return shape === null ? notFound(asking) : json(200, shape);
    },
  },
];
