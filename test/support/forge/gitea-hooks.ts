import { createHmac, randomUUID } from "node:crypto";
import type { CommitPerson } from "../git-history.ts";
import { changesOf, commitNamed, ZEROS } from "./gitea-git.ts";
import { repoShape, time, userShape } from "./gitea-shapes.ts";
import type { ShapeContext } from "./gitea-shapes.ts";
import { fullName } from "./gitea-state.ts";
import type { Hook, Repo, User } from "./gitea-state.ts";

/** Longest wait for the answer to a delivery: it is sent once. */
const TIMEOUT_MS = 5000;

/** How many commits of a push its delivery shows. */
const SHOWN_COMMITS = 5;

export interface Delivery {
  /** The group, as `X-Gitea-Event` says. */
  readonly event: string;
  /** As `X-Gitea-Event-Type` says. */
  readonly type: string;
  readonly payload: object;
}

/** Sends deliveries to the webhooks of repositories, each once, in order. */
export class GiteaHooks {
  #last: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();
  /** Of all that were sent: where to, what, and how it was answered; null: it was not. */
  readonly sent: { readonly url: string; readonly type: string; readonly status: number | null }[] =
    [];
  /** How long after the event one is sent. */
  delayMs = 0;

  send(repo: Repo, delivery: Delivery): void {
    for (const hook of repo.hooks) {
      if (hook.active && wants(hook, delivery.type)) this.sendTo(hook, delivery);
    }
  }

  sendTo(hook: Hook, delivery: Delivery): void {
    this.#last = this.#last.then(() => this.#deliver(hook, delivery));
  }

  /** All that was to be sent was sent. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async stop(): Promise<void> {
    this.#closing.abort();
    await this.#last;
  }

  async #deliver(hook: Hook, { event, type, payload }: Delivery): Promise<void> {
    const stopped = this.#closing.signal;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.delayMs);
      stopped.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
    if (stopped.aborted) return;
    const body = JSON.stringify(payload, null, 2);
    let status: number | null = null;
    try {
      const answer = await fetch(hook.url, {
        method: "POST",
        headers: deliveryHeaders(hook, { event, type }, body),
        body,
        redirect: "manual",
        signal: AbortSignal.any([stopped, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      status = answer.status;
      await answer.arrayBuffer();
    } catch {
      // It is not sent again.
    }
    this.sent.push({ url: hook.url, type, status });
  }
}

function deliveryHeaders(
  { secret, contentType, authorizationHeader }: Hook,
  { event, type }: { readonly event: string; readonly type: string },
  body: string,
): Record<string, string> {
  const id = randomUUID();
  const sign = (hash: string) =>
    secret === "" ? "" : createHmac(hash, secret).update(body).digest("hex");
  const sha256 = sign("sha256");
  const target = "repository";
  return {
    "User-Agent": "Go-http-client/1.1",
    "Content-Type":
      contentType === "json" ? "application/json" : "application/x-www-form-urlencoded",
    ...(authorizationHeader === "" ? {} : { Authorization: authorizationHeader }),
    "X-GitHub-Delivery": id,
    "X-GitHub-Event": event,
    "X-GitHub-Event-Type": type,
    "X-GitHub-Hook-Installation-Target-Type": target,
    "X-Gitea-Delivery": id,
    "X-Gitea-Event": event,
    "X-Gitea-Event-Type": type,
    "X-Gitea-Hook-Installation-Target-Type": target,
    "X-Gitea-Signature": sha256,
    "X-Gogs-Delivery": id,
    "X-Gogs-Event": event,
    "X-Gogs-Event-Type": type,
    "X-Gogs-Signature": sha256,
    "X-Hub-Signature": `sha1=${sign("sha1")}`,
    "X-Hub-Signature-256": `sha256=${sha256}`,
  };
}

/** A hook names types; the plain ones of pull requests it calls `pull_request_only` when it is made. */
function wants({ events }: Hook, type: string): boolean {
  return events.includes(type);
}

/** What a hook subscribes to, of what it was made with, as answers name it. Unknown names are dropped without a word. */
export function subscribed(events: readonly string[]): readonly string[] {
  const all = events.flatMap((event) => {
    if (event === "pull_request_only") return ["pull_request"];
    if (event === "pull_request") return PULL_EVENTS;
    return KNOWN.has(event) ? [event] : [];
  });
  return [...new Set(all)];
}

const PULL_EVENTS = [
  "pull_request",
  "pull_request_assign",
  "pull_request_label",
  "pull_request_milestone",
  "pull_request_comment",
  "pull_request_review_approved",
  "pull_request_review_rejected",
  "pull_request_review_comment",
  "pull_request_sync",
  "pull_request_review_request",
];

const KNOWN: ReadonlySet<string> = new Set([
  ...PULL_EVENTS,
  "push",
  "create",
  "delete",
  "status",
  "issues",
  "issue_comment",
]);

export interface RefChange {
  readonly ref: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly by: User;
}

/** The deliveries of one ref of a push, in their order. */
export function deliveriesOf(
  repo: Repo,
  change: RefChange,
  context: ShapeContext,
): readonly Delivery[] {
  const { ref, before, after, by } = change;
  const isTag = ref.startsWith("refs/tags/");
  if (!isTag && !ref.startsWith("refs/heads/")) return [];
  const short = ref.replace(/^refs\/(?:heads|tags)\//, "");
  const kind = isTag ? "tag" : "branch";
  const sender = userShape(by, context);
  const repository = repoShape(repo, context);
  const created: Delivery = {
    event: "create",
    type: "create",
    payload: { sha: after ?? "", ref: short, ref_type: kind, repository, sender },
  };
  const deleted: Delivery = {
    event: "delete",
    type: "delete",
    payload: { ref: short, ref_type: kind, pusher_type: "user", repository, sender },
  };
  const push: Delivery = {
    event: "push",
    type: "push",
    // Of a tag that is created or moved it is not said where it was.
    payload: pushPayload(
      repo,
      isTag && after !== null ? { ...change, before: null } : change,
      context,
    ),
  };
  if (isTag) return after === null ? [push, deleted] : [push, created];
  if (after === null) return [deleted];
  return before === null ? [created, push] : [push];
}

export function pushPayload(
  repo: Repo,
  { ref, before, after, by }: RefChange,
  context: ShapeContext,
): object {
  const isTest = before !== null && before === after;
  const isTag = !ref.startsWith("refs/heads/");
  // Of an annotated tag the commit is shown, not the tag.
  const tip = after === null ? null : commitNamed(repo, after);
  const head = tip === null ? null : commitShape(repo, tip, { context, isTest });
  const ids =
    isTag || after === null ? [] : repo.git.history.since(isTest ? null : before, after, 1000);
  const shown = isTest ? ids.slice(0, 1) : ids;
  const commits = shown
    .slice(0, SHOWN_COMMITS)
    .map((id) => commitShape(repo, id, { context, isTest }));
  const [from, to] = [before ?? ZEROS, after ?? ZEROS];
  const isCompared = after !== null && (isTag || before !== null);
  const sender = userShape(by, context);
  return {
    ref,
    before: from,
    after: to,
    compare_url: isCompared
      ? `${context.rootUrl}/${fullName(repo)}/compare/${from}...${to}`
      : `${context.rootUrl}/`,
    commits,
    total_commits: shown.length,
    head_commit: head,
    repository: repoShape(repo, context),
    pusher: sender,
    sender,
  };
}

/** That of a test names no files, and says that nobody signed it. */
function commitShape(
  repo: Repo,
  id: string,
  { context, isTest }: { readonly context: ShapeContext; readonly isTest: boolean },
): object {
  const { rootUrl } = context;
  const { author, committer, message } = repo.git.history.commit(id);
  const changes = isTest ? null : changesOf(repo, id);
  const of = (letter: string) =>
    changes?.filter((change) => change.letter === letter).map(({ path }) => path) ?? null;
  return {
    id,
    message: `${message}\n`,
    url: `${rootUrl}/${fullName(repo)}/commit/${id}`,
    author: signature(author),
    committer: signature(committer),
    verification: isTest ? UNSIGNED : null,
    timestamp: time(committer.seconds * 1000),
    added: of("A"),
    removed: of("D"),
    modified: of("M"),
  };
}

/** Of a person of a commit. */
export function signature({ name, email }: CommitPerson): object {
  return { name, email, username: name };
}

export const UNSIGNED = {
  verified: false,
  reason: "gpg.error.not_signed_commit",
  signature: "",
  signer: null,
  payload: "",
};
