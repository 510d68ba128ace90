import { z } from "zod";
import { bodyOf, json, notFound, paged, personOf, refusal, Refused, repoOf } from "./gitea-http.ts";
import type { Asking, Reply, Route } from "./gitea-http.ts";
import { commitNamed } from "./gitea-git.ts";
import { repoShape, statusShape } from "./gitea-shapes.ts";
import { fullName } from "./gitea-state.ts";
import type { Repo, Status } from "./gitea-state.ts";

/** Statuses of commits. */

const REPO = "/repos/:owner/:repo";

const statusBody = z.object({
  state: z.string().default(""),
  context: z.string().default("default"),
  description: z.string().default(""),
  target_url: z.string().default(""),
});

/** A short id and a branch's name are taken; what is not known is a failure of the server. */
function createStatus(asking: Asking): Reply {
  const repo = repoOf(asking);
  const sha = commitNamed(repo, asking.params["sha"] ?? "");
  if (sha === null) return refusal(asking, 500, "");
  const { target_url: targetUrl, ...wanted } = bodyOf(asking, statusBody);
  const creator = personOf(asking);
  const createdMs = asking.state.nowMs();
  const status = { id: asking.state.next("status"), sha, ...wanted, targetUrl, creator, createdMs };
  repo.statuses.push(status);
  return json(201, statusShape(status, repo, asking.context));
}

function statusesOf(asking: Asking): { repo: Repo; sha: string; all: readonly Status[] } {
  const repo = repoOf(asking);
  const name = asking.params["sha"] ?? "";
  const sha = commitNamed(repo, name);
  if (sha === null) {
    throw new Refused(notFound(asking, [`object does not exist [id: ${name}, rel_path: ]`]));
  }
  return { repo, sha, all: repo.statuses.filter((status) => status.sha === sha) };
}

function combinedStatus(asking: Asking): Reply {
  const { context } = asking;
  const { repo, sha, all } = statusesOf(asking);
  const newest = new Map(all.map((status) => [status.context, status]));
  const statuses = [...newest.values()].map((status) => statusShape(status, repo, context));
  const page = paged(asking, statuses);
  const url = `${context.rootUrl}/api/v1/repos/${fullName(repo)}/commits/${sha}`;
  const states = [...newest.values()].map(({ state }) => state);
  const isFailed = states.some((state) => state === "failure" || state === "error");
  const state = states.every((each) => each === "success") ? "success" : "pending";
  return {
    ...page,
    json: {
      state: states.length === 0 ? "" : isFailed ? "failure" : state,
      sha,
      total_count: statuses.length,
      statuses: page.json,
      repository: repoShape(repo, context),
      commit_url: url,
      url: `${url}/status`,
    },
  };
}

const read = { scope: "repository" } as const;

export const statusRoutes: readonly Route[] = [
  {
    scope: "repository",
    role: "write",
    method: "POST",
    path: `${REPO}/statuses/:sha`,
    answer: createStatus,
  },
  { ...read, method: "GET", path: `${REPO}/commits/:sha/status`, answer: combinedStatus },
  {
    ...read,
    method: "GET",
    path: `${REPO}/commits/:sha/statuses`,
    answer: (asking) => {
      const { repo, all } = statusesOf(asking);
      return paged(
        asking,
        all.map((status) => statusShape(status, repo, asking.context)),
      );
    },
  },
];
