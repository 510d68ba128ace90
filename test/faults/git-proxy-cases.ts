import type { ForwardMode } from "../support/forward-proxy.ts";
import type { FaultCase } from "./fault-case.ts";
import { gitOutage } from "./outage.ts";
import type { GitOutage } from "./outage.ts";

const MODES: Readonly<Record<string, ForwardMode>> = {
  login: { kind: "status", status: 407 },
  "bad gateway": { kind: "status", status: 502 },
  reset: { kind: "reset" },
  hang: { kind: "hang" },
  "cut at CONNECT": { kind: "cut" },
  "not HTTP": { kind: "notHttp" },
  // A poll is told less than this by the server, and a fetch more.
  "cut in mid pack": { kind: "cutAfter", bytes: 450 },
};

const proxyOutage = (given: Pick<GitOutage, "id" | "title" | "variants" | "transport">) =>
  ({
    settings: {
      Git__Sources__0__TimeoutSeconds: "3",
      Git__Sources__0__PollTimeoutSeconds: "2",
    },
    lasts: (variant: string) => (variant === "hang" ? 2 : 5),
    withinCycles: 2,
    reasons: (variant: string) => [reasonOf(variant, given.transport)],
    putOn: async ({ git }, { variant }) => {
      const mode = MODES[variant];
      if (mode === undefined) await git.beforeForward?.set({ kind: "refuse" });
      else git.forward?.break(mode);
    },
    heal: async ({ git }) => {
      git.forward?.heal();
      await git.beforeForward?.heal();
    },
    ...given,
  }) satisfies GitOutage;

function reasonOf(variant: string, transport: GitOutage["transport"]): string {
  if (variant === "hang") return "Timeout";
  // Without a tunnel nobody can tell the proxy's answer from the server's.
  return variant === "bad gateway" && transport === "proxy" ? "ServerError" : "Unreachable";
}

/** What goes wrong with a forward proxy on the way to the git server. */
export const gitProxyCases: readonly FaultCase[] = [
  gitOutage(
    proxyOutage({
      id: "G21",
      title: "the forward proxy to git fails",
      variants: ["down", "login", "bad gateway", "reset", "hang", "cut in mid pack"],
      transport: "proxy",
    }),
  ),
  gitOutage(
    proxyOutage({
      id: "G24",
      title: "the forward proxy's tunnel to git fails",
      variants: ["down", ...Object.keys(MODES)],
      transport: "tunnel",
    }),
  ),
];
