import { labelsNamed } from "../labels-named.ts";
import { FORGE_LIMITS } from "../forge-limits.ts";
import type { ForgeAnswer, LabelHistory, Labels } from "../forge.ts";
import { askPullRequest } from "./github-pull-requests.ts";
import { mapped } from "../library-caller.ts";
import type { GithubApi, GithubCaller, Page } from "./github-caller.ts";
import { githubEvents } from "./github-history.ts";
import { NEEDS } from "./github-needs.ts";
import { activitiesWire, issueEventsWire, labelsWire, permissionWire } from "./github-wire.ts";
import type { ActivityWire, PullRequestWire } from "./github-wire.ts";

const WRITING: ReadonlySet<string> = new Set(["write", "admin"]);

export function githubLabels(caller: GithubCaller): Labels {
  return {
    named: async (names, signal) => {
      const answer = await caller.list(
        {
          what: "the labels",
          needs: NEEDS.read,
          wire: labelsWire,
          mostPages: FORGE_LIMITS.pages,
          send: ({ rest, common }, page) => rest.issues.listLabelsForRepo({ ...common, ...page }),
        },
        signal,
      );
      return labelsNamed(names, answer, caller.repository);
    },

    history: (number, signal) => history(caller, number, signal),

    mayWrite: async ({ id, login }, signal) => {
      const answer = await caller.ask(
        {
          what: `the right of ${login}`,
          needs: NEEDS.person,
          wire: permissionWire,
          send: ({ rest, common }) =>
            rest.repos.getCollaboratorPermissionLevel({ ...common, username: login }),
          means: new Map([[404, { permission: "none", user: null }]]),
        },
        signal,
      );
      // By now the name may be somebody else's.
      return mapped(answer, ({ permission, user }) => user?.id === id && WRITING.has(permission));
    },
  };
}

async function history(
  caller: GithubCaller,
  number: number,
  signal: AbortSignal,
): Promise<ForgeAnswer<LabelHistory>> {
  const read = await caller.list(
    {
      what: `the history of pull request ${number}`,
      needs: NEEDS.read,
      wire: issueEventsWire,
      mostPages: FORGE_LIMITS.pages,
      send: ({ rest, common }, page) =>
        rest.issues.listEvents({ ...common, ...page, issue_number: number }),
    },
    signal,
  );
  if (read.kind === "failed") return read;
  const { list: events, isWhole } = read.value;
  // Pushes say nothing where no label was set.
  const hasLabel = events.some(({ event }) => event === "labeled");
  const pushes = hasLabel ? await pushesOf(caller, number, signal) : NONE;
  if (pushes.kind === "failed") return pushes;
  const { activities, isWhole: areAll } = pushes.value;
  const value = { events: githubEvents({ events, activities }), isWhole: isWhole && areAll };
  return { kind: "ok", value };
}

interface Pushes {
  /** Null: GitHub does not say it. */
  readonly activities: readonly ActivityWire[] | null;
  readonly isWhole: boolean;
}

const NONE: ForgeAnswer<Pushes> = { kind: "ok", value: { activities: [], isWhole: true } };
const UNKNOWN: ForgeAnswer<Pushes> = { kind: "ok", value: { activities: null, isWhole: true } };

/** What happened to the head branch of a pull request, wherever it is. */
async function pushesOf(
  caller: GithubCaller,
  number: number,
  signal: AbortSignal,
): Promise<ForgeAnswer<Pushes>> {
  const asked = await askPullRequest(caller, number, signal);
  if (asked.kind === "failed") return asked;
  const head = asked.value?.head;
  if (head === undefined || head.repo === null) return UNKNOWN;
  const answer = await caller.list(activityQuestion(number, head.ref, head.repo), signal);
  if (answer.kind === "failed") {
    // Another repository's activity may be out of sight.
    const isHidden = answer.reason === "ForgeForbidden" || answer.reason === "ForgeNotFound";
    return isHidden ? UNKNOWN : answer;
  }
  const { list, isWhole } = answer.value;
  const activities = list.filter(({ ref }) => ref === `refs/heads/${head.ref}`);
  return {
    kind: "ok",
    value: { activities: activities.length === 0 ? null : activities, isWhole },
  };
}

function activityQuestion(
  number: number,
  branch: string,
  repository: NonNullable<PullRequestWire["head"]["repo"]>,
) {
  const [owner = "", repo = ""] = repository.full_name.split("/");
  return {
    what: `the pushes to pull request ${number}`,
    needs: NEEDS.activity,
    wire: activitiesWire,
    mostPages: FORGE_LIMITS.pages,
    send: ({ rest, common }: GithubApi, { per_page, after }: Page) =>
      rest.repos.listActivities({
        ...common,
        per_page,
        ...(after === undefined ? {} : { after }),
        owner,
        repo,
        ref: `refs/heads/${branch}`,
        direction: "asc",
      }),
  };
}
