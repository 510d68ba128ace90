import { openGithub } from "../../../agent/forge/github/open-github.ts";
import { combinedShape, commentShape, filesShape } from "./github-pull-shapes.ts";
import { pullShape, singlePullShape, statusShape } from "./github-pull-shapes.ts";
import { labelShape, repositoryShape, time, userShape } from "./github-shapes.ts";
import type { ShapeContext } from "./github-shapes.ts";
import { Hub } from "./hub.ts";
import type { HubEvent, HubPull, HubStatus } from "./hub.ts";
import { pageOf, replied, startHubServer, textOf } from "./hub-server.ts";
import type { HubReply, HubRequest, HubRoutes } from "./hub-server.ts";
import { HubWorld } from "./hub-world.ts";

/** A stand-in for GitHub: the calls of the agent's client, over a repository that is real. */
export async function startGithubWorld(): Promise<HubWorld> {
  const hub = new Hub((number) => `refs/pull/${number}/head`);
  const face = new GithubFace(hub);
  const server = await startHubServer({
    prefix: "/api/v3",
    routes: face.routes,
    personOf: (token) => hub.personOf(token),
    error: (message) => ({
      message,
      documentation_url: "https://docs.github.com/rest",
      status: "",
    }),
    knows: ({ owner, repo }) => owner === undefined || isAt(hub, `${owner}/${repo}`),
  });
  return new HubWorld(hub, server, {
    kind: "github",
    open: openGithub,
    styles: ["merge", "squash", "rebase"],
    lacks: [
      "labelIds",
      "twoLabelsOfAName",
      "labelsAtOpening",
      "hiddenPushes",
      "oneHeadTwice",
      "emptyPages",
      "deletedForks",
    ],
  });
}

/** Forks have their owner's name. */
function isAt(hub: Hub, name: string): boolean {
  const owners = [hub.owner, ...Object.values(hub.people).map(({ login }) => login)];
  return owners.some((owner) => `${owner}/${hub.name}` === name);
}

/** So many statuses of one context a commit takes. */
const MOST_STATUSES = 1000;

const EVENTS: Readonly<Record<HubEvent["kind"], string | null>> = {
  label: "labeled",
  unlabel: "unlabeled",
  // Ordinary pushes are not among the events.
  push: null,
  forcePush: "head_ref_force_pushed",
  retarget: "base_ref_changed",
  close: "closed",
  reopen: "reopened",
  merge: "merged",
};

class GithubFace {
  readonly routes: HubRoutes;
  readonly #hub: Hub;

  constructor(hub: Hub) {
    this.#hub = hub;
    const repository = "/repos/:owner/:repo";
    this.routes = {
      "GET /user": ({ person, url }) => replied(200, userShape(person, this.#context(url))),
      [`GET ${repository}`]: (request) => this.#repository(request),
      [`GET ${repository}/pulls`]: (request) => this.#pulls(request),
      [`GET ${repository}/pulls/:number`]: (request) =>
        this.#ofPull(request, (pull, context) => replied(200, singlePullShape(pull, context))),
      [`GET ${repository}/pulls/:number/files`]: (request) =>
        this.#ofPull(request, (pull, context) => listed(request, filesShape(pull, context))),
      [`GET ${repository}/commits/:sha/pulls`]: (request) => this.#pullsOf(request),
      [`GET ${repository}/commits/:sha/status`]: (request) => this.#status(request),
      [`POST ${repository}/statuses/:sha`]: (request) => this.#setStatus(request),
      [`GET ${repository}/labels`]: (request) => this.#labels(request),
      [`GET ${repository}/issues/:number/events`]: (request) =>
        this.#ofPull(request, (pull, context) => listed(request, this.#events(pull, context))),
      [`GET ${repository}/activity`]: (request) => this.#activity(request),
      [`GET ${repository}/issues/:number/comments`]: (request) => this.#comments(request),
      [`POST ${repository}/issues/:number/comments`]: (request) => this.#comment(request),
      [`PATCH ${repository}/issues/comments/:id`]: (request) => this.#edit(request),
      [`GET ${repository}/collaborators/:login/permission`]: (request) => this.#permission(request),
      [`GET ${repository}/branches/:branch`]: ({ params }) =>
        replied(200, { name: params["branch"], protected: false }),
      [`GET ${repository}/rules/branches/:branch`]: () => replied(200, []),
    };
  }

  #context(url: string): ShapeContext {
    return { hub: this.#hub, api: `${new URL(url).origin}/api/v3` };
  }

  #repository({ person, url }: HubRequest): HubReply {
    const push = person.role !== "read";
    const shape = repositoryShape(this.#context(url));
    return replied(200, { ...shape, permissions: { admin: false, pull: true, push } });
  }

  #pulls(request: HubRequest): HubReply {
    const { query, url } = request;
    const all = this.#hub.pulls.filter(
      ({ state, base }) => state === query.get("state") && base === query.get("base"),
    );
    const context = this.#context(url);
    return listed(
      request,
      all.map((pull) => pullShape(pull, context)),
    );
  }

  #ofPull(
    { params, url }: HubRequest,
    answer: (pull: HubPull, context: ShapeContext) => HubReply,
  ): HubReply {
    const pull = this.#hub.pull(Number(params["number"]));
    return pull === undefined ? notFound() : answer(pull, this.#context(url));
  }

  /** Off the default branch GitHub answers open ones too; on it those that brought the commit. */
  #pullsOf(request: HubRequest): HubReply {
    const { params, url } = request;
    const sha = params["sha"] ?? "";
    if (!this.#hub.hasCommit(sha)) return noCommit(sha);
    const isOf = ({ sha: head, merged }: HubPull) => merged?.sha === sha || head === sha;
    const context = this.#context(url);
    return listed(
      request,
      this.#hub.pulls.filter(isOf).map((pull) => pullShape(pull, context)),
    );
  }

  #status({ params, url, query }: HubRequest): HubReply {
    const sha = params["sha"] ?? "";
    if (!this.#hub.hasCommit(sha)) return noCommit(sha);
    const newest = new Map<string, HubStatus>();
    for (const status of this.#hub.statuses)
      if (status.sha === sha) newest.set(status.context.toLowerCase(), status);
    const { list } = pageOf([...newest.values()].toReversed(), query);
    return replied(200, combinedShape(sha, list, this.#context(url)));
  }

  #setStatus({ params, person, body, url }: HubRequest): HubReply {
    const sha = params["sha"] ?? "";
    if (!this.#hub.hasCommit(sha)) return noCommit(sha);
    if (person.role === "read") return notFound();
    const context = textOf(body, "context");
    const same = this.#hub.statuses.filter(
      (each) => each.sha === sha && each.context.toLowerCase() === context.toLowerCase(),
    );
    if (same.length >= MOST_STATUSES) {
      const message = "This SHA and context has reached the maximum number of statuses.";
      return replied(422, { message: "Validation Failed", errors: [{ message }] });
    }
    const status = this.#hub.status({
      sha,
      context,
      state: textOf(body, "state"),
      description: textOf(body, "description"),
      targetUrl: typeof body["target_url"] === "string" ? body["target_url"] : null,
      by: person,
    });
    return replied(201, statusShape(status, this.#context(url)));
  }

  #labels(request: HubRequest): HubReply {
    const context = this.#context(request.url);
    return listed(
      request,
      this.#hub.labels.map((label) => labelShape(label, context)),
    );
  }

  #events(pull: HubPull, context: ShapeContext): readonly object[] {
    return this.#hub.events
      .filter((event) => event.pull === pull)
      .flatMap((event) => {
        const shape = this.#event(event, context);
        if (shape === null) return [];
        // A merge closes it too.
        const closed = { ...shape, id: event.id + 0.5, event: "closed" };
        return event.kind === "merge" ? [shape, closed] : [shape];
      })
      .map((shape) => ({ ...shape, id: shape.id * 10 }));
  }

  #event({ id, kind, by, atMs, label, text }: HubEvent, context: ShapeContext) {
    const event = EVENTS[kind];
    if (event === null) return null;
    const { api, hub } = context;
    return {
      id,
      node_id: `E_${id}`,
      url: `${api}/repos/${hub.fullName}/issues/events/${id}`,
      actor: userShape(by, context),
      event,
      commit_id: kind === "merge" ? text : null,
      commit_url: null,
      created_at: time(atMs),
      ...(label === null ? {} : { label: { name: label.name, color: "2da44e" } }),
      performed_via_github_app: null,
    };
  }

  /** What happened to a branch, of the repository or of a fork, newest first unless asked otherwise. */
  #activity({ params, query, url }: HubRequest): HubReply {
    const ref = query.get("ref") ?? "";
    const fork = params["owner"] === this.#hub.owner ? null : params["owner"];
    const moves = this.#hub.events.filter(
      ({ kind, pull }) =>
        (kind === "push" || kind === "forcePush") &&
        `refs/heads/${pull.branch}` === ref &&
        (pull.fork?.login ?? null) === fork,
    );
    const sorted = query.get("direction") === "asc" ? moves : moves.toReversed();
    const from = Number(query.get("after") ?? 0);
    const size = Number(query.get("per_page") ?? 30);
    const more = from + size < sorted.length;
    const next = `<${url}?after=${from + size}&per_page=${size}>; rel="next"`;
    const context = this.#context(url);
    const list = sorted.slice(from, from + size).map((event, at) => ({
      id: event.id,
      node_id: `RA_${event.id}`,
      before: "0".repeat(40),
      after: event.text,
      ref,
      timestamp: time(event.atMs),
      activity_type: event.kind === "push" ? (at === 0 ? "branch_creation" : "push") : "force_push",
      actor: userShape(event.by, context),
    }));
    return replied(200, list, more ? { link: next } : {});
  }

  #comments(request: HubRequest): HubReply {
    return this.#ofPull(request, (pull, context) =>
      listed(
        request,
        this.#hub.comments
          .filter((each) => each.pull === pull)
          .map((each) => commentShape(each, context)),
      ),
    );
  }

  #comment(request: HubRequest): HubReply {
    return this.#ofPull(request, (pull, context) => {
      const made = this.#hub.comment(pull, request.person, textOf(request.body, "body"));
      return replied(201, commentShape(made, context));
    });
  }

  #edit({ params, body, person, url }: HubRequest): HubReply {
    const found = this.#hub.comments.find(({ id }) => String(id) === params["id"]);
    if (found === undefined) return notFound();
    if (found.by !== person && person.role === "read") return notAllowed();
    found.body = textOf(body, "body");
    return replied(200, commentShape(found, this.#context(url)));
  }

  #permission({ params, url }: HubRequest): HubReply {
    const { people } = this.#hub;
    const found = Object.values(people).find(({ login }) => login === params["login"]);
    if (found === undefined) return notFound();
    const permission = { owner: "admin", write: "write", read: "read" }[found.role];
    const user = userShape(found, this.#context(url));
    return replied(200, { permission, role_name: permission, user: { ...user, permissions: {} } });
  }
}

function listed({ query, url }: HubRequest, all: readonly object[]): HubReply {
  const { list, next } = pageOf(all, query);
  if (next === null) return replied(200, list);
  const after = new URLSearchParams(query);
  after.set("page", String(next));
  return replied(200, list, {
    link: `<${url}?${after.toString()}>; rel="next", <${url}?page=9>; rel="last"`,
  });
}

function notFound(): HubReply {
  return replied(404, { message: "Not Found", status: "404" });
}

function notAllowed(): HubReply {
  return replied(403, { message: "Must have admin rights to Repository.", status: "403" });
}

function noCommit(sha: string): HubReply {
  return replied(422, { message: `No commit found for SHA: ${sha}`, status: "422" });
}
