import { z } from "zod";
import type { CommitState, ForgeLabel, ForgePerson, PullRequest } from "../forge.ts";

/** What is read of GitLab's answers, in its names; what else is in them is dropped. */

const MAX_NAME = 1024;
const name = z.string().max(MAX_NAME);
const sha = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const id = z.int().positive();
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** A deleted account: it has no id that anybody else could have. */
const GHOST: ForgePerson = { id: "-1", login: "ghost" };

export const personWire = z
  .object({ id, username: name })
  .transform(({ id, username }): ForgePerson => ({ id: String(id), login: username }));

const personOrGhost = personWire.nullable().transform((person) => person ?? GHOST);

/** Only a list that is asked for them has whole labels; other answers name them. */
const labelWire = z.union([
  name.transform((name): ForgeLabel => ({ id: null, name })),
  z.object({ id, name }).transform(({ id, name }): ForgeLabel => ({ id: String(id), name })),
]);

export const mergeRequestWire = z.object({
  iid: id,
  title: z.string(),
  web_url: z.string(),
  /** `locked` while a merge is under way. */
  state: z.enum(["opened", "closed", "locked", "merged"]),
  draft: z.boolean().optional(),
  work_in_progress: z.boolean().optional(),
  author: personOrGhost,
  labels: z.array(labelWire),
  /** Null: the fork is gone. */
  source_project_id: id.nullable(),
  target_project_id: id,
  target_branch: name,
  /** Null: it has no commits. */
  sha: sha.nullable(),
  merge_commit_sha: sha.nullish(),
  squash_commit_sha: sha.nullish(),
});

export type MergeRequestWire = z.output<typeof mergeRequestWire>;

export const mergeRequestsWire = z.array(mergeRequestWire);

const STATES = { opened: "open", locked: "open", closed: "closed", merged: "merged" } as const;

export function toPullRequest(wire: MergeRequestWire, projectId: number): PullRequest {
  return {
    number: wire.iid,
    title: wire.title,
    url: wire.web_url,
    author: wire.author,
    state: STATES[wire.state],
    isDraft: wire.draft === true || wire.work_in_progress === true,
    isFork: wire.source_project_id !== wire.target_project_id,
    baseBranch: wire.target_branch,
    isOurBase: wire.target_project_id === projectId,
    headSha: wire.sha ?? "",
    headRef: `refs/merge-requests/${wire.iid}/head`,
    labels: wire.labels,
    mergeSha: wire.state === "merged" ? mergeShaOf(wire) : null,
  };
}

/** A fast-forward makes no merge commit, and without a squash no commit at all. */
function mergeShaOf({ merge_commit_sha, squash_commit_sha, sha }: MergeRequestWire): string | null {
  return merge_commit_sha ?? squash_commit_sha ?? sha;
}

/** How many files there are: `1000+` where there are more than GitLab looks at, null while it has not looked; then infinitely many. */
export const changesCountWire = z
  .object({ changes_count: z.string().nullish() })
  .transform(({ changes_count: count }) =>
    count !== null && count !== undefined && /^\d{1,9}$/.test(count) ? Number(count) : Infinity,
  );

export const diffsWire = z.array(z.object({ old_path: z.string(), new_path: z.string() }));

export const labelsWire = z.array(
  z.object({ id, name }).transform((label) => ({ id: String(label.id), name: label.name })),
);

export const labelEventsWire = z.array(
  z.object({
    id,
    user: personOrGhost,
    created_at: time,
    action: z.enum(["add", "remove"]),
    /** Null once the label is deleted. */
    label: z.object({ id, name }).nullable(),
  }),
);

export type LabelEventWire = z.output<typeof labelEventsWire>[number];

export const stateEventsWire = z.array(
  z.object({
    id,
    user: personWire.nullable(),
    created_at: time,
    state: name,
  }),
);

export type StateEventWire = z.output<typeof stateEventsWire>[number];

/** Each push makes one, and so does each change of the target branch. */
export const versionsWire = z.array(z.object({ id, created_at: time }));

export type VersionWire = z.output<typeof versionsWire>[number];

export const noteWire = z.object({
  id,
  body: z.string(),
  author: personOrGhost,
  created_at: time,
  /** True: GitLab wrote it. */
  system: z.boolean(),
});

export type NoteWire = z.output<typeof noteWire>;

export const notesWire = z.array(noteWire);

export const memberWire = z.object({ id, access_level: z.int(), state: name.optional() });

const OURS: Readonly<Record<string, CommitState>> = {
  success: "success",
  failed: "failure",
  canceled: "error",
  skipped: "error",
};

export const statusesWire = z.array(
  z
    .object({
      id,
      name,
      status: name,
      description: z.string().nullish(),
      target_url: z.string().nullish(),
    })
    .transform(({ id, name, status, description, target_url }) => ({
      id,
      status: {
        context: name,
        /** All others are on their way. */
        state: Object.hasOwn(OURS, status) ? (OURS[status] ?? "pending") : "pending",
        description: description ?? "",
        targetUrl: target_url ?? null,
      },
    })),
);

/** The state that GitLab has for ours: it knows one kind of failure. */
export const THEIRS = {
  pending: "pending",
  success: "success",
  error: "failed",
  failure: "failed",
} as const satisfies Readonly<Record<CommitState, string>>;

/** Only that it was written. */
export const writtenStatusWire = z.object({ id }).transform(() => true);

export const commitWire = z.object({ last_pipeline: z.object({ id }).nullish() });

const accessWire = z.object({ access_level: z.int() }).nullish();

export const projectWire = z.object({
  id,
  default_branch: name.nullish(),
  archived: z.boolean().optional(),
  only_allow_merge_if_pipeline_succeeds: z.boolean().optional(),
  /** The roles of the token's account. */
  permissions: z.object({ project_access: accessWire, group_access: accessWire }).optional(),
});

export type ProjectWire = z.output<typeof projectWire>;

/** The answer to `GET /personal_access_tokens/self`. */
export const tokenWire = z.object({ scopes: z.array(z.string()) });

export type TokenWire = z.output<typeof tokenWire>;
