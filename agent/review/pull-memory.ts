import type { ForgeFailure, ForgeLabel, PullRequest } from "../forge/forge.ts";
import { toIso } from "../kernel/clock.ts";
import type { PullRequestRow } from "../room/shown-plan.ts";
import { dropPullRequest, readPullRequests } from "../store/shown-plans.ts";
import { ForgeMemory } from "./forge-memory.ts";
import { isConfirmLabel } from "./label-notes.ts";
import { labelProblem } from "./label-problem.ts";
import type { PlannerDeps } from "./planner-deps.ts";

/** Plans of pull requests that are not open any more are remembered so long, ms. */
const KEPT_MS = 30 * 86_400_000;

/** How often the labels are looked at for one that was renamed, re-created or doubled, ms. */
const LABELS_MS = 600_000;

/** Labels of single rooms that are pinned before they are used: each plan that is remembered has their ids. */
const PINNED_MOST = 500;

type MemoryDeps = Pick<PlannerDeps, "source" | "store" | "clock" | "forge" | "config">;

/** What is remembered of a source's pull requests and labels. */
export class PullMemory {
  readonly forge: ForgeMemory;
  readonly #deps: MemoryDeps;
  /** Null: not read yet. */
  #rows: Map<number, PullRequestRow> | null = null;
  /** When the labels are looked at again (monotonic ms). */
  #labelsDueMs = 0;
  #problem: string | null = null;

  constructor(deps: MemoryDeps) {
    this.#deps = deps;
    this.forge = new ForgeMemory(deps.source, deps.store);
  }

  /** What is wrong with the label that confirms; null: nothing. */
  get labelProblem(): string | null {
    return this.#problem;
  }

  row(number: number): PullRequestRow | null {
    return this.#rows?.get(number) ?? null;
  }

  /** A row that was written. */
  keep(row: PullRequestRow): void {
    this.#rows?.set(row.number, row);
  }

  /**
   * Reads what the store knows, once, and pins the labels that are there: a name may be given to another label later, and what counts
   * is which it was when the agent first saw it. Gives back what the forge failed with.
   */
  async refresh(open: readonly PullRequest[], signal: AbortSignal): Promise<ForgeFailure | null> {
    const { config, store, source, clock } = this.#deps;
    const { confirm, dryRun } = config.labels;
    const isDue = clock.monotonicMs() >= this.#labelsDueMs;
    const failure = isDue ? await this.#lookAtLabels(signal) : null;
    if (failure !== null) return failure;
    this.#rows ??= new Map(await readPullRequests(store, source));
    if (isDue) await this.#forget(new Set(open.map(({ number }) => number)));
    const isOurs = (name: string) => isConfirmLabel(name, confirm) || isConfirmLabel(name, dryRun);
    const labels = open.flatMap((pull) => pull.labels).filter(({ name }) => isOurs(name));
    if (labels.length > 0) await this.forge.noteLabels(labels);
    return null;
  }

  /** At the start, and now and then. */
  async #lookAtLabels(signal: AbortSignal): Promise<ForgeFailure | null> {
    const { config, forge, clock } = this.#deps;
    const { confirm, dryRun, confirmId } = config.labels;
    const names = [confirm, dryRun, `${confirm}/`, `${dryRun}/`];
    const named = await forge.labels.named(names, signal);
    if (named.kind === "failed") return named;
    this.#labelsDueMs = clock.monotonicMs() + LABELS_MS;
    await this.forge.noteLabels(firstOf(named.value, [confirm, dryRun]));
    const { labelIds } = await this.forge.row();
    const pinned = confirmId ?? labelIds[confirm] ?? null;
    this.#problem = labelProblem(named.value, pinned, config.labels);
    return null;
  }

  /** Drops what is remembered of pull requests that were closed long ago. */
  async #forget(open: ReadonlySet<number>): Promise<void> {
    const { store, clock } = this.#deps;
    const before = toIso(clock.nowMs() - KEPT_MS);
    const old = [...(this.#rows?.values() ?? [])].filter(
      ({ number, plans }) => !open.has(number) && (plans.at(-1)?.publishedAt ?? "") < before,
    );
    for (const row of old) this.#rows?.delete(row.number);
    if (old.length > 0) await store.write(old.map(dropPullRequest));
  }
}

/** Those with one of these names, and the oldest of the others. */
function firstOf(labels: readonly ForgeLabel[], names: readonly string[]): readonly ForgeLabel[] {
  const isExact = ({ name }: ForgeLabel) => names.includes(name);
  const oldest = labels.toSorted((one, other) => Number(one.id) - Number(other.id));
  const others = oldest.filter((label) => !isExact(label)).slice(0, PINNED_MOST);
  return [...labels.filter(isExact), ...others];
}
