import type { Saboteur } from "./saboteur.ts";

const FAULTS = "test/integration/forge/gitea-faults.test.ts";
const RECORDED = "test/integration/forge/gitea-recorded.test.ts";
const CONTRACT = "test/contract/forge/gitea.test.ts";

/** What the client of Gitea promises. */
export const GITEA_SABOTEURS: readonly Saboteur[] = [
  {
    name: "gitea: a repository out of sight counts as one without the pull request",
    file: "agent/forge/gitea/gitea-caller.ts",
    text: `return (await this.#look(signal)) ?? answer;`,
    replacement: `return answer;`,
    tests: [FAULTS],
  },
  {
    name: "gitea: a pull request counts that was merged as another commit",
    file: "agent/forge/gitea/gitea-pull-requests.ts",
    text: `each.mergeSha === sha && each.baseBranch === branch && each.isOurBase;`,
    replacement: `each.baseBranch === branch && each.isOurBase;`,
    tests: [FAULTS],
  },
  {
    name: "gitea: a pull request counts that was merged into another repository",
    file: "agent/forge/gitea/gitea-pull-requests.ts",
    text: `each.mergeSha === sha && each.baseBranch === branch && each.isOurBase;`,
    replacement: `each.mergeSha === sha && each.baseBranch === branch;`,
    tests: [FAULTS],
  },
  {
    name: "gitea: a pull request counts that was not merged but has a commit",
    file: "agent/forge/gitea/gitea-schema.ts",
    text: `const isMerged = merged && pull.merge_commit_sha !== null;`,
    replacement: `const isMerged = pull.merge_commit_sha !== null;`,
    tests: [FAULTS],
  },
  {
    name: "gitea: the history of a merged one ends at the first empty page",
    file: "agent/forge/gitea/gitea-labels.ts",
    text: `if (merged) return { kind: "ok", value: Number.POSITIVE_INFINITY };`,
    replacement: ``,
    tests: [FAULTS],
  },
  {
    name: "gitea: events after the merge are part of the history",
    file: "agent/forge/gitea/gitea-labels.ts",
    text: `if (event.kind === "merge") return { kind: "ok", value: { events, isWhole: true } };`,
    replacement: ``,
    tests: [CONTRACT],
  },
  {
    name: "gitea: a removed label counts as set",
    file: "agent/forge/gitea/gitea-labels.ts",
    text: `body === "1" ? "labelAdded" : "labelRemoved";`,
    replacement: `"labelAdded" as const;`,
    tests: [CONTRACT],
  },
  {
    name: "gitea: somebody who took the name of another may write",
    file: "agent/forge/gitea/gitea-labels.ts",
    text: `assignees.value.some(({ id }) => id === person.id)`,
    replacement: `assignees.value.some(({ login }) => login === person.login)`,
    tests: [CONTRACT],
  },
  {
    name: "gitea: a planted comment counts as ours",
    file: "agent/forge/gitea/gitea-comments.ts",
    text: `author.id === ownId && body.startsWith(marker)`,
    replacement: `ownId !== "" && author.id !== "" && body.startsWith(marker)`,
    tests: [RECORDED],
  },
  {
    name: "gitea: lists are read to their first page",
    file: "agent/forge/gitea/gitea-caller.ts",
    text: `const isLast = value.length === 0 || (total !== null && list.length >= total);`,
    replacement: `const isLast = total === null || value.length >= 0;`,
    tests: [CONTRACT],
  },
  {
    name: "gitea: an old status counts as the newest",
    file: "agent/forge/gitea/gitea-statuses.ts",
    text: `each.id > (newest?.id ?? -1)`,
    replacement: `each.id > 0 && newest === null`,
    tests: [FAULTS],
  },
  {
    name: "gitea: the token is shown in what Gitea said",
    file: "agent/forge/gitea/gitea-read.ts",
    text: `redact(saidBy(json))`,
    replacement: `saidBy(json)`,
    tests: [FAULTS],
  },
  {
    name: "gitea: a comment may be written twice over a stale connection",
    file: "agent/forge/gitea/gitea-caller.ts",
    text: `isRepeatable: isRepeatable ?? method !== "POST",`,
    replacement: `isRepeatable: isRepeatable ?? true,`,
    tests: ["test/integration/forge/gitea-connections.test.ts"],
  },
];
