import type { SeedFile } from "./spec-source.ts";

/** Where the seeds of posted specs may come from. */
export interface SeedReader {
  readonly name: string;
  /** Files by path as they are in the newest snapshot; rejects with OperatorError when there is none. */
  readSeeds(paths: readonly string[], signal: AbortSignal): Promise<readonly SeedFile[]>;
}
