const GITHUB_TRAPS = ["test/integration/forge/github-traps.test.ts"];
const GITLAB_TRAPS = ["test/integration/forge/gitlab-traps.test.ts"];
const FAULTS = ["test/integration/forge/library-faults.test.ts"];
const APP = ["test/integration/forge/github-app.test.ts"];

/** What makes the agent believe GitHub or GitLab where it must not, or send what it must not. */
export const LIBRARY_SABOTEURS = [
  {
    name: "a test merge of GitHub counts as a merge",
    file: "agent/forge/github/github-wire.ts",
    text: `mergeSha: isMerged ? wire.merge_commit_sha : null,`,
    replacement: `mergeSha: wire.merge_commit_sha,`,
    tests: GITHUB_TRAPS,
  },
  {
    name: "a push of the same second comes before the label",
    file: "agent/forge/history-order.ts",
    text: `ordered.findLastIndex(({ atMs }) => atMs <= each.atMs),`,
    replacement: `ordered.findLastIndex(({ atMs }) => atMs < each.atMs),`,
    tests: ["test/unit/forge/github-history.test.ts"],
  },
  {
    name: "pushes that GitHub does not show did not happen",
    file: "agent/forge/github/github-labels.ts",
    text: `activities: activities.length === 0 ? null : activities`,
    replacement: `activities`,
    tests: GITHUB_TRAPS,
  },
  {
    name: "pushes to a fork that GitHub hides did not happen",
    file: "agent/forge/github/github-labels.ts",
    text: `return isHidden ? UNKNOWN : answer;`,
    replacement: `return isHidden ? NONE : answer;`,
    tests: GITHUB_TRAPS,
  },
  {
    name: "whoever has the name now may write",
    file: "agent/forge/github/github-labels.ts",
    text: `user?.id === id && WRITING.has(permission)`,
    replacement: `(user?.id === id || user !== null) && WRITING.has(permission)`,
    tests: ["test/contract/forge/github.test.ts"],
  },
  {
    name: "two GitHubs share the token of an app",
    file: "agent/forge/github/github-login.ts",
    text: `return ONE_AT_A_TIME.run([value.installationId], () => {`,
    replacement: `return new KeyedLock().run([value.installationId], () => {`,
    tests: APP,
  },
  {
    name: "an app's token is for all repositories",
    file: "agent/forge/github/github-login.ts",
    text: `await auth({ type: "installation", repositoryNames });`,
    replacement: `await auth({ type: "installation", repositoryNames: repositoryNames.slice(1) });`,
    tests: APP,
  },
  {
    name: "GitHub is asked without a version",
    file: "agent/forge/github/open-octokit.ts",
    text: `request.headers["x-github-api-version"] = API_VERSION;`,
    replacement: `request.headers["x-room-operator"] = API_VERSION;`,
    tests: APP,
  },
  {
    name: "a limit of GitHub counts as a right that is missing",
    file: "agent/forge/library-failure.ts",
    text: `headers["x-ratelimit-remaining"] === "0"`,
    replacement: `headers["x-ratelimit-remaining"] === "none"`,
    tests: FAULTS,
  },
  {
    name: "a page of the sign-in counts as an empty answer",
    file: "agent/forge/library-exchange.ts",
    text: `throw new WireFailed({ kind: "notJson", status, type });`,
    replacement: `return { status, headers, value: [type].slice(1) };`,
    tests: FAULTS,
  },
  {
    name: "a message shows the token that a forge repeats",
    file: "agent/forge/library-failure.ts",
    text: `said: redact(saidIn(failure)),`,
    replacement: `said: saidIn(failure),`,
    tests: FAULTS,
  },
  {
    name: "a person who writes like GitLab is believed",
    file: "agent/forge/gitlab/gitlab-history.ts",
    text: `if (!system || !RETARGET.test(body)) return [];`,
    replacement: `if (!(system || body !== "") || !RETARGET.test(body)) return [];`,
    tests: ["test/unit/forge/gitlab-history.test.ts"],
  },
  {
    name: "a fast-forward of GitLab is not found by its commit",
    file: "agent/forge/gitlab/gitlab-wire.ts",
    text: `return merge_commit_sha ?? squash_commit_sha ?? sha;`,
    replacement: `return merge_commit_sha ?? squash_commit_sha ?? (sha === "" ? sha : null);`,
    tests: GITLAB_TRAPS,
  },
  {
    name: "a state that GitLab refuses counts as written",
    file: "agent/forge/gitlab/gitlab-statuses.ts",
    text: `if (after.value !== null && THEIRS[after.value.state] === THEIRS[status.state]) return DONE;`,
    replacement: `if (after.value !== null && THEIRS[after.value.state] !== "") return DONE;`,
    tests: GITLAB_TRAPS,
  },
  {
    name: "somebody blocked may write",
    file: "agent/forge/gitlab/gitlab-labels.ts",
    text: `(member.state ?? "active") === "active",`,
    replacement: `(member.state ?? "active") !== "",`,
    tests: GITLAB_TRAPS,
  },
  {
    name: "files that GitLab leaves out are not missed",
    file: "agent/forge/gitlab/gitlab-pull-requests.ts",
    text: `isWhole: isWhole && list.length >= counted.value,`,
    replacement: `isWhole: isWhole && list.length >= Math.min(0, counted.value),`,
    tests: GITLAB_TRAPS,
  },
];
