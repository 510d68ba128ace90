import type { LargeWorld } from "./large-world.ts";
import type { Row } from "./row.ts";

export interface BenchOptions {
  /** Smaller sizes, for a look in passing. */
  readonly quick: boolean;
  /** Arguments for the agent's Node, such as those of a profile. */
  readonly nodeArguments: readonly string[];
  /** Says what goes on. */
  readonly say: (text: string) => void;
  /** The world with many rooms that several benchmarks look at, made by the first of them. */
  readonly largeWorld: () => Promise<LargeWorld>;
}

export interface Bench {
  readonly name: string;
  readonly run: (options: BenchOptions) => Promise<readonly Row[]>;
}
