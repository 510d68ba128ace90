import type { ForwardMode } from "../support/forward-proxy.ts";
import type { FaultCase } from "./fault-case.ts";
import { gitOutage } from "./outage.ts";

const MODES: Readonly<Record<string, ForwardMode>> = {
  login: { kind: "status", status: 407 },
  "bad gateway": { kind: "status", status: 502 },
  reset: { kind: "reset" },
  hang: { kind: "hang" },
};

/** What goes wrong with a forward proxy on the way to the git server. */
export const gitProxyCases: readonly FaultCase[] = [
  gitOutage({
    id: "G21",
    title: "the forward proxy to git fails",
    variants: Object.keys(MODES),
    transport: "proxy",
    settings: {
      Git__Sources__0__TimeoutSeconds: "3",
      Git__Sources__0__PollTimeoutSeconds: "2",
    },
    lasts: (variant) => (variant === "hang" ? 2 : 5),
    withinCycles: 2,
    reasons: ["Unreachable", "Timeout", "ServerError"],
    putOn: ({ git }, { variant }) => git.forward?.break(MODES[variant] ?? { kind: "reset" }),
    heal: ({ git }) => git.forward?.heal(),
  }),
];
