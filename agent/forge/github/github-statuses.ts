import { FORGE_LIMITS } from "../forge-limits.ts";
import type { CommitStatus, ForgeAnswer, Statuses } from "../forge.ts";
import { assertObjectId } from "../object-id.ts";
import { statusDescription } from "../status-description.ts";
import type { GithubCaller } from "./github-caller.ts";
import { NEEDS } from "./github-needs.ts";
import { combinedStatusWire, writtenStatusWire } from "./github-wire.ts";

/** GitHub takes no more statuses than these of one context at one commit. */
const MOST_STATUSES = 1000;

export function githubStatuses(caller: GithubCaller): Statuses {
  return {
    latest: (sha, context, signal) => latest(caller, { sha, context }, signal),

    set: async (sha, status, signal) => {
      const { context, state, targetUrl } = status;
      const description = statusDescription(status.description);
      const now = await latest(caller, { sha, context }, signal);
      if (now.kind === "failed") return now;
      if (now.value !== null && isSame(now.value, { ...status, description }))
        return { kind: "ok", value: null };
      const answer = await caller.ask(
        {
          what: `writing the status "${context}" of ${sha}`,
          needs: NEEDS.status,
          wire: writtenStatusWire,
          send: ({ rest, common }) =>
            rest.repos.createCommitStatus({
              ...common,
              sha,
              context,
              state,
              description,
              ...(targetUrl === null ? {} : { target_url: targetUrl }),
            }),
          words: new Map([
            [
              422,
              `It refuses so a commit that it does not know, an address to link to (HttpApi.PublicUrl) that is not http or https, and more than ${MOST_STATUSES} statuses of one context at one commit: then push another commit.`,
            ],
          ]),
        },
        signal,
      );
      return answer.kind === "failed" ? answer : { kind: "ok", value: null };
    },
  };
}

/** GitHub does not tell upper from lower case in a context. */
async function latest(
  caller: GithubCaller,
  { sha, context }: { readonly sha: string; readonly context: string },
  signal: AbortSignal,
): Promise<ForgeAnswer<CommitStatus | null>> {
  assertObjectId(sha);
  const answer = await caller.list(
    {
      what: `the statuses of ${sha}`,
      needs: NEEDS.readStatus,
      wire: combinedStatusWire,
      mostPages: FORGE_LIMITS.pages,
      send: ({ rest, common }, page) =>
        rest.repos.getCombinedStatusForRef({ ...common, ...page, ref: sha }),
      means: new Map([
        [404, []],
        [422, []],
      ]),
    },
    signal,
  );
  if (answer.kind === "failed") return answer;
  const wanted = context.toLowerCase();
  const found = answer.value.list.find((each) => each.context.toLowerCase() === wanted);
  return { kind: "ok", value: found ?? null };
}

function isSame(a: CommitStatus, b: CommitStatus): boolean {
  return a.state === b.state && a.description === b.description && a.targetUrl === b.targetUrl;
}
