import { z } from "zod";
import type { CommitStatus, ForgePerson, PullRequest } from "../forge.ts";

/** What is read of GitHub's answers, in its names; what else is in them is dropped. */

const MAX_NAME = 1024;
const name = z.string().max(MAX_NAME);
const sha = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const id = z.int().positive();
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** A deleted account: it has no id that anybody else could have. */
const GHOST: ForgePerson = { id: "-1", login: "ghost" };

export const personWire = z
  .object({ id, login: name })
  .transform(({ id, login }): ForgePerson => ({ id: String(id), login }));

const personOrGhost = personWire.nullable().transform((person) => person ?? GHOST);

const repositoryOfBranch = z.object({ id, full_name: name });

export const pullRequestWire = z.object({
  number: id,
  title: z.string(),
  html_url: z.string(),
  state: z.enum(["open", "closed"]),
  draft: z.boolean().optional(),
  user: personOrGhost,
  labels: z.array(z.object({ id, name })),
  /** The only sign of a merge that all of GitHub's answers have. */
  merged_at: z.string().nullable(),
  /** Of an open one it is a test merge, which is on no branch. API version 2026-03-10 leaves it out. */
  merge_commit_sha: sha.nullable(),
  head: z.object({ ref: name, sha, repo: repositoryOfBranch.nullable() }),
  base: z.object({ ref: name, repo: repositoryOfBranch }),
});

export type PullRequestWire = z.output<typeof pullRequestWire>;

export const pullRequestsWire = z.array(pullRequestWire);

/** `repository` is ours, as `owner/name`. */
export function toPullRequest(wire: PullRequestWire, repository: string): PullRequest {
  const isMerged = wire.merged_at !== null;
  return {
    number: wire.number,
    title: wire.title,
    url: wire.html_url,
    author: wire.user,
    state: isMerged ? "merged" : wire.state,
    isDraft: wire.draft === true,
    isFork: wire.head.repo?.id !== wire.base.repo.id,
    baseBranch: wire.base.ref,
    isOurBase: wire.base.repo.full_name.toLowerCase() === repository.toLowerCase(),
    headSha: wire.head.sha,
    headRef: `refs/pull/${wire.number}/head`,
    labels: wire.labels.map((label) => ({ id: String(label.id), name: label.name })),
    mergeSha: isMerged ? wire.merge_commit_sha : null,
  };
}

export const filesWire = z.array(
  z.object({ filename: z.string(), previous_filename: z.string().optional() }),
);

export const labelsWire = z.array(
  z.object({ id, name }).transform((label) => ({ id: String(label.id), name: label.name })),
);

/** Label events name their label, but do not give its id. */
export const issueEventsWire = z.array(
  z
    .object({
      id,
      event: name,
      actor: personWire.nullish().transform((person) => person ?? null),
      created_at: time,
      label: z.object({ name }).optional(),
    })
    .refine(({ event, label }) => !/^(?:un)?labeled$/.test(event) || label !== undefined, {
      path: ["label"],
      error: "missing in a label event",
    }),
);

export type IssueEventWire = z.output<typeof issueEventsWire>[number];

/** What happened to a branch. */
export const activitiesWire = z.array(
  z.object({
    ref: name,
    timestamp: time,
    actor: personWire.nullish().transform((person) => person ?? null),
  }),
);

export type ActivityWire = z.output<typeof activitiesWire>[number];

export const permissionWire = z.object({
  /** Custom and finer roles are mapped to these four. */
  permission: z.string(),
  user: personWire.nullable(),
});

const statusWire = z
  .object({
    context: name,
    state: z.enum(["pending", "success", "error", "failure"]),
    description: z.string().nullable(),
    target_url: z.string().nullable(),
  })
  .transform(({ context, state, description, target_url: targetUrl }): CommitStatus => {
    return { context, state, description: description ?? "", targetUrl };
  });

/** The newest status of each context. */
export const combinedStatusWire = z
  .object({ statuses: z.array(statusWire) })
  .transform(({ statuses }) => statuses);

export const writtenStatusWire = statusWire;

export const commentWire = z.object({
  id,
  user: personOrGhost,
  body: z.string().nullish(),
});

export type CommentWire = z.output<typeof commentWire>;

export const commentsWire = z.array(commentWire);

export const repositoryWire = z.object({
  default_branch: name,
  archived: z.boolean(),
  /** What the token's person may do. */
  permissions: z.object({ push: z.boolean() }).optional(),
  /** Those of a classic token; other tokens have none. */
  scopes: z
    .string()
    .transform((scopes) => scopes.split(/[ ,]+/))
    .optional(),
});

export type RepositoryWire = z.output<typeof repositoryWire>;

/** Whether the branch's protection requires statuses. */
export const branchWire = z
  .object({
    protection: z
      .object({
        required_status_checks: z.object({ contexts: z.array(z.string()) }).optional(),
      })
      .optional(),
  })
  .transform(({ protection }) => (protection?.required_status_checks?.contexts ?? []).length > 0);

/** The kinds of the rules that hold for a branch. */
export const rulesWire = z
  .array(z.object({ type: z.string() }))
  .transform((rules) => rules.map(({ type }) => type));

/** The answer to `GET /app`. */
export const appWire = z.object({ slug: name });

export const installationTokenWire = z.object({
  token: z.string().min(1),
  permissions: z.record(z.string(), z.string()).optional(),
});
