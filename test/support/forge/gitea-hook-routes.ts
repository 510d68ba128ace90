import { z } from "zod";
import { bodyOf, json, notFound, paged, personOf, refusal, Refused, repoOf } from "./gitea-http.ts";
import type { Asking, Reply, Route } from "./gitea-http.ts";
import { pushPayload, subscribed } from "./gitea-hooks.ts";
import { PROTECTION_DEFAULTS } from "./gitea-protection.ts";
import { branchTip } from "./gitea-git.ts";
import { hookShape, protectionShape } from "./gitea-shapes.ts";
import type { Hook, Protection, Role } from "./gitea-state.ts";

/** Webhooks and branch protections of a repository: for its administrators. */

const REPO = "/repos/:owner/:repo";

const hookBody = z.object({
  active: z.boolean().default(false),
  branch_filter: z.string().default(""),
  authorization_header: z.string().default(""),
  config: z.record(z.string(), z.string()).default({}),
  events: z.array(z.string()).default(["push"]),
});

function createHook(asking: Asking): Reply {
  const repo = repoOf(asking);
  const wanted = bodyOf(asking, hookBody);
  const nowMs = asking.state.nowMs();
  const hook: Hook = {
    id: asking.state.next("hook"),
    url: wanted.config["url"] ?? "",
    contentType: wanted.config["content_type"] ?? "json",
    secret: wanted.config["secret"] ?? "",
    events: subscribed(wanted.events),
    branchFilter: wanted.branch_filter,
    authorizationHeader: wanted.authorization_header,
    active: wanted.active,
    createdMs: nowMs,
    updatedMs: nowMs,
  };
  repo.hooks.push(hook);
  return json(201, hookShape(hook));
}

function hookOf(asking: Asking): Hook {
  const hook = repoOf(asking).hooks.find(({ id }) => id === Number(asking.params["id"]));
  if (hook === undefined) throw new Refused(notFound(asking));
  return hook;
}

/** What is not sent is reset, and the secret cannot be changed. */
function editHook(asking: Asking): Reply {
  const hook = hookOf(asking);
  const wanted = bodyOf(asking, hookBody);
  hook.url = wanted.config["url"] ?? hook.url;
  hook.contentType = wanted.config["content_type"] ?? hook.contentType;
  hook.events = subscribed(wanted.events);
  hook.branchFilter = wanted.branch_filter;
  hook.authorizationHeader = wanted.authorization_header;
  hook.active = wanted.active;
  hook.updatedMs = asking.state.nowMs();
  return json(200, hookShape(hook));
}

function testHook(asking: Asking): Reply {
  const repo = repoOf(asking);
  const hook = hookOf(asking);
  const ref = `refs/heads/${repo.defaultBranch}`;
  const head = branchTip(repo, repo.defaultBranch);
  if (head === null) return notFound(asking);
  const change = { ref, before: head, after: head, by: personOf(asking) };
  const payload = pushPayload(repo, change, asking.context);
  asking.hooks.sendTo(hook, { event: "push", type: "push", payload });
  return { status: 204 };
}

const protectionBody = z.looseObject({ rule_name: z.string().min(1) });

function createProtection(asking: Asking): Reply {
  const repo = repoOf(asking);
  const { rule_name: name, ...values } = bodyOf(asking, protectionBody);
  if (repo.protections.some((each) => each.name === name)) {
    return refusal(asking, 403, "Branch protection already exist");
  }
  const nowMs = asking.state.nowMs();
  const rule = {
    name,
    priority: repo.protections.length + 1,
    values: { ...PROTECTION_DEFAULTS, ...values },
    createdMs: nowMs,
    updatedMs: nowMs,
  };
  repo.protections.push(rule);
  return json(201, protectionShape(rule));
}

function protectionOf(asking: Asking): Protection {
  const rule = repoOf(asking).protections.find(({ name }) => name === asking.params["name"]);
  if (rule === undefined) throw new Refused(notFound(asking));
  return rule;
}

function editProtection(asking: Asking): Reply {
  const rule = protectionOf(asking);
  const { rule_name: _name, ...values } = bodyOf(asking, protectionBody.partial());
  rule.values = { ...rule.values, ...values };
  rule.updatedMs = asking.state.nowMs();
  return json(200, protectionShape(rule));
}

const admin = { scope: "repository", role: "admin" as Role };

export const hookRoutes: readonly Route[] = [
  {
    ...admin,
    method: "GET",
    path: `${REPO}/hooks`,
    answer: (asking) => paged(asking, repoOf(asking).hooks.map(hookShape)),
  },
  { ...admin, method: "POST", path: `${REPO}/hooks`, answer: createHook },
  { ...admin, method: "PATCH", path: `${REPO}/hooks/:id`, answer: editHook },
  {
    ...admin,
    method: "DELETE",
    path: `${REPO}/hooks/:id`,
    answer: (asking) => {
      const { hooks } = repoOf(asking);
      hooks.splice(hooks.indexOf(hookOf(asking)), 1);
      return { status: 204 };
    },
  },
  { ...admin, method: "POST", path: `${REPO}/hooks/:id/tests`, answer: testHook },
  {
    ...admin,
    method: "GET",
    path: `${REPO}/branch_protections`,
    answer: (asking) => json(200, repoOf(asking).protections.map(protectionShape)),
  },
  {
    ...admin,
    method: "GET",
    path: `${REPO}/branch_protections/*name`,
    answer: (asking) => json(200, protectionShape(protectionOf(asking))),
  },
  {
    ...admin,
    method: "DELETE",
    path: `${REPO}/branch_protections/*name`,
    answer: (asking) => {
      const { protections } = repoOf(asking);
      protections.splice(protections.indexOf(protectionOf(asking)), 1);
      return { status: 204 };
    },
  },
  { ...admin, method: "POST", path: `${REPO}/branch_protections`, answer: createProtection },
  { ...admin, method: "PATCH", path: `${REPO}/branch_protections/*name`, answer: editProtection },
];
