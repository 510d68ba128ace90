import type { FaultCase } from "./fault-case.ts";
import { gitCases } from "./git-cases.ts";
import { killCases } from "./kill-cases.ts";

/** The whole matrix, in the order of the table. */
export const ALL_CASES: readonly FaultCase[] = [...gitCases, ...killCases];
