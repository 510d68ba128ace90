import { z } from "zod";
import { branchTip, commitNamed } from "./gitea-git.ts";
import { UNSIGNED } from "./gitea-hooks.ts";
import { bodyOf, json, notFound, personOf, refusal, repoOf } from "./gitea-http.ts";
import type { Asking, Reply, Route } from "./gitea-http.ts";
import { mayPush } from "./gitea-protection.ts";
import { time } from "./gitea-shapes.ts";
import { fullName } from "./gitea-state.ts";
import type { Repo } from "./gitea-state.ts";

/** Files of a repository, read and written. */

const REPO = "/repos/:owner/:repo";

const change = z.object({
  branch: z.string().default("main"),
  new_branch: z.string().optional(),
  message: z.string().default("Change files"),
  files: z
    .array(
      z.object({
        operation: z.enum(["create", "update", "upload", "delete"]),
        path: z.string().min(1),
        content: z.string().default(""),
        sha: z.string().optional(),
      }),
    )
    .min(1),
});

function changeFiles(asking: Asking): Reply {
  const { pulls } = asking;
  const repo = repoOf(asking);
  const by = personOf(asking);
  const wanted = bodyOf(asking, change);
  const before = branchTip(repo, wanted.branch);
  const branch = wanted.new_branch ?? wanted.branch;
  if (!mayPush(repo, branch, by)) {
    return refusal(asking, 403, `branch is protected [name: ${branch}]`);
  }
  for (const { operation, path } of wanted.files) {
    const isThere = before !== null && repo.git.has(`${before}:${path}`);
    if (operation === "create" && isThere) {
      return refusal(asking, 422, `repository file already exists [path: ${path}]`);
    }
    if ((operation === "update" || operation === "delete") && !isThere) return notFound(asking);
  }
  const files = Object.fromEntries(
    wanted.files.map(({ operation, path, content }) => [
      path,
      operation === "delete" ? null : Buffer.from(content, "base64"),
    ]),
  );
  const person = `${by.login} <${by.email}>`;
  const after = repo.git.commit(files, {
    branch,
    message: `${wanted.message}\n`,
    parents: before === null ? [] : [before],
    author: person,
    committer: person,
    atSeconds: Math.floor(asking.state.nowMs() / 1000),
  });
  const isNew = wanted.new_branch !== undefined;
  pulls.moved(repo, { ref: `refs/heads/${branch}`, before: isNew ? null : before, after, by });
  return json(201, {
    files: wanted.files.map(({ operation, path }) =>
      operation === "delete" ? null : fileShape(asking, repo, { path, sha: after, ref: branch }),
    ),
    commit: commitShape(asking, repo, after),
    verification: UNSIGNED,
  });
}

interface Place {
  readonly path: string;
  readonly sha: string;
  /** As it was asked for. */
  readonly ref: string;
}

function fileShape({ context }: Asking, repo: Repo, { path, sha, ref }: Place): object {
  const name = fullName(repo);
  const oid = repo.git.oidOf(sha, path);
  const content = Buffer.from(repo.git.text(`${sha}:${path}`) ?? "");
  const { seconds } = repo.git.history.commit(sha).committer;
  const api = `${context.rootUrl}/api/v1/repos/${name}`;
  const kind = /^[0-9a-f]{40}$/.test(ref) ? "commit" : "branch";
  const url = `${api}/contents/${path}?ref=${ref}`;
  const blob = `${api}/git/blobs/${oid}`;
  const page = `${context.hostUrl}/${name}/src/${kind}/${ref}/${path}`;
  return {
    name: path.split("/").at(-1),
    path,
    sha: oid,
    last_commit_sha: sha,
    last_committer_date: time(seconds * 1000),
    last_author_date: time(seconds * 1000),
    type: "file",
    size: content.length,
    encoding: "base64",
    content: content.toString("base64"),
    target: null,
    url,
    html_url: page,
    git_url: blob,
    download_url: `${context.hostUrl}/${name}/raw/${kind}/${ref}/${path}`,
    submodule_git_url: null,
    _links: { self: url, git: blob, html: page },
  };
}

function commitShape({ context }: Asking, repo: Repo, sha: string): object {
  const { author, committer, tree, parents, message } = repo.git.history.commit(sha);
  const api = `${context.rootUrl}/api/v1/repos/${fullName(repo)}/git`;
  const { name, email } = author;
  const person = { name, email, date: time(committer.seconds * 1000) };
  const never = "0001-01-01T00:00:00Z";
  const toLink = (id: string) => ({ url: `${api}/commits/${id}`, sha: id, created: never });
  return {
    url: `${api}/commits/${sha}`,
    sha,
    created: never,
    html_url: `${context.hostUrl}/${fullName(repo)}/commit/${sha}`,
    author: person,
    committer: person,
    parents: parents.map(toLink),
    message: `${message}\n`,
    tree: { url: `${api}/trees/${tree}`, sha: tree, created: never },
  };
}

function readFile(asking: Asking): Reply {
  const { params, query } = asking;
  const repo = repoOf(asking);
  const path = params["path"] ?? "";
  const ref = query.get("ref") ?? repo.defaultBranch;
  const sha = commitNamed(repo, ref);
  if (sha === null || repo.git.text(`${sha}:${path}`) === null) {
    const url = `${asking.context.rootUrl}/api/swagger`;
    const errors = [`object does not exist [id: , rel_path: ${path}]`];
    return json(404, { message: "GetContentsOrList", url, errors });
  }
  return json(200, fileShape(asking, repo, { path, sha, ref }));
}

/** All entries of a commit's tree, folders too. */
function readTree(asking: Asking): Reply {
  const { params, query, context } = asking;
  const repo = repoOf(asking);
  const name = params["ref"] ?? "";
  const sha = repo.git.named(`${name}^{tree}`);
  if (sha === null) return refusal(asking, 400, `sha not found [${name}]`);
  const flags = query.get("recursive") === "true" ? ["-r", "-t"] : [];
  const lines = repo.git.git("ls-tree", "-z", "--long", ...flags, sha).split("\0");
  const api = `${context.rootUrl}/api/v1/repos/${fullName(repo)}/git`;
  const entries = lines.flatMap((line) => {
    const [, mode, type, oid, size, path] = /^(\d+) (\w+) (\w+) +(\S+)\t(.+)$/s.exec(line) ?? [];
    if (path === undefined) return [];
    const url = `${api}/${type === "tree" ? "trees" : "blobs"}/${oid}`;
    return [{ path, mode, type, size: Number(size) || 0, sha: oid, url }];
  });
  const page = Math.max(Number(query.get("page") ?? 1) || 1, 1);
  const each = Math.min(Number(query.get("per_page") ?? 1000) || 1000, 1000);
  return json(200, {
    sha,
    url: `${api}/trees/${sha}`,
    tree: entries.slice((page - 1) * each, page * each),
    truncated: page * each < entries.length,
    page,
    total_count: entries.length,
  });
}

export const contentRoutes: readonly Route[] = [
  {
    method: "POST",
    path: `${REPO}/contents`,
    scope: "repository",
    role: "write",
    answer: changeFiles,
  },
  { method: "GET", path: `${REPO}/git/trees/*ref`, scope: "repository", answer: readTree },
  { method: "GET", path: `${REPO}/contents/*path`, scope: "repository", answer: readFile },
];
