import type { AgentReport } from "./agent-report.ts";
import { ms } from "./row.ts";
import type { Row } from "./row.ts";

const TARGET_MS = 50;

/** How late the agent's main thread was. */
export function loopRow(during: string, { loopP99Ms, loopMaxMs }: AgentReport): Row {
  return {
    what: `event loop during: ${during}, p99`,
    figure: `${ms(loopP99Ms)} (longest ${ms(loopMaxMs)})`,
    target: `< ${TARGET_MS} ms`,
    ratio: "",
    met: loopP99Ms < TARGET_MS,
  };
}
