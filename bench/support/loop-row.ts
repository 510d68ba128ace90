import type { AgentReport } from "./agent-report.ts";
import { measured, show } from "./row.ts";
import type { Measured, RowKind } from "./row.ts";

/** How late the agent's main thread was while something happened. */
export function loopRow(during: string): RowKind {
  return { what: `event loop during: ${during}, p99`, unit: "ms", atMost: 50 };
}

export function loopFigure(during: string, { loopP99Ms, loopMaxMs }: AgentReport): Measured {
  return measured(loopRow(during), loopP99Ms, { note: `longest ${show(loopMaxMs, "ms")}` });
}
