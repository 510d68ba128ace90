import type { LabelConfig } from "../config/config.ts";
import { confirmers, labelIntent, labelScope } from "../forge/label-intent.ts";
import type {
  Forge,
  ForgeAnswer,
  ForgeFailure,
  LabelHistory,
  PullRequest,
} from "../forge/forge.ts";
import { firstParentLine, secondParentLines } from "../intent/first-parent-line.ts";
import type { PullRequestLabels } from "../intent/label-words.ts";
import type { Clock } from "../kernel/clock.ts";
import { pullRequestKey, type PullRequestRow } from "../room/shown-plan.ts";
import type { CommitRange, CommitRecord } from "../source/spec-source.ts";
import type { Store } from "../store/store.ts";

export interface LabelReaderOptions {
  /** The source's name. */
  readonly source: string;
  readonly forge: Pick<Forge, "pullRequests" | "labels">;
  readonly branch: string;
  readonly rules: LabelConfig;
  readonly store: Pick<Store, "readDocuments">;
  readonly clock: Clock;
  /** The longest that one reading may take, ms: a fetch waits for it. Default: 20 s. */
  readonly mostMs?: number;
}

/** What a commit of a range says for the question whose it is. */
export type AskedCommit = Pick<CommitRecord, "oid" | "parents">;

export interface LabelsRead {
  /** Of each merged pull request that was found, the oldest merge first. */
  readonly pulls: readonly PullRequestLabels[];
  /** Why not all is known; null: it is. */
  readonly unknown: LabelsUnknown | null;
}

export interface LabelsUnknown {
  readonly message: string;
  readonly retryAfterMs?: number;
}

export const NO_LABELS: LabelsRead = { pulls: [], unknown: null };

/** How long a forge is asked again that moved the branch and has not yet set the pull request merged, ms (forges take up to 2.4 s). */
const PATIENCE_MS = 15_000;

/** How long all of it may take: a fetch waits for it. */
const MOST_MS = 20_000;

/** Commits of a branch that are asked for their pull request. */
const MOST_COMMITS = 100;

/** The same where they are asked for again, not while a fetch waits. */
const MOST_LATER = 1000;

/** How many of the newest commits are asked for again: their pull requests may not be set merged yet. */
const MOST_NEW = 20;

/** How long that takes at most, where a newer commit's pull request is set merged already, ms. */
const OVERTAKEN_MS = 3_000;

const AT_ONCE = 4;

interface Question {
  readonly commits: readonly AskedCommit[];
  readonly mayConfirm: boolean;
  /** Commits of the branch that are asked for. */
  readonly most: number;
}

type Found = ForgeAnswer<readonly PullRequest[]>;

/** Reads what labels of merged pull requests say of the commits of one source. */
export class LabelReader {
  readonly #options: LabelReaderOptions;

  constructor(options: LabelReaderOptions) {
    this.#options = options;
  }

  /**
   * What labels say of the commits between two heads. Nothing of it throws but the reason of `signal`: what could not be read is
   * `unknown`, and what was read counts all the same.
   */
  async read(range: CommitRange, signal: AbortSignal): Promise<LabelsRead> {
    const { history, commits, said } = range;
    if (history === "first") return NO_LABELS;
    const mayConfirm = history === "descends";
    return this.#within({ commits: said ?? commits, mayConfirm, most: MOST_COMMITS }, signal);
  }

  /** The same of commits that were read before, oldest first. No fetch waits for it. */
  ask(
    commits: readonly AskedCommit[],
    { mayConfirm }: { readonly mayConfirm: boolean },
    signal: AbortSignal,
  ): Promise<LabelsRead> {
    return this.#within({ commits, mayConfirm, most: MOST_LATER }, signal);
  }

  async #within(question: Question, signal: AbortSignal): Promise<LabelsRead> {
    const { clock, mostMs = MOST_MS } = this.#options;
    const [timer, late] = [new AbortController(), new AbortController()];
    const run = () => late.abort(new Error("labels are not waited for any longer"));
    // A sleep rejects only when it is aborted, which happens below.
    clock.sleep(mostMs, timer.signal).then(run, () => undefined);
    try {
      return await this.#ask(question, AbortSignal.any([signal, late.signal]));
    } catch (error) {
      if (signal.aborted || !late.signal.aborted) throw error;
      return { pulls: [], unknown: tooSlow(mostMs) };
    } finally {
      timer.abort();
    }
  }

  async #ask({ commits, mayConfirm, most }: Question, signal: AbortSignal): Promise<LabelsRead> {
    const line = firstParentLine(commits);
    const shas = commits.map(({ oid }) => oid).filter((oid) => line.has(oid));
    const asked = shas.slice(-most);
    const found = await this.#findMerged({ commits, asked }, signal);
    if (found.kind === "failed") return { pulls: [], unknown: toUnknown(found) };
    const pulls: PullRequestLabels[] = [];
    let unknown = shas.length > asked.length ? tooMany(shas.length, most) : null;
    for (const pull of found.value) {
      const judged = await this.#judge(pull, mayConfirm, signal);
      pulls.push(judged.labels);
      unknown ??= judged.unknown;
    }
    return { pulls, unknown };
  }

  /** The pull requests that were merged as these commits. Asks again while an open one with a label of ours may be about to be. */
  async #findMerged(
    { commits, asked }: { commits: readonly AskedCommit[]; asked: readonly string[] },
    signal: AbortSignal,
  ): Promise<Found> {
    const { clock, forge, branch } = this.#options;
    const startMs = clock.monotonicMs();
    const known = new Map<string, readonly PullRequest[]>();
    for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, 2000)) {
      // First the open ones: one that is merged between the two questions is found by the second.
      const open = await forge.pullRequests.open(branch, signal);
      if (open.kind === "failed") return open;
      // Asked again are those that can be so new that the forge does not know them yet.
      const some = known.size === 0 ? asked : asked.slice(-MOST_NEW);
      const failed = await this.#lookUp(some, known, signal);
      if (failed !== null) return failed;
      const patienceMs = patienceFor(asked, known);
      const isWaiting = open.value.list.some((pull) => this.#hasLabel(pull));
      if (!isWaiting || clock.monotonicMs() + waitMs > startMs + patienceMs) break;
      await clock.sleep(waitMs, signal);
    }
    const found = (sha: string) => known.get(sha) ?? [];
    // A merge that no forge made may have brought in the branch itself, with what was merged there.
    const byHand = commits.filter(
      ({ oid }) => known.has(oid) && found(oid).every(({ headSha }) => headSha === oid),
    );
    const inside = secondParentLines(byHand, commits).slice(-MOST_COMMITS);
    const failed = await this.#lookUp(inside, known, signal);
    if (failed !== null) return failed;
    return { kind: "ok", value: [...inside, ...asked].flatMap(found) };
  }

  /** Asks for the commits that no pull request is known of. */
  async #lookUp(
    shas: readonly string[],
    known: Map<string, readonly PullRequest[]>,
    signal: AbortSignal,
  ): Promise<ForgeFailure | null> {
    const { forge, branch } = this.#options;
    const left = shas.filter((sha) => (known.get(sha) ?? []).length === 0);
    for (let at = 0; at < left.length; at += AT_ONCE) {
      const some = left.slice(at, at + AT_ONCE);
      const answers = await Promise.all(
        some.map((sha) => forge.pullRequests.mergedAs(sha, branch, signal)),
      );
      for (const [place, answer] of answers.entries()) {
        if (answer.kind === "failed") return answer;
        known.set(some[place] ?? "", answer.value);
      }
    }
    return null;
  }

  #hasLabel({ labels }: PullRequest): boolean {
    const { confirm, dryRun } = this.#options.rules;
    return labels.some(({ name }) =>
      [confirm, dryRun].some((base) => labelScope(name.toLowerCase(), base.toLowerCase()) !== null),
    );
  }

  async #judge(
    pull: PullRequest,
    mayConfirm: boolean,
    signal: AbortSignal,
  ): Promise<{ readonly labels: PullRequestLabels; readonly unknown: LabelsUnknown | null }> {
    const { rules, store, source } = this.#options;
    const row = await this.#rowOf(pull.number);
    const [pins] = (await store.readDocuments("forge")).filter(({ key }) => key === source);
    const ids = pins?.document.labelIds ?? {};
    const common = {
      pull,
      plans: row?.plans ?? [],
      changingAfter: row?.changingAfter ?? null,
      rules,
      pinnedId: (name: string) =>
        name === rules.confirm && rules.confirmId !== null ? rules.confirmId : (ids[name] ?? null),
      noConfirm: mayConfirm ? null : NOT_DESCENDING,
    };
    // What stands there now asks for a dry run, whatever else is known.
    const unread = () => labelIntent({ ...common, history: EMPTY, mayConfirm: () => false });
    const history = await this.#history(pull.number, signal);
    if (history.kind === "failed") return { labels: unread(), unknown: toUnknown(history) };
    if (!history.value.isWhole) return { labels: unread(), unknown: tooLong(pull.number) };
    const allowed = await this.#allowed(history.value, signal);
    if (allowed.kind === "failed") return { labels: unread(), unknown: toUnknown(allowed) };
    const labels = labelIntent({
      ...common,
      history: history.value,
      mayConfirm: ({ id }) => allowed.value.has(id),
    });
    return { labels, unknown: null };
  }

  async #rowOf(number: number): Promise<PullRequestRow | null> {
    const { store, source } = this.#options;
    const wanted = pullRequestKey(source, number);
    const rows = await store.readDocuments("pullRequest");
    return rows.find(({ key }) => key === wanted)?.document ?? null;
  }

  /** The history of a merged pull request, once it has its merge. */
  async #history(number: number, signal: AbortSignal): Promise<ForgeAnswer<LabelHistory>> {
    const { clock, forge } = this.#options;
    const endMs = clock.monotonicMs() + PATIENCE_MS;
    for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, 2000)) {
      const answer = await forge.labels.history(number, signal);
      if (answer.kind === "failed") return answer;
      const { events } = answer.value;
      if (events.some(({ kind }) => kind === "merge")) return answer;
      if (clock.monotonicMs() + waitMs > endMs)
        return { kind: "ok", value: { events, isWhole: false } };
      await clock.sleep(waitMs, signal);
    }
  }

  /** The ids of those whose label confirms. */
  async #allowed(
    history: LabelHistory,
    signal: AbortSignal,
  ): Promise<ForgeAnswer<ReadonlySet<string>>> {
    const { rules, forge } = this.#options;
    if (rules.allowedPersons !== null) return { kind: "ok", value: new Set(rules.allowedPersons) };
    const allowed = new Set<string>();
    for (const person of confirmers({ history, rules })) {
      const answer = await forge.labels.mayWrite(person, signal);
      if (answer.kind === "failed") return answer;
      if (answer.value) allowed.add(person.id);
    }
    return { kind: "ok", value: allowed };
  }
}

const EMPTY: LabelHistory = { events: [], isWhole: false };

function toUnknown({ message, retryAfterMs }: ForgeFailure): LabelsUnknown {
  return { message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function tooSlow(mostMs: number): LabelsUnknown {
  const message = `the forge did not answer all that was asked about labels within ${mostMs / 1000} s`;
  return { message };
}

/** How long it is worth to ask again for commits without a pull request. */
function patienceFor(
  asked: readonly string[],
  known: ReadonlyMap<string, readonly PullRequest[]>,
): number {
  const isOpen = (sha: string) => (known.get(sha) ?? []).length === 0;
  if (asked.slice(-1).some(isOpen)) return PATIENCE_MS;
  return asked.slice(-MOST_NEW).some(isOpen) ? OVERTAKEN_MS : 0;
}

function tooMany(count: number, most: number): LabelsUnknown {
  const message = `${count} commits came at once, and the newest ${most} were asked for their pull requests`;
  return { message };
}

function tooLong(number: number): LabelsUnknown {
  const message = `the history of pull request #${number} could not be read up to its merge`;
  return { message };
}

const NOT_DESCENDING =
  "the branch was not built on the head before it, and no label confirms in such a history: confirm in a new commit that names the room";
