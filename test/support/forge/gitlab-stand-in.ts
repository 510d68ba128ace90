import { openGitlab } from "../../../agent/forge/gitlab/open-gitlab.ts";
import { diffsShape, labelEventShape, labelShape, mergeRequestShape } from "./gitlab-shapes.ts";
import { noteOfComment, noteShape, singleMergeRequestShape } from "./gitlab-shapes.ts";
import { stateEventShape, statusShape, userShape, versionShape } from "./gitlab-shapes.ts";
import type { GitlabContext } from "./gitlab-shapes.ts";
import { Hub } from "./hub.ts";
import type { HubEvent, HubPull, HubStatus } from "./hub.ts";
import { pageOf, replied, startHubServer, textOf } from "./hub-server.ts";
import type { HubReply, HubRequest, HubRoutes } from "./hub-server.ts";
import { HubWorld } from "./hub-world.ts";

/** A stand-in for GitLab: the calls of the agent's client, over a repository that is real. */
export async function startGitlabWorld(): Promise<HubWorld> {
  const hub = new Hub((number) => `refs/merge-requests/${number}/head`);
  const face = new GitlabFace(hub);
  const server = await startHubServer({
    prefix: "/api/v4",
    routes: face.routes,
    personOf: (token) => hub.personOf(token),
    error: (message) => ({ message: message === "Not Found" ? "404 Project Not Found" : message }),
    knows: ({ project }) => project === undefined || project === hub.fullName,
  });
  return new HubWorld(hub, server, {
    kind: "gitlab",
    open: openGitlab,
    styles: ["merge", "squash", "fast-forward"],
    lacks: [
      "twoLabelsOfAName",
      "labelsAtOpening",
      "hiddenPushes",
      "emptyPages",
      "deletedForks",
      "twoFailures",
    ],
  });
}

const LEVELS = { owner: 50, write: 30, read: 10 } as const;

const STATES: Partial<Record<HubEvent["kind"], string>> = {
  close: "closed",
  reopen: "reopened",
  merge: "merged",
};

/** A status that is not final cannot be written twice. */
const UNFINISHED: ReadonlySet<string> = new Set(["pending", "running"]);

class GitlabFace {
  readonly routes: HubRoutes;
  readonly #hub: Hub;

  constructor(hub: Hub) {
    this.#hub = hub;
    const project = "/projects/:project";
    const request = `${project}/merge_requests/:iid`;
    this.routes = {
      "GET /user": ({ person, url }) => replied(200, userShape(person, this.#context(url))),
      "GET /personal_access_tokens/self": ({ person }) =>
        replied(200, { id: 1, name: "agent", active: true, scopes: scopesOf(person.role) }),
      [`GET ${project}`]: (asked) => this.#project(asked),
      [`GET ${project}/merge_requests`]: (asked) => this.#mergeRequests(asked),
      [`GET ${request}`]: (asked) =>
        this.#of(asked, (pull, context) => replied(200, singleMergeRequestShape(pull, context))),
      [`GET ${request}/diffs`]: (asked) =>
        this.#of(asked, (pull, context) => listed(asked, diffsShape(pull, context))),
      [`GET ${request}/versions`]: (asked) => this.#versions(asked),
      [`GET ${request}/resource_label_events`]: (asked) => this.#labelEvents(asked),
      [`GET ${request}/resource_state_events`]: (asked) => this.#stateEvents(asked),
      [`GET ${request}/notes`]: (asked) => this.#notes(asked),
      [`POST ${request}/notes`]: (asked) => this.#note(asked),
      [`PUT ${request}/notes/:note`]: (asked) => this.#edit(asked),
      [`GET ${project}/labels`]: (asked) => listed(asked, this.#hub.labels.map(labelShape)),
      [`GET ${project}/members/all/:user`]: (asked) => this.#member(asked),
      [`GET ${project}/repository/commits/:sha`]: (asked) => this.#commit(asked),
      [`GET ${project}/repository/commits/:sha/merge_requests`]: (asked) => this.#mergedAs(asked),
      [`GET ${project}/repository/commits/:sha/statuses`]: (asked) => this.#statuses(asked),
      [`POST ${project}/statuses/:sha`]: (asked) => this.#setStatus(asked),
    };
  }

  #context(url: string): GitlabContext {
    return { hub: this.#hub, origin: new URL(url).origin };
  }

  #project({ person }: HubRequest): HubReply {
    return replied(200, {
      id: this.#hub.projectId,
      path_with_namespace: this.#hub.fullName,
      default_branch: "main",
      archived: false,
      only_allow_merge_if_pipeline_succeeds: false,
      permissions: { project_access: { access_level: LEVELS[person.role] }, group_access: null },
    });
  }

  #mergeRequests(asked: HubRequest): HubReply {
    const { query, url } = asked;
    const wanted = query.get("state") === "opened" ? "open" : null;
    const target = query.get("target_branch");
    const iid = query.get("iids[]");
    const all = this.#hub.pulls.filter(
      ({ state, base, number }) =>
        (wanted === null || state === wanted) &&
        (target === null || base === target) &&
        (iid === null || String(number) === iid),
    );
    const withLabels = query.get("with_labels_details") === "true";
    const context = this.#context(url);
    return listed(
      asked,
      all.map((pull) => mergeRequestShape(pull, context, withLabels)),
    );
  }

  #of(
    { params, url }: HubRequest,
    answer: (pull: HubPull, context: GitlabContext) => HubReply,
  ): HubReply {
    const pull = this.#hub.pull(Number(params["iid"]));
    return pull === undefined ? notFound("404 Not found") : answer(pull, this.#context(url));
  }

  /** Newest first. A change of the target makes one too. */
  #versions(asked: HubRequest): HubReply {
    return this.#of(asked, (pull, context) => {
      const kinds = ["push", "forcePush", "retarget"];
      const events = this.#eventsOf(pull).filter(({ kind }) => kinds.includes(kind));
      return listed(
        asked,
        events.toReversed().map((event) => versionShape(event, context)),
      );
    });
  }

  #labelEvents(asked: HubRequest): HubReply {
    return this.#of(asked, (pull, context) =>
      listed(
        asked,
        this.#eventsOf(pull)
          .filter(({ label }) => label !== null)
          .map((event) => labelEventShape(event, context)),
      ),
    );
  }

  #stateEvents(asked: HubRequest): HubReply {
    return this.#of(asked, (pull, context) =>
      listed(
        asked,
        this.#eventsOf(pull).flatMap((event) => {
          const state = STATES[event.kind];
          return state === undefined ? [] : [stateEventShape(event, context, state)];
        }),
      ),
    );
  }

  /** Comments, and what GitLab notes of its own. */
  #notes(asked: HubRequest): HubReply {
    return this.#of(asked, (pull, context) => {
      const own = this.#eventsOf(pull).flatMap((event) => {
        const body = ownNote(event);
        return body === null ? [] : [{ ...event, body, isSystem: true }];
      });
      const written = this.#hub.comments.filter((each) => each.pull === pull).map(noteOfComment);
      const all = [...own, ...written].toSorted((a, b) => a.atMs - b.atMs);
      const sorted = asked.query.get("sort") === "asc" ? all : all.toReversed();
      return listed(
        asked,
        sorted.map((each) => noteShape(each, context)),
      );
    });
  }

  #note(asked: HubRequest): HubReply {
    return this.#of(asked, (pull, context) => {
      const made = this.#hub.comment(pull, asked.person, textOf(asked.body, "body"));
      return replied(201, noteShape(noteOfComment(made), context));
    });
  }

  #edit(asked: HubRequest): HubReply {
    return this.#of(asked, (_pull, context) => {
      const found = this.#hub.comments.find(({ id }) => String(id) === asked.params["note"]);
      if (found === undefined) return notFound("404 Note Not Found");
      found.body = textOf(asked.body, "body");
      return replied(200, noteShape(noteOfComment(found), context));
    });
  }

  #member({ params, url }: HubRequest): HubReply {
    const { people } = this.#hub;
    const found = Object.values(people).find(({ id }) => String(id) === params["user"]);
    if (found === undefined) return notFound("404 Not found");
    return replied(200, {
      ...userShape(found, this.#context(url)),
      access_level: LEVELS[found.role],
      expires_at: null,
    });
  }

  #commit({ params }: HubRequest): HubReply {
    const sha = params["sha"] ?? "";
    if (!this.#hub.hasCommit(sha)) return notFound("404 Commit Not Found");
    const has = this.#hub.statuses.some((each) => each.sha === sha);
    return replied(200, { id: sha, last_pipeline: has ? { id: PIPELINE, sha } : null });
  }

  #mergedAs(asked: HubRequest): HubReply {
    const sha = asked.params["sha"] ?? "";
    if (!this.#hub.hasCommit(sha)) return notFound("404 Commit Not Found");
    const context = this.#context(asked.url);
    const isOf = (pull: HubPull) => pull.merged?.sha === sha || pull.sha === sha;
    return listed(
      asked,
      this.#hub.pulls.filter(isOf).map((pull) => mergeRequestShape(pull, context)),
    );
  }

  /** The newest of each name. */
  #statuses(asked: HubRequest): HubReply {
    const { params, query, url } = asked;
    if (!this.#hub.hasCommit(params["sha"] ?? "")) return notFound("404 Commit Not Found");
    const newest = new Map<string, HubStatus>();
    for (const status of this.#hub.statuses) {
      const isNamed = query.get("name") === null || status.context === query.get("name");
      if (status.sha === params["sha"] && isNamed) newest.set(status.context, status);
    }
    const context = this.#context(url);
    return listed(
      asked,
      [...newest.values()].map((status) => statusShape(status, context)),
    );
  }

  #setStatus({ params, body, person, url }: HubRequest): HubReply {
    const sha = params["sha"] ?? "";
    if (!this.#hub.hasCommit(sha)) return notFound("404 Commit Not Found");
    if (person.role === "read") return replied(403, { message: "403 Forbidden" });
    const context = textOf(body, "name");
    const state = textOf(body, "state");
    const has = this.#hub.statuses.some((each) => each.sha === sha);
    // Without it GitLab would add a pipeline of its own.
    if (has && body["pipeline_id"] !== PIPELINE)
      return replied(400, { message: "another pipeline is there" });
    const last = this.#hub.statuses.findLast(
      (each) => each.sha === sha && each.context === context,
    );
    if (last !== undefined && last.state === state && UNFINISHED.has(state)) {
      const event = state === "pending" ? "enqueue" : "run";
      const message = `Cannot transition status via :${event} from :${state} (Reason(s): Status cannot transition via "${event}")`;
      return replied(400, { message });
    }
    const status = this.#hub.status({
      sha,
      context,
      state,
      description: textOf(body, "description"),
      targetUrl: typeof body["target_url"] === "string" ? body["target_url"] : null,
      by: person,
    });
    return replied(201, statusShape(status, this.#context(url)));
  }

  #eventsOf(pull: HubPull): readonly HubEvent[] {
    return this.#hub.events.filter((event) => event.pull === pull);
  }
}

const PIPELINE = 31;

function scopesOf(role: "owner" | "write" | "read"): readonly string[] {
  return role === "read" ? ["read_api"] : ["api", "read_repository"];
}

function ownNote({ kind, text }: HubEvent): string | null {
  const [from = "", to = ""] = text.split(" ");
  if (kind === "retarget") return `changed target branch from \`${from}\` to \`${to}\``;
  if (kind === "push") return "added 1 commit\n\n<ul><li>1234567 - Change</li></ul>";
  return null;
}

function listed({ query }: HubRequest, all: readonly object[]): HubReply {
  const { list, page, next } = pageOf(all, query);
  return replied(200, list, {
    "x-page": String(page),
    "x-next-page": next === null ? "" : String(next),
    // As from a server that knows itself by another name.
    ...(next === null
      ? {}
      : { link: `<http://gitlab.internal/api/v4/x?page=${next}>; rel="next"` }),
  });
}

function notFound(message: string): HubReply {
  return replied(404, { message });
}
