import { z } from "zod";
import {
  bodyOf,
  isAtLeast,
  json,
  notFound,
  paged,
  personOf,
  pullOf,
  refusal,
  Refused,
  repoOf,
} from "./gitea-http.ts";
import type { Asking, Reply, Route } from "./gitea-http.ts";
import { commentShape, eventShape, labelShape, labelsOf } from "./gitea-shapes.ts";
import type { Event, Label, Pull, Repo } from "./gitea-state.ts";

/** Labels, comments and timelines. */

const REPO = "/repos/:owner/:repo";

const labelBody = z.object({
  name: z.string().min(1),
  color: z.string().min(1),
  description: z.string().default(""),
});

/** `#2da44e`, with or without `#`. */
function colorOf(asking: Asking, color: string): string {
  const [, hex] = /^#?([0-9a-fA-F]{6})$/.exec(color) ?? [];
  if (hex === undefined) throw new Refused(refusal(asking, 422, `invalid color: ${color}`));
  return hex.toLowerCase();
}

function labelOf(asking: Asking, repo: Repo): Label {
  const label = repo.labels.find(({ id }) => id === Number(asking.params["id"]));
  if (label === undefined) throw new Refused(notFound(asking));
  return label;
}

function byName(labels: readonly Label[]): readonly Label[] {
  return labels.toSorted((a, b) => (a.name === b.name ? a.id - b.id : a.name < b.name ? -1 : 1));
}

/** The ids that a list of ids or of names means. A name means all labels that have it; an unknown one means none. */
function meant(asking: Asking, repo: Repo): readonly number[] {
  const { labels } = bodyOf(asking, z.object({ labels: z.array(z.unknown()).default([]) }));
  const wanted = new Set(labels);
  const isIds = labels.every((each) => typeof each === "number");
  if (!isIds && !labels.every((each) => typeof each === "string")) {
    const message = "labels should be an array of strings or integers";
    throw new Refused(refusal(asking, 400, message));
  }
  return repo.labels.filter(({ id, name }) => wanted.has(isIds ? id : name)).map(({ id }) => id);
}

function requireIssueWrite(asking: Asking, repo: Repo): void {
  if (!isAtLeast(asking.state.roleOf(asking.asker.user, repo), "write")) {
    throw new Refused(refusal(asking, 403, "write permission is required"));
  }
}

function setLabels(asking: Asking, change: "add" | "replace"): Reply {
  const { repo, pull } = pullOf(asking);
  requireIssueWrite(asking, repo);
  const by = personOf(asking);
  const wanted = meant(asking, repo);
  const gone = change === "add" ? [] : [...pull.labels].filter((id) => !wanted.includes(id));
  for (const id of gone) asking.pulls.label(repo, pull, { id, by, isOn: false });
  for (const id of wanted) asking.pulls.label(repo, pull, { id, by, isOn: true });
  return json(200, labelsOf(pull, repo, asking.context));
}

function clearLabels(asking: Asking): Reply {
  const { repo, pull } = pullOf(asking);
  requireIssueWrite(asking, repo);
  asking.pulls.clearLabels(repo, pull, personOf(asking));
  return { status: 204 };
}

/** A comment of anybody in this repository, for whoever may change it. */
function commentToChange(asking: Asking): { readonly repo: Repo; readonly event: Event } {
  const repo = repoOf(asking);
  const id = Number(asking.params["id"]);
  const event = repo.events.find((each) => each.id === id);
  if (event === undefined) {
    throw new Refused(notFound(asking, [`comment does not exist [id: ${id}, issue_id: 0]`]));
  }
  const isOwn = event.user.id === personOf(asking).id;
  if (!isOwn && !isAtLeast(asking.state.roleOf(asking.asker.user, repo), "write")) {
    throw new Refused({ status: 403 });
  }
  if (event.type !== "comment") throw new Refused({ status: 204 });
  return { repo, event };
}

const commentBody = z.object({ body: z.string().min(1) });

function createComment(asking: Asking): Reply {
  const { repo, pull } = pullOf(asking);
  const { body } = bodyOf(asking, commentBody);
  const user = personOf(asking);
  const mayAlways = isAtLeast(asking.state.roleOf(user, repo), "write");
  if (pull.isLocked && !mayAlways) {
    return refusal(asking, 403, "You cannot comment on a locked issue.");
  }
  const event = asking.state.addEvent(repo, pull, { type: "comment", user, body });
  return json(201, commentShape(event, repo, asking.context));
}

/** As a page is cut first, and what is not shown is left out of it then. */
function timeline(asking: Asking): Reply {
  const { query, context } = asking;
  const repo = repoOf(asking);
  const number = Number(asking.params["index"]);
  if (!repo.pulls.some((pull) => pull.number === number)) return refusal(asking, 500, "");
  const limit = Math.min(Math.max(Number(query.get("limit") ?? 30) || 30, 1), 50);
  const page = Math.max(Number(query.get("page") ?? 1) || 1, 1);
  const all = repo.events.filter(({ pull }) => pull === number);
  const shown = all
    .slice((page - 1) * limit, page * limit)
    .filter(({ type }) => type !== "code")
    .map((event) => eventShape(event, repo, context));
  const total = { "x-total-count": String(shown.length) };
  return json(200, shown.length === 0 ? null : shown, total);
}

function comments(asking: Asking): Reply {
  const repo = repoOf(asking);
  const number = Number(asking.params["index"]);
  if (!repo.pulls.some((pull) => pull.number === number)) return refusal(asking, 500, "");
  const found = repo.events.filter(({ pull, type }) => pull === number && type === "comment");
  const shown = found.map((event) => commentShape(event, repo, asking.context));
  return json(200, shown, { "x-total-count": String(shown.length) });
}

function removeFrom(pulls: readonly Pull[], id: number): void {
  for (const pull of pulls) pull.labels.delete(id);
}

export const issueRoutes: readonly Route[] = [
  {
    method: "GET",
    path: `${REPO}/labels`,
    scope: "issue",
    answer: (asking) => {
      const repo = repoOf(asking);
      const labels = byName(repo.labels);
      return paged(
        asking,
        labels.map((label) => labelShape(label, repo, asking.context)),
      );
    },
  },
  {
    method: "POST",
    path: `${REPO}/labels`,
    scope: "issue",
    role: "write",
    answer: (asking) => {
      const repo = repoOf(asking);
      const { name, color, description } = bodyOf(asking, labelBody);
      const id = asking.state.next("label");
      const label = { id, name, color: colorOf(asking, color), description };
      repo.labels.push(label);
      return json(201, labelShape(label, repo, asking.context));
    },
  },
  {
    method: "PATCH",
    path: `${REPO}/labels/:id`,
    scope: "issue",
    role: "write",
    answer: (asking) => {
      const repo = repoOf(asking);
      const label = labelOf(asking, repo);
      Object.assign(label, bodyOf(asking, labelBody.pick({ name: true }).partial()));
      return json(200, labelShape(label, repo, asking.context));
    },
  },
  {
    method: "DELETE",
    path: `${REPO}/labels/:id`,
    scope: "issue",
    role: "write",
    answer: (asking) => {
      const repo = repoOf(asking);
      const { id } = labelOf(asking, repo);
      repo.labels.splice(0, Infinity, ...repo.labels.filter((each) => each.id !== id));
      // Its events go with it.
      repo.events.splice(0, Infinity, ...repo.events.filter((each) => each.labelId !== id));
      removeFrom(repo.pulls, id);
      return { status: 204 };
    },
  },
  {
    method: "POST",
    path: `${REPO}/issues/:index/labels`,
    scope: "issue",
    answer: (asking) => setLabels(asking, "add"),
  },
  {
    method: "PUT",
    path: `${REPO}/issues/:index/labels`,
    scope: "issue",
    answer: (asking) => setLabels(asking, "replace"),
  },
  {
    method: "DELETE",
    path: `${REPO}/issues/:index/labels`,
    scope: "issue",
    answer: clearLabels,
  },
  {
    method: "DELETE",
    path: `${REPO}/issues/:index/labels/:id`,
    scope: "issue",
    answer: (asking) => {
      const { repo, pull } = pullOf(asking);
      requireIssueWrite(asking, repo);
      const { id } = labelOf(asking, repo);
      asking.pulls.label(repo, pull, { id, by: personOf(asking), isOn: false });
      return { status: 204 };
    },
  },
  { method: "GET", path: `${REPO}/issues/:index/timeline`, scope: "issue", answer: timeline },
  { method: "GET", path: `${REPO}/issues/:index/comments`, scope: "issue", answer: comments },
  { method: "POST", path: `${REPO}/issues/:index/comments`, scope: "issue", answer: createComment },
  {
    method: "PATCH",
    path: `${REPO}/issues/comments/:id`,
    scope: "issue",
    answer: (asking) => {
      const { body } = bodyOf(asking, commentBody);
      const { repo, event } = commentToChange(asking);
      event.body = body;
      event.updatedMs = asking.state.nowMs();
      return json(200, commentShape(event, repo, asking.context));
    },
  },
  {
    method: "DELETE",
    path: `${REPO}/issues/comments/:id`,
    scope: "issue",
    answer: (asking) => {
      const { repo, event } = commentToChange(asking);
      repo.events.splice(repo.events.indexOf(event), 1);
      return { status: 204 };
    },
  },
  {
    method: "PUT",
    path: `${REPO}/issues/:index/lock`,
    scope: "issue",
    role: "write",
    answer: (asking) => {
      pullOf(asking).pull.isLocked = true;
      return { status: 204 };
    },
  },
];
