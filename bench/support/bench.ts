import type { LargeWorld } from "./large-world.ts";
import type { Measured, RowKind } from "./row.ts";

export interface BenchOptions {
  /** Smaller sizes, for a look in passing. */
  readonly quick: boolean;
  /** Arguments for the agent's Node, such as those of a profile. */
  readonly nodeArguments: readonly string[];
  /** Says what is done now. */
  readonly say: (text: string) => void;
  /** A world of so many small rooms that several benchmarks use, made by the first of them. */
  readonly world: (rooms: number) => Promise<LargeWorld>;
}

export interface Bench {
  readonly name: string;
  /** All rows that `run` measures, in the order of the table. */
  readonly rows: (quick: boolean) => readonly RowKind[];
  /** One figure for each row; or why there are none on this machine, and how to get them. */
  readonly run: (options: BenchOptions) => Promise<readonly Measured[] | Skipped>;
}

export interface Skipped {
  readonly skipped: string;
}

/** Rooms of the world that most benchmarks of many rooms use. */
export function largeRooms(quick: boolean): number {
  return quick ? 1000 : 10_000;
}

/** Figures in the order of the bench's rows. Throws where a row lacks its figure, or a figure its row. */
export function inOrder(
  { name, rows }: Pick<Bench, "name" | "rows">,
  figures: readonly Measured[],
  quick: boolean,
): readonly Measured[] {
  const declared = rows(quick).map(({ what }) => what);
  const given = new Map(figures.map((figure) => [figure.what, figure]));
  const unknown = [...given.keys()].filter((what) => !declared.includes(what));
  const missing = declared.filter((what) => !given.has(what));
  const none = figures.filter(({ value, base = 0 }) => !Number.isFinite(value + base));
  if (none.length > 0) {
    throw new Error(`${name} has no figure for: ${none.map(({ what }) => what).join("; ")}`);
  }
  if (unknown.length + missing.length > 0 || given.size < figures.length) {
    throw new Error(
      `${name} measured other rows than it declares: ${[...missing, ...unknown].join("; ")}`,
    );
  }
  return declared.flatMap((what) => given.get(what) ?? []);
}
