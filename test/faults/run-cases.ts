import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { LONGEST_RUN_MS, SEEDS } from "./fault-case.ts";
import type { FaultCase, RunReport } from "./fault-case.ts";

/** One variant of a case with one seed. */
export interface Run {
  readonly fault: FaultCase;
  readonly variant: string;
  readonly seed: number;
}

export interface RunEnd {
  readonly run: Run;
  /** Null when it failed. */
  readonly report: RunReport | null;
  /** Null when it held. */
  readonly problem: string | null;
  /** Where its logs were kept; null when there are none. */
  readonly logs: string | null;
  readonly ms: number;
  readonly counts: ReadonlyMap<string, number>;
}

export interface RunCasesOptions {
  /** Runs at the same time. */
  readonly jobs: number;
  /** Folder for the logs of runs that failed. */
  readonly logs: string;
  readonly onEnd: (end: RunEnd) => void;
}

/** Every run of the cases, in their order. */
export function runsOf(
  cases: readonly FaultCase[],
  only: { readonly seed?: number | undefined; readonly variant?: string | undefined } = {},
): readonly Run[] {
  return cases.flatMap((fault) =>
    (fault.variants ?? [""])
      .filter((variant) => only.variant === undefined || variant === only.variant)
      .flatMap((variant) =>
        (only.seed === undefined ? (fault.seeds ?? SEEDS) : [only.seed]).map((seed) => ({
          fault,
          variant,
          seed,
        })),
      ),
  );
}

/** Runs them all, some at the same time, and gives back how each ended, in their order. Never rejects because of a run. */
export async function runCases(
  runs: readonly Run[],
  options: RunCasesOptions,
): Promise<readonly RunEnd[]> {
  const ends: RunEnd[] = [];
  const left = [...runs.entries()];
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [at, run] = next;
      const end = await runOne(run, options.logs);
      ends[at] = end;
      options.onEnd(end);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  return ends;
}

/** Runs one and says how it ended. Logs of a run that failed are kept below `logs`. */
export async function runOne(run: Run, logs: string): Promise<RunEnd> {
  const { fault, variant, seed } = run;
  const texts = new Map<string, () => string>();
  const counts = new Map<string, number>();
  const startedMs = performance.now();
  const end = (more: Pick<RunEnd, "report" | "problem" | "logs">): RunEnd => ({
    run,
    counts,
    ms: performance.now() - startedMs,
    ...more,
  });
  const keep = (file: string, text: () => string) => void texts.set(file, text);
  const count = (what: string, by: number) => void counts.set(what, (counts.get(what) ?? 0) + by);
  try {
    const playing = fault.run({ id: fault.id, variant, seed, keep, count });
    const report = await withinMs(playing, fault.limitMs ?? LONGEST_RUN_MS);
    const { cycles } = report;
    if (fault.withinCycles !== null && (cycles ?? Infinity) > fault.withinCycles) {
      throw new Error(`it converged after ${cycles} cycles, more than ${fault.withinCycles}`);
    }
    return end({ report, problem: null, logs: null });
  } catch (error) {
    const problem = inspect(error, { depth: 6 });
    const folder = join(logs, nameOf(run));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "problem.txt"), `${problem}\n`);
    for (const [file, text] of texts) writeFileSync(join(folder, file), text());
    return end({ report: null, problem, logs: folder });
  }
}

/** A run as a word: `G17-older-2`. */
export function nameOf({ fault, variant, seed }: Run): string {
  return [fault.id, ...(variant === "" ? [] : [variant]), seed].join("-");
}

/** How to run it again, alone. */
export function againOf({ fault, variant, seed }: Run): string {
  const more = variant === "" ? "" : ` --variant ${variant}`;
  return `npm run test:faults -- ${fault.id}${more} --seed ${seed}`;
}

async function withinMs<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
