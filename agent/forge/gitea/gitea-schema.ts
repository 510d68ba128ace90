import { z } from "zod";
import { isObjectId } from "../object-id.ts";
import type { ForgeLabel, ForgePerson, PullRequest } from "../forge.ts";

/** What is read of Gitea's answers. Members that are not named here are ignored. */

/** A deleted person is -1, the bot of Actions -2. */
const id = z.int();

const text = z.string();

const sha = z.string().refine(isObjectId, "is not a commit id");

export const personSchema = z
  .object({ id, login: text })
  .transform((person): ForgePerson => ({ id: String(person.id), login: person.login }));

export const labelSchema = z
  .object({ id, name: text })
  .transform((label): ForgeLabel => ({ id: String(label.id), name: label.name }));

const pullSchema = z.object({
  number: z.int().positive(),
  title: text,
  html_url: text,
  user: personSchema,
  state: z.enum(["open", "closed"]),
  draft: z.boolean().default(false),
  labels: z.array(labelSchema).nullable(),
  merged: z.boolean(),
  /** Null until it is merged. */
  merge_commit_sha: sha.nullable(),
  base: z.object({ ref: text, repo_id: id, repo: z.object({ full_name: text }).nullable() }),
  /** Of a fork that is gone `repo_id` is -1; of a head that is not a branch (AGit) the label is empty. */
  head: z.object({ label: text, sha: z.union([sha, z.literal("")]), repo_id: id }),
});

/** The pull requests of one repository, `owner/name`. */
export function pullRequestSchema(repository: string): z.ZodType<PullRequest> {
  return pullSchema.transform((pull): PullRequest => {
    const { number, title, user: author, labels, draft, merged, base, head } = pull;
    const isMerged = merged && pull.merge_commit_sha !== null;
    return {
      number,
      title,
      url: pull.html_url,
      author,
      state: isMerged ? "merged" : pull.state,
      isDraft: draft,
      isFork: head.repo_id !== base.repo_id || head.label === "",
      baseBranch: base.ref,
      isOurBase: base.repo?.full_name.toLowerCase() === repository.toLowerCase(),
      headSha: head.sha,
      headRef: `refs/pull/${number}/head`,
      labels: labels ?? [],
      mergeSha: isMerged ? pull.merge_commit_sha : null,
    };
  });
}

export const fileSchema = z
  .object({ filename: text, previous_filename: text.optional() })
  .transform(({ filename, previous_filename: previous }) => ({
    path: filename,
    previousPath: previous === undefined || previous === "" ? null : previous,
  }));

export const commentSchema = z
  .object({ id: z.int().positive(), user: personSchema, body: text })
  .transform((comment) => ({
    number: comment.id,
    id: String(comment.id),
    author: comment.user,
    body: comment.body,
  }));

export const eventSchema = z.object({
  id: z.int(),
  type: text,
  body: text,
  user: personSchema.nullable(),
  label: labelSchema.nullable(),
});

export const statusSchema = z.object({
  id: z.int(),
  /** Called `state` where it is sent. Not checked by Gitea: it may be any text. */
  status: text,
  context: text,
  description: text.nullable(),
  target_url: text.nullable(),
});

/** `creator`: absent in what older versions answer. */
export const writtenStatusSchema = statusSchema.extend({
  creator: personSchema.nullish().transform((person) => person ?? null),
});

export const combinedStatusSchema = z.object({
  statuses: z.array(statusSchema).nullable(),
  total_count: z.int(),
});
