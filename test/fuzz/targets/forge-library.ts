import type { z } from "zod";
import type { HistoryEvent, PullRequest } from "../../../agent/forge/forge.ts";
import { githubEvents } from "../../../agent/forge/github/github-history.ts";
import * as github from "../../../agent/forge/github/github-wire.ts";
import { gitlabEvents } from "../../../agent/forge/gitlab/gitlab-history.ts";
import * as gitlab from "../../../agent/forge/gitlab/gitlab-wire.ts";
import { libraryFailure, parsed } from "../../../agent/forge/library-failure.ts";
import { mustHold, shapeOf, textBytes, type FuzzTarget } from "../fuzz-target.ts";

const ASKED = { what: "it", needs: "a right", host: "forge", forge: "GitHub" };
const TOKEN = "the-token-of-the-agent";
const NOW_MS = Date.UTC(2026, 10, 29);
const SHA = "a".repeat(40);
const ADA = { id: 1, login: "ada", username: "ada" };
const AT = "2026-11-29T10:00:00Z";

interface Reader {
  readonly read: (value: unknown, text: string) => string;
  readonly seed: unknown;
}

/** How an answer of this shape is read; `use` goes on with it. */
function reader<T>(wire: z.ZodType<T>, seed: unknown, use?: (value: T) => void): Reader {
  return {
    seed,
    read: (value) => {
      const answer = parsed(value, wire, ASKED);
      if (answer.kind === "failed") {
        mustHold(answer.reason === "ForgeAnswerInvalid", "another shape is an invalid answer");
        return shapeOf(answer.message);
      }
      use?.(answer.value);
      return "read";
    },
  };
}

const PULL = {
  number: 7,
  title: "t",
  html_url: "u",
  state: "closed",
  user: ADA,
  labels: [{ id: 5, name: "confirm" }],
  merged_at: AT,
  merge_commit_sha: SHA,
  head: { ref: "x", sha: SHA, repo: { id: 2, full_name: "bob/rooms" } },
  base: { ref: "main", repo: { id: 1, full_name: "acme/rooms" } },
};

const REQUEST = {
  iid: 7,
  title: "t",
  web_url: "u",
  state: "merged",
  author: ADA,
  labels: ["confirm", { id: 5, name: "wait" }],
  source_project_id: 2,
  target_project_id: 1,
  target_branch: "main",
  sha: SHA,
  merge_commit_sha: null,
  squash_commit_sha: SHA,
};

function isSound({ state, mergeSha, number }: PullRequest): void {
  mustHold(mergeSha === null || state === "merged", "only what was merged has a merged commit");
  mustHold(number > 0, "a number is positive");
}

function isInOrder(events: readonly HistoryEvent[]): void {
  const positions = events.flatMap((event) => ("position" in event ? event.position : []));
  mustHold(
    positions.every((position, at) => at === 0 || position >= (positions[at - 1] ?? 0)),
    "positions grow",
  );
  const merge = events.findIndex(({ kind }) => kind === "merge");
  mustHold(merge === -1 || merge === events.length - 1, "nothing comes after the merge");
}

const EVENTS = [
  { id: 1, event: "labeled", actor: ADA, created_at: AT, label: { name: "confirm" } },
  { id: 2, event: "merged", actor: null, created_at: AT },
];
const ACTIVITIES = [{ ref: "refs/heads/x", timestamp: AT, actor: ADA }];
const LABEL_EVENTS = [
  { id: 1, user: ADA, created_at: AT, action: "add", label: { id: 5, name: "confirm" } },
];
const STATE_EVENTS = [{ id: 1, user: ADA, created_at: AT, state: "merged" }];
const NOTES = [
  {
    id: 1,
    body: "changed target branch from `a` to `b`",
    author: ADA,
    created_at: AT,
    system: true,
  },
];

/** A refusal: the text is an answer's body, and its headers too. */
const refusal: Reader = {
  seed: { message: "no", "retry-after": "7", "x-ratelimit-reset": "1", status: 403 },
  read: (value, text) => {
    const members = typeof value === "object" && value !== null ? Object.entries(value) : [];
    const headers = Object.fromEntries(members.map(([name, each]) => [name, String(each)]));
    const status = Number(headers["status"]);
    const isStatus = Number.isInteger(status) && status >= 300 && status <= 599;
    const failure = libraryFailure(
      { kind: "refused", status: isStatus ? status : 429, headers, text },
      ASKED,
      { token: TOKEN, nowMs: NOW_MS },
    );
    const { reason, message, retryAfterMs = 0 } = failure;
    mustHold(retryAfterMs >= 0 && retryAfterMs <= 3_600_000, "no wait is longer than an hour");
    mustHold(!message.includes(TOKEN), "no message shows the token");
    mustHold(
      !["\n", "\r", "\u001b", "\u202e"].some((each) => message.includes(each)),
      "a message is one line as it looks",
    );
    return `${reason} ${shapeOf(message).length}`;
  },
};

const ours = (wire: github.PullRequestWire) => isSound(github.toPullRequest(wire, "acme/rooms"));

const READERS: readonly Reader[] = [
  reader(github.pullRequestsWire, [PULL], (list) => list.forEach(ours)),
  reader(gitlab.mergeRequestsWire, [REQUEST], (list) => {
    for (const wire of list) isSound(gitlab.toPullRequest(wire, 1));
  }),
  reader(github.issueEventsWire, EVENTS, (events) => {
    isInOrder(githubEvents({ events, activities: null }));
    isInOrder(githubEvents({ events, activities: [] }));
  }),
  reader(github.activitiesWire, ACTIVITIES, (activities) => {
    const events = github.issueEventsWire.parse(EVENTS);
    isInOrder(githubEvents({ events, activities }));
  }),
  reader(gitlab.labelEventsWire, LABEL_EVENTS, (labels) => {
    isInOrder(gitlabEvents({ labels, states: [], versions: [], notes: [] }));
  }),
  reader(gitlab.stateEventsWire, STATE_EVENTS, (states) => {
    const labels = gitlab.labelEventsWire.parse(LABEL_EVENTS);
    isInOrder(gitlabEvents({ labels, states, versions: [], notes: [] }));
  }),
  reader(gitlab.notesWire, NOTES, (notes) => {
    const versions = [{ id: 1, created_at: NOW_MS }];
    isInOrder(gitlabEvents({ labels: [], states: [], versions, notes }));
  }),
  reader(github.combinedStatusWire, {
    statuses: [{ context: "c", state: "pending", description: null, target_url: null }],
  }),
  reader(gitlab.statusesWire, [{ id: 1, name: "c", status: "failed", description: null }]),
  reader(github.filesWire, [{ filename: "a", previous_filename: "b" }]),
  reader(gitlab.changesCountWire, { changes_count: "1000+" }),
  reader(github.repositoryWire, { default_branch: "main", archived: false, scopes: "repo, x" }),
  reader(gitlab.projectWire, { id: 1, permissions: { project_access: { access_level: 30 } } }),
  refusal,
];

/** An answer of GitHub or GitLab, up to what is made of it; its first byte says of which question. */
export const forgeLibrary: FuzzTarget = {
  name: "forge-library",
  what: "an answer of GitHub or GitLab",
  maxBytes: 4096,
  seeds: READERS.map(({ seed }, at) =>
    Buffer.concat([Buffer.from([at]), textBytes(JSON.stringify(seed))]),
  ),
  words: [
    "null",
    "true",
    "[]",
    "{}",
    "1e309",
    "-1",
    "9007199254740993",
    '""',
    '"__proto__":',
    '"constructor":',
    '"toString"',
    '"labeled"',
    '"merged"',
    '"closed"',
    '"reopened"',
    '"opened"',
    '"locked"',
    '"created_at":',
    '"2026-11-29T10:00:00.000+02:00"',
    '"0000-00-00T00:00:00Z"',
    '"label":',
    '"id":',
    '"retry-after":',
    '"x-ratelimit-remaining":"0"',
    '"x-ratelimit-reset":"99999999999999999999"',
    '"Fri, 31 Dec 9999 23:59:59 GMT"',
    '"x-accepted-github-permissions":',
    '"location":',
    "\\u001b[31m",
    "\\u202e",
    TOKEN,
  ],
  run: (input) => {
    const { read } = READERS[(input[0] ?? 0) % READERS.length] ?? refusal;
    const text = new TextDecoder().decode(input.subarray(1));
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    return read(value, text);
  },
};
