import type { FaultCase } from "./fault-case.ts";
import { gitOutage } from "./outage.ts";

export const gitCases: readonly FaultCase[] = [
  gitOutage({
    id: "G1",
    title: "git server down",
    withinCycles: 2,
    smoke: true,
    sourceReasons: ["Unreachable"],
    putOn: ({ gitProxy }) => gitProxy.set({ kind: "refuse" }),
    heal: ({ gitProxy }) => gitProxy.heal(),
  }),
];
