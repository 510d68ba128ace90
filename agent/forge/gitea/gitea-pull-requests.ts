import { FORGE_LIMITS } from "../forge-limits.ts";
import type { Bounded, ForgeAnswer, PullRequest, PullRequests } from "../forge.ts";
import { assertObjectId } from "../object-id.ts";
import { listOf, NEEDS } from "./gitea-caller.ts";
import type { GiteaCall, GiteaCaller } from "./gitea-caller.ts";
import { fileSchema, pullRequestSchema } from "./gitea-schema.ts";

/** Pages of closed pull requests, the one changed last first, in which one that was just merged is looked for. */
const CLOSED_PAGES = 4;

const needs = NEEDS.repository;

export function giteaPullRequests(caller: GiteaCaller): PullRequests {
  return {
    open: async (branch, signal) =>
      list(
        caller,
        {
          branch,
          what: `the open pull requests into "${branch}"`,
          query: { state: "open", sort: "oldest" },
          mostPages: FORGE_LIMITS.pages,
        },
        signal,
      ),
    get: async (number, signal) =>
      caller.ask(
        one(caller, {
          path: caller.path("pulls", number),
          what: `pull request ${number}`,
        }),
        signal,
      ),
    mergedAs: async (sha, branch, signal) => mergedAs(caller, { sha, branch }, signal),
    files: async (number, signal) =>
      caller.all(
        {
          path: caller.path("pulls", number, "files"),
          what: `the files of pull request ${number}`,
          needs,
          schema: listOf(fileSchema),
        },
        FORGE_LIMITS.filePages,
        signal,
      ),
  };
}

function one(
  caller: GiteaCaller,
  { path, what }: { readonly path: string; readonly what: string },
): GiteaCall<PullRequest | null> {
  const schema = pullRequestSchema(caller.repository);
  return { path, what, needs, schema, means: new Map([[404, null]]) };
}

interface Listing {
  readonly branch: string;
  readonly what: string;
  readonly query: Readonly<Record<string, string>>;
  readonly mostPages: number;
}

async function list(
  caller: GiteaCaller,
  { branch, what, query, mostPages }: Listing,
  signal: AbortSignal,
): Promise<ForgeAnswer<Bounded<PullRequest>>> {
  const call = {
    path: caller.path("pulls"),
    query: { ...query, base_branch: branch },
    what,
    needs,
    schema: listOf(pullRequestSchema(caller.repository)),
  };
  const answer = await caller.all(call, mostPages, signal);
  if (answer.kind === "failed") return answer;
  // Versions before 1.24 ignore `base_branch`. Between two pages the list may move, so that one comes twice.
  const found = answer.value.list.filter(({ baseBranch }) => baseBranch === branch);
  const byNumber = new Map(found.map((each) => [each.number, each]));
  const sorted = [...byNumber.values()].sort((a, b) => a.number - b.number);
  return { kind: "ok", value: { list: sorted, isWhole: answer.value.isWhole } };
}

async function mergedAs(
  caller: GiteaCaller,
  { sha, branch }: { readonly sha: string; readonly branch: string },
  signal: AbortSignal,
): Promise<ForgeAnswer<readonly PullRequest[]>> {
  assertObjectId(sha);
  const isIt = (each: PullRequest) =>
    each.mergeSha === sha && each.baseBranch === branch && each.isOurBase;
  const what = `the pull request that was merged as ${sha}`;
  const found = await caller.ask(
    one(caller, { path: caller.path("commits", sha, "pull"), what }),
    signal,
  );
  if (found.kind === "failed") return found;
  if (found.value === null) return { kind: "ok", value: [] };
  if (isIt(found.value)) return { kind: "ok", value: [found.value] };
  // One head that was merged into two branches: only the older pull request of them is answered.
  const closed = await list(
    caller,
    {
      branch,
      what: `the closed pull requests into "${branch}"`,
      query: { state: "closed", sort: "recentupdate" },
      mostPages: CLOSED_PAGES,
    },
    signal,
  );
  if (closed.kind === "failed") return closed;
  return { kind: "ok", value: closed.value.list.filter(isIt) };
}
