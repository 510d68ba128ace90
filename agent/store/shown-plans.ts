import {
  MAX_SHOWN_PLANS,
  pullRequestKey,
  type ForgePlace,
  type ForgeRow,
  type PullRequestRow,
  type ShownPlan,
} from "../room/shown-plan.ts";
import type { Store, StoreChange } from "./store.ts";

type Readable = Pick<Store, "readDocuments">;

/** What is remembered of the pull requests of a source, by their numbers. */
export async function readPullRequests(
  store: Readable,
  source: string,
): Promise<ReadonlyMap<number, PullRequestRow>> {
  const all = (await store.readDocuments("pullRequest")).map(({ document }) => document);
  return new Map(
    all
      .filter((row) => row.source === source)
      .map((row): [number, PullRequestRow] => [row.number, row]),
  );
}

export function writePullRequest(row: PullRequestRow): StoreChange {
  const key = pullRequestKey(row.source, row.number);
  return { kind: "document", collection: "pullRequest", key, document: row };
}

export function dropPullRequest({ source, number }: PullRequestRow): StoreChange {
  const key = pullRequestKey(source, number);
  return { kind: "document", collection: "pullRequest", key, document: null };
}

/** The row with a plan more, which stands in the comment now; the oldest are dropped. */
export function withPlan(row: PullRequestRow, plan: ShownPlan): PullRequestRow {
  const plans = [...row.plans, plan].slice(-MAX_SHOWN_PLANS);
  return { ...row, plans, changingAfter: null };
}

/** What is remembered of a source's forge. */
export async function readForge(store: Readable, source: string): Promise<ForgeRow> {
  const found = (await store.readDocuments("forge")).find(({ key }) => key === source);
  return found?.document ?? { labelIds: {}, ownId: null };
}

/**
 * Forgets what was seen in another repository than this one: numbers of its pull requests, ids of its labels and positions in its
 * histories mean something else here. To be called before anything asks for them.
 */
export async function followRepository(
  store: Pick<Store, "readDocuments" | "write">,
  source: string,
  { apiUrl, repository }: ForgePlace,
): Promise<void> {
  const row = await readForge(store, source);
  const { at } = row;
  if (at?.apiUrl === apiUrl && at.repository === repository) return;
  const here = { apiUrl, repository };
  const isOther = at !== undefined;
  const ownId = at?.apiUrl === apiUrl ? row.ownId : null;
  const document: ForgeRow = isOther ? { labelIds: {}, ownId, at: here } : { ...row, at: here };
  const rows = isOther ? (await readPullRequests(store, source)).values() : [];
  await store.write([
    { kind: "document", collection: "forge", key: source, document },
    ...Array.from(rows, dropPullRequest),
  ]);
}
