import { createHash } from "node:crypto";
import { z } from "zod";
import { OperatorError } from "../../kernel/errors.ts";
import { quoted } from "../../kernel/quoted.ts";
import type { Secret } from "../../kernel/secret.ts";
import { PLAN_STATUS, repositoryPath } from "./bootstrap-context.ts";
import type { BootstrapContext, BootstrapStep } from "./bootstrap-context.ts";

/** Labels, webhook and the protection of the branch. */

const LABELS = [
  {
    name: "confirm",
    color: "#2da44e",
    description: "Allow the removals that the plan shows as refused",
  },
  { name: "dry-run", color: "#0969da", description: "Only plan this change, write nothing" },
] as const;

const label = z.object({ id: z.number(), name: z.string() });

export const labelStep: BootstrapStep = {
  about: "labels",
  run: async (context) => {
    const { api, wish, handover } = context;
    const path = `${repositoryPath(wish)}/labels`;
    const there = await api.list(path, label);
    const lines: string[] = [];
    for (const body of LABELS) {
      const { name } = body;
      const same = there.filter((each) => each.name === name);
      if (same.length > 1) throw doubled(name, same);
      const [found] = same;
      const todo = `make the label ${name}`;
      const one =
        found ??
        (await api.expect({ method: "POST", path, body }, { statuses: [201], body: label, todo }));
      const { labels = {} } = handover.made;
      const pinned = labels[name];
      if (pinned !== undefined && pinned !== one.id) throw replaced(context, { name, pinned, one });
      handover.note({ labels: { ...labels, [name]: one.id } });
      lines.push(`${found === undefined ? "made" : "found"} ${name} (id ${one.id})`);
    }
    return lines.join(", ");
  },
};

function doubled(name: string, same: readonly { readonly id: number }[]): OperatorError {
  const ids = same.map(({ id }) => id).join(", ");
  return new OperatorError(
    "GiteaConflict",
    `the repository has ${same.length} labels ${quoted(name)} (ids ${ids}), and a label that is there twice confirms nothing for sure: delete all but the one that you made`,
  );
}

/** A label that got a new id was deleted and made again, or another one was renamed to its name. */
function replaced(
  { handover }: BootstrapContext,
  {
    name,
    pinned,
    one,
  }: { readonly name: string; readonly pinned: number; readonly one: { readonly id: number } },
): OperatorError {
  return new OperatorError(
    "GiteaConflict",
    `the label ${quoted(name)} had id ${pinned} and has id ${one.id} now: somebody deleted it or renamed another to its name, and pull requests that carried that one look as if they carried ${quoted(name)}. If this was meant, delete "labels" in ${handover.folder}/gitea-ids.json and run this again`,
  );
}

/** As they are sent; Gitea answers `pull_request` for `pull_request_only`, which when sent would mean all kinds. */
const EVENTS = [
  "push",
  "create",
  "delete",
  "pull_request_only",
  "pull_request_label",
  "pull_request_sync",
];
const ANSWERED_EVENTS = EVENTS.map((event) =>
  event === "pull_request_only" ? "pull_request" : event,
);

const hook = z.object({
  id: z.number(),
  type: z.string(),
  active: z.boolean(),
  branch_filter: z.string(),
  events: z.array(z.string()),
  config: z.object({ url: z.string(), content_type: z.string() }),
});

export const webhookStep: BootstrapStep = {
  about: "webhook",
  run: async (context) => {
    const { api, wish, handover } = context;
    const path = `${repositoryPath(wish)}/hooks`;
    const secret = handover.secret("webhook-secret") ?? makeSecret(context);
    const secretDigest = digestOf(secret);
    const there = (await api.list(path, hook)).filter(
      ({ config }) => config.url === wish.webhookUrl,
    );
    const { webhook } = handover.made;
    const [only] = there;
    // Gitea never shows a secret: only a hook that was made with this one has it.
    const isOurs =
      there.length === 1 && webhook?.id === only?.id && webhook?.secretDigest === secretDigest;
    if (isOurs && only !== undefined && isWhole(only)) {
      return `found for ${wish.webhookUrl} (id ${only.id})`;
    }
    for (const { id } of there) {
      const wanted = { statuses: [204, 404], body: z.unknown(), todo: "delete the old webhook" };
      await api.expect({ method: "DELETE", path: `${path}/${id}` }, wanted);
    }
    const config = { url: wish.webhookUrl, content_type: "json", secret: secret.reveal() };
    const { id } = await api.expect(
      { method: "POST", path, body: { type: "gitea", active: true, config, events: EVENTS } },
      { statuses: [201], body: z.object({ id: z.number() }), todo: "make the webhook" },
    );
    handover.note({ webhook: { id, secretDigest } });
    const before = there.length === 0 ? "" : ` in place of ${there.length} before`;
    return `made for ${wish.webhookUrl} (id ${id})${before}`;
  },
};

function makeSecret({ handover, newSecret }: BootstrapContext): Secret {
  const secret = newSecret();
  handover.keep("webhook-secret", secret);
  return secret;
}

function digestOf(secret: Secret): string {
  return createHash("sha256").update(secret.reveal()).digest("hex");
}

function isWhole({ type, active, branch_filter, events, config }: z.infer<typeof hook>): boolean {
  const hasEvents = ANSWERED_EVENTS.every((event) => events.includes(event));
  return (
    type === "gitea" &&
    active &&
    hasEvents &&
    branch_filter === "" &&
    config.content_type === "json"
  );
}

const names = z.array(z.string()).nullable();

const protection = z.object({
  rule_name: z.string(),
  enable_push: z.boolean(),
  enable_push_whitelist: z.boolean(),
  push_whitelist_usernames: names,
  enable_merge_whitelist: z.boolean(),
  merge_whitelist_usernames: names,
  enable_status_check: z.boolean(),
  status_check_contexts: names,
  block_admin_merge_override: z.boolean(),
});

type Protection = z.infer<typeof protection>;

export const protectionStep: BootstrapStep = {
  about: "protection",
  run: async (context) => {
    const { api, wish } = context;
    const path = `${repositoryPath(wish)}/branch_protections`;
    const todo = `protect the branch ${wish.branch}`;
    const says = `${wish.branch} takes merges and pushes of ${wish.admin.login}, not of ${wish.bot}, and merges only with the status ${PLAN_STATUS}`;
    const wanted = { statuses: [200], body: z.array(protection), todo };
    const rules = await api.expect({ method: "GET", path }, wanted);
    const now = rules.find(({ rule_name }) => rule_name === wish.branch);
    const body = wishedProtection(context, now);
    if (now === undefined) {
      await api.expect({ method: "POST", path, body }, { statuses: [201], body: protection, todo });
      return `made: ${says}`;
    }
    if (isProtected(now, wish.bot)) return `found: ${wish.branch}`;
    const one = `${path}/${encodeURIComponent(wish.branch)}`;
    const edit = { method: "PATCH", path: one, body } as const;
    await api.expect(edit, { statuses: [200], body: protection, todo });
    return `corrected: ${says}`;
  },
};

/** What people added since stays, but for the bot: it would merge its own confirmation. */
function wishedProtection({ wish }: BootstrapContext, now: Protection | undefined): Protection {
  const persons = (list: readonly string[] | null | undefined) =>
    [...new Set([...(list ?? []), wish.admin.login])].filter((name) => name !== wish.bot);
  return {
    rule_name: wish.branch,
    enable_push: now?.enable_push ?? true,
    enable_push_whitelist: true,
    push_whitelist_usernames: persons(now?.push_whitelist_usernames),
    enable_merge_whitelist: true,
    merge_whitelist_usernames: persons(now?.merge_whitelist_usernames),
    enable_status_check: true,
    status_check_contexts: [...new Set([...(now?.status_check_contexts ?? []), PLAN_STATUS])],
    block_admin_merge_override: true,
  };
}

function isProtected(now: Protection, bot: string): boolean {
  const isOut = (list: readonly string[] | null) => !(list ?? []).includes(bot);
  const isPushGuarded =
    !now.enable_push || (now.enable_push_whitelist && isOut(now.push_whitelist_usernames));
  const isMergeGuarded = now.enable_merge_whitelist && isOut(now.merge_whitelist_usernames);
  const needsPlan =
    now.enable_status_check && (now.status_check_contexts ?? []).includes(PLAN_STATUS);
  return isPushGuarded && isMergeGuarded && needsPlan && now.block_admin_merge_override;
}
