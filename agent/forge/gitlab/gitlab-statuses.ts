import { failed } from "../forge-failure.ts";
import type { CommitStatus, ForgeAnswer, Statuses } from "../forge.ts";
import { mapped } from "../library-caller.ts";
import { assertObjectId } from "../object-id.ts";
import { statusDescription } from "../status-description.ts";
import type { GitlabCaller } from "./gitlab-caller.ts";
import { NEEDS } from "./gitlab-needs.ts";
import { THEIRS, commitWire, statusesWire, writtenStatusWire } from "./gitlab-wire.ts";

export function gitlabStatuses(caller: GitlabCaller): Statuses {
  return {
    latest: (sha, context, signal) => latest(caller, { sha, context }, signal),

    set: async (sha, status, signal) => {
      const { context } = status;
      const description = statusDescription(status.description);
      const now = await latest(caller, { sha, context }, signal);
      if (now.kind === "failed") return now;
      if (now.value !== null && isSame(now.value, { ...status, description })) return DONE;
      const pipeline = await pipelineOf(caller, sha, signal);
      if (pipeline.kind === "failed") return pipeline;
      const written = await write(
        caller,
        { sha, status, description, pipeline: pipeline.value },
        signal,
      );
      if (written.kind === "failed" || written.value)
        return written.kind === "failed" ? written : DONE;
      // GitLab refuses to repeat a state that is not final, whatever else changed.
      const after = await latest(caller, { sha, context }, signal);
      if (after.kind === "failed") return after;
      if (after.value !== null && THEIRS[after.value.state] === THEIRS[status.state]) return DONE;
      return failed(
        "ForgeRefused",
        `writing the status "${context}" of ${sha} of ${caller.repository} on GitLab: it answered 400, and another state than "${status.state}" stands there. Look at the commit's pipelines: somebody else writes this status, or its address to link to (HttpApi.PublicUrl) is not http or https.`,
      );
    },
  };
}

const DONE: ForgeAnswer<null> = { kind: "ok", value: null };

async function latest(
  caller: GitlabCaller,
  { sha, context }: { readonly sha: string; readonly context: string },
  signal: AbortSignal,
): Promise<ForgeAnswer<CommitStatus | null>> {
  assertObjectId(sha);
  const answer = await caller.ask(
    {
      what: `the statuses of ${sha}`,
      needs: NEEDS.read,
      wire: statusesWire,
      send: ({ project, answer }) =>
        answer(({ Commits }, options) =>
          new Commits(options).allStatuses(project, sha, { name: context, ...FIRST_PAGE }),
        ),
      means: new Map([[404, []]]),
    },
    signal,
  );
  return mapped(answer, (list) => {
    const ours = list.filter(({ status }) => status.context === context);
    // One for each pipeline of the commit: the highest id is the newest.
    return ours.toSorted((a, b) => b.id - a.id)[0]?.status ?? null;
  });
}

/** A page is named, so that the library follows no links. GitLab gives the newest of each pipeline and name. */
const FIRST_PAGE = { perPage: 100, page: 1 } as const;

/** Null: the commit has none, and GitLab makes one. */
async function pipelineOf(
  caller: GitlabCaller,
  sha: string,
  signal: AbortSignal,
): Promise<ForgeAnswer<number | null>> {
  const answer = await caller.ask(
    {
      what: `the pipeline of ${sha}`,
      needs: NEEDS.read,
      wire: commitWire,
      send: ({ project, answer }) =>
        answer(({ Commits }, options) => new Commits(options).show(project, sha)),
    },
    signal,
  );
  return mapped(answer, ({ last_pipeline }) => last_pipeline?.id ?? null);
}

interface Writing {
  readonly sha: string;
  readonly status: CommitStatus;
  readonly description: string;
  readonly pipeline: number | null;
}

/** False: GitLab answered 400. */
function write(
  caller: GitlabCaller,
  { sha, status, description, pipeline }: Writing,
  signal: AbortSignal,
): Promise<ForgeAnswer<boolean>> {
  const { context, state, targetUrl } = status;
  return caller.ask<boolean>(
    {
      what: `writing the status "${context}" of ${sha}`,
      needs: NEEDS.status,
      wire: writtenStatusWire,
      send: ({ project, answer }) =>
        answer(({ Commits }, options) =>
          new Commits(options).editStatus(project, sha, THEIRS[state], {
            name: context,
            description,
            ...(targetUrl === null ? {} : { targetUrl }),
            // Without it GitLab adds a pipeline of its own next to the one that is there.
            ...(pipeline === null ? {} : { pipelineId: pipeline }),
          }),
        ),
      means: new Map([[400, false]]),
    },
    signal,
  );
}

/** GitLab knows one kind of failure. */
function isSame(a: CommitStatus, b: CommitStatus): boolean {
  return (
    THEIRS[a.state] === THEIRS[b.state] &&
    a.description === b.description &&
    a.targetUrl === b.targetUrl
  );
}
