import type { ForgeFailureReason, PullRequest } from "../forge/forge.ts";
import { toIso } from "../kernel/clock.ts";
import { messageOf, OperatorError } from "../kernel/errors.ts";
import { pollDelayMs } from "../queue/backoff.ts";
import { KnownPulls } from "./known-pulls.ts";
import {
  choosePulls,
  labelsKey,
  NO_HEAD,
  type ChosenPulls,
  type PlanCause,
  type PullError,
} from "./open-pulls.ts";
import type { PlannerDeps } from "./planner-deps.ts";
import { planState } from "./plan-status.ts";
import { PlanPublisher } from "./plan-publisher.ts";
import { PullMemory } from "./pull-memory.ts";
import { toPullsView, type PullsView } from "./pulls-view.ts";
import { fieldsOf, whyPartial } from "./review-facts.ts";
import type { Review } from "./review.ts";
import { reviewPullRequest } from "./review-pull-request.ts";

/** Failures that no other pull request is spared. */
const OF_ALL: ReadonlySet<string> = new Set<ForgeFailureReason>([
  "ForgeUnreachable",
  "ForgeTimeout",
  "ForgeTokenRefused",
  "ForgeRateLimited",
  "RepositoryMoved",
]);

/** Keeps a comment and a status at every open pull request of one source's branch. One is planned at a time. */
export class PullRequestPlanner {
  readonly #deps: PlannerDeps;
  readonly #publisher: PlanPublisher;
  readonly #memory: PullMemory;
  readonly #stopping = new AbortController();
  readonly #known: KnownPulls;
  #left: Pick<ChosenPulls, "drafts" | "forks" | "leftOut"> = { drafts: [], forks: [], leftOut: [] };
  #isWhole = true;
  /** Of the forge itself. */
  #failure: LookFailure | null = null;
  #failures = 0;
  #lastLook: string | null = null;
  #pause: AbortController | null = null;
  #isWoken = false;
  #running: Promise<void> | null = null;

  constructor(deps: PlannerDeps) {
    this.#deps = deps;
    this.#memory = new PullMemory(deps);
    this.#publisher = new PlanPublisher({ ...deps, memory: this.#memory });
    const { intervalMs } = deps.config.plan;
    this.#known = new KnownPulls({ intervalMs, random: deps.random });
  }

  /** Idempotent; does nothing after `stop`. */
  start(): void {
    if (this.#stopping.signal.aborted) return;
    this.#running ??= this.#run();
  }

  /** Ends what is under way. Idempotent. */
  async stop(why: Error = new Error("the agent stops")): Promise<void> {
    this.#stopping.abort(why);
    this.#pause?.abort();
    await this.#running;
  }

  /** A webhook was about a pull request, or about one that it does not name. Looks at once. */
  wake(number: number | null): void {
    if (number !== null) this.#known.wake(number);
    this.#wakeUp();
  }

  /** The branch has another head. Looks at once. */
  headMoved(): void {
    this.#wakeUp();
  }

  /** Something about a room changed: plans that touch it are made again at the next look. */
  roomChanged(roomId: string): void {
    this.#known.roomChanged(roomId);
  }

  get view(): PullsView {
    const { drafts, forks, leftOut } = this.#left;
    const known = this.#known.list;
    const failure = this.#failure;
    const lastLook = this.#lastLook;
    const isWhole = this.#isWhole;
    return toPullsView({ known, drafts, forks, leftOut, failure, lastLook, isWhole });
  }

  #wakeUp(): void {
    // What the forge asked for counts more.
    if (this.#failure?.retryAfterMs !== undefined) return;
    this.#isWoken = true;
    this.#pause?.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { clock, log, config, random } = this.#deps;
    while (!signal.aborted) {
      this.#isWoken = false;
      let failure: LookFailure | null = null;
      try {
        failure = await this.#look(signal);
      } catch (error) {
        if (signal.aborted) return;
        failure = { reason: codeOf(error), message: messageOf(error) };
        log.error({ error }, "pull requests not looked at");
      }
      this.#failure = failure;
      this.#failures = failure === null ? 0 : this.#failures + 1;
      this.#lastLook = toIso(clock.nowMs());
      this.#warn();
      if (this.#isWoken && failure === null) continue;
      const { intervalMs } = config.plan;
      const retryAfterMs = failure?.retryAfterMs;
      const timing = { intervalMs, failures: this.#failures, random };
      const delayMs = pollDelayMs(
        retryAfterMs === undefined ? timing : { ...timing, retryAfterMs },
      );
      this.#pause = new AbortController();
      // A stop may come while a look ends, before the pause has begun.
      const ends = [signal, this.#pause.signal];
      await clock.sleep(delayMs, AbortSignal.any(ends)).catch(() => undefined);
      this.#pause = null;
    }
  }

  /** What the forge failed with for all of them; null: it did not. */
  async #look(signal: AbortSignal): Promise<LookFailure | null> {
    const { forge, branch, config, clock } = this.#deps;
    const base = this.#deps.base();
    if (base === null) return null;
    const open = await forge.pullRequests.open(branch, signal);
    if (open.kind === "failed") return open;
    const { chosen, ...left } = choosePulls(open.value.list, config.plan);
    this.#left = left;
    this.#isWhole = open.value.isWhole;
    const pinned = await this.#memory.refresh(open.value.list, signal);
    if (pinned !== null) return pinned;
    this.#known.follow(chosen);
    for (const pull of chosen) {
      const why = this.#known.whyDue(pull.number, { base, nowMs: clock.monotonicMs() });
      if (why === null) continue;
      const failure = await this.#plan(pull, { base, why }, signal);
      if (failure !== null) return failure;
    }
    return null;
  }

  /** What the forge failed with for all pull requests; null: it did not. */
  async #plan(
    pull: PullRequest,
    { base, why }: { readonly base: string; readonly why: PlanCause },
    signal: AbortSignal,
  ): Promise<LookFailure | null> {
    const { clock, metrics, source, log } = this.#deps;
    const { number } = pull;
    this.#known.tried(pull, why);
    const startedMs = clock.monotonicMs();
    const ended = await this.#planAndPublish(pull, { base, why }, signal);
    const durationMs = clock.monotonicMs() - startedMs;
    if (ended.kind === "same") return null;
    const result = ended.kind === "closed" ? null : ended.kind;
    if (result !== null) metrics.pullRequestPlanned(source, result, durationMs);
    if (ended.kind === "closed") this.#known.forget(number);
    else if (ended.kind === "failed") {
      log.warn(
        { pullRequest: number, reason: ended.failure.reason, detail: ended.failure.message },
        "pull request not planned",
      );
      const { reason, message, retryAfterMs } = ended.failure;
      this.#retry(number, { error: { reason, message }, retryAfterMs });
      return OF_ALL.has(reason) ? ended.failure : null;
    } else
      log.info({ pullRequest: number, why, durationMs, ...ended.fields }, "pull request planned");
    return null;
  }

  async #planAndPublish(
    listed: PullRequest,
    { base, why }: { readonly base: string; readonly why: PlanCause },
    signal: AbortSignal,
  ): Promise<PlanEnd> {
    const { forge, clock, config, newId } = this.#deps;
    const { number } = listed;
    // The list may show an older head than there is.
    const found = await forge.pullRequests.get(number, signal);
    if (found.kind === "failed") return { kind: "failed", failure: found };
    const pull = found.value;
    if (pull === null || pull.state !== "open" || pull.baseBranch !== this.#deps.branch)
      return { kind: "closed" };
    if (pull.headSha === "") return { kind: "failed", failure: NO_HEAD };
    const before = this.#known.get(number)?.planned ?? null;
    const isNewHead = before?.head !== pull.headSha;
    if (why === "webhook" && !isNewHead && before?.labels === labelsKey(pull))
      return { kind: "same" };
    const pending = isNewHead ? await this.#publisher.pending(pull, signal) : null;
    if (pending !== null && OF_ALL.has(pending.reason)) return { kind: "failed", failure: pending };
    const deps = { ...this.#deps, correlationId: newId() };
    const review = await reviewPullRequest(pull, { base, deps, signal });
    if ("kind" in review) return { kind: "failed", failure: review };
    const row = this.#memory.row(number);
    const partial = whyPartial(review);
    // What could not be read for now does not take the place of a plan that was whole.
    if (partial !== null && row?.plans.at(-1)?.head === review.head)
      return { kind: "failed", failure: { reason: "PlanNotPublished", message: partial } };
    const published = await this.#publisher.publish(pull, { review, row }, signal);
    if (published.kind === "failed") return { kind: "failed", failure: published };
    const { digest, isNew, statusFailure } = published;
    if (isNew) await this.#audit(review, digest);
    const state = planState(review, config.plan);
    const planned = {
      head: review.head,
      base,
      labels: labelsKey(pull),
      digest,
      state,
      rooms: new Set(review.rooms.map(({ roomId }) => roomId)),
      atMs: clock.monotonicMs(),
      at: toIso(clock.nowMs()),
    };
    this.#known.planned(number, planned);
    if (statusFailure !== null) return { kind: "failed", failure: statusFailure };
    if (partial !== null) this.#retry(number, { error: null });
    return {
      kind: isNew ? "published" : "unchanged",
      fields: { digest, state, ...fieldsOf(review) },
    };
  }

  #retry(number: number, { error, retryAfterMs = null }: Retry): void {
    const nowMs = this.#deps.clock.monotonicMs();
    this.#known.retry(number, { error, retryAfterMs, nowMs });
  }

  #warn(): void {
    const { warnings } = this.#deps;
    const [first] = this.#known.list.filter(({ error }) => error !== null);
    const message =
      this.#failure !== null
        ? `Pull requests are not planned: ${this.#failure.message}`
        : first?.error == null
          ? null
          : `The plan of pull request ${first.pull.number} is not published: ${first.error.message}`;
    const { labelProblem } = this.#memory;
    if (labelProblem === null) warnings.end("LabelChanged");
    else warnings.raise("LabelChanged", labelProblem);
    if (message === null) warnings.end("PlanNotPublished");
    else warnings.raise("PlanNotPublished", message);
  }

  async #audit(review: Review, digest: string): Promise<void> {
    const { trail, store, source } = this.#deps;
    const { number, head, base } = review;
    const metadata = {
      source,
      pullRequest: number,
      head,
      base,
      planDigest: digest,
      ...fieldsOf(review),
    };
    await store.write([trail.event("plan.shown", metadata)]);
  }
}

type PlanEnd =
  | { readonly kind: "closed" }
  /** A webhook was about nothing that a plan shows. */
  | { readonly kind: "same" }
  | { readonly kind: "failed"; readonly failure: LookFailure }
  | {
      readonly kind: "published" | "unchanged";
      readonly fields: Readonly<Record<string, string | number>>;
    };

interface LookFailure extends PullError {
  readonly retryAfterMs?: number;
}

function codeOf(error: unknown): string {
  return error instanceof OperatorError ? error.code : "PlanNotPublished";
}

interface Retry {
  readonly error: PullError | null;
  readonly retryAfterMs?: number | null | undefined;
}
