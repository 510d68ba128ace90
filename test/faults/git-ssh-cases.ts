import type { SshFault } from "../support/ssh-fault.ts";
import { Sshd } from "../support/sshd.ts";
import type { FaultCase } from "./fault-case.ts";
import { inWorld, playGit } from "./outage.ts";
import type { GitOutage } from "./outage.ts";

/** A poll is told less than this by the server, and a fetch more. */
const IN_MID_PACK = 450;

/** A fetch may take 3 s, and a poll 6, of which half is for its first byte. A busy machine may need longer where nothing hangs. */
const IMPATIENT = {
  Git__Sources__0__TimeoutSeconds: "3",
  Git__Sources__0__PollTimeoutSeconds: "6",
};

const FAULTS: Readonly<Record<string, SshFault>> = {
  "hangs before its name": { kind: "hangBeforeBanner" },
  "hangs after the login": { kind: "hangAfterLogin" },
  "hangs in mid pack": { kind: "hangAfter", bytes: IN_MID_PACK },
  "cuts the pack": { kind: "cutAfter", bytes: IN_MID_PACK },
  "breaks in mid pack": { kind: "resetAfter", bytes: IN_MID_PACK },
  "its git is killed": { kind: "killAfter", bytes: IN_MID_PACK },
  "closes at once": { kind: "close" },
  "is no ssh server": { kind: "notSsh" },
  "answers something else": { kind: "output", bytes: Buffer.from("Welcome to this server!\n") },
  "has no git": { kind: "fail", code: 127, words: "sh: 1: git-upload-pack: not found\n" },
};

/** What the source says is wrong, by what goes wrong. */
const REASONS: Readonly<Record<string, string>> = {
  down: "Unreachable",
  "other host key": "Unreachable",
  "refuses the key": "AuthenticationFailed",
  "hangs before its name": "Timeout",
  "hangs after the login": "Timeout",
  "hangs in mid pack": "Timeout",
  "cuts the pack": "ProtocolError",
  "breaks in mid pack": "Unreachable",
  "its git is killed": "Unreachable",
  "closes at once": "Unreachable",
  "is no ssh server": "Unreachable",
  "answers something else": "ProtocolError",
  "has no git": "ProtocolError",
};

const hangs = (variant: string) => variant.startsWith("hangs");

type SshRow = Pick<GitOutage, "id" | "title" | "variants" | "transport">;

function sshOutage(row: SshRow): FaultCase {
  const outage: GitOutage = {
    ...row,
    withinCycles: 2,
    lasts: (variant) => (hangs(variant) ? 2 : 5),
    reasons: (variant) => [REASONS[variant] ?? ""],
    putOn: async ({ git }, { variant }) => {
      if (variant === "down") await git.proxy.set({ kind: "refuse" });
      else if (variant === "other host key") await git.ssh?.serve({ host: "other-host" });
      else if (variant === "refuses the key") await git.ssh?.serve({ client: "stranger" });
      else git.ssh?.fault(FAULTS[variant] ?? null);
    },
    heal: async ({ git }, { variant }) => {
      if (variant === "down") await git.proxy.heal();
      else if (variant in FAULTS) git.ssh?.fault(null);
      else await git.ssh?.serve();
    },
  };
  return {
    ...outage,
    run: (run) =>
      inWorld({ ...outage, settings: hangs(run.variant) ? IMPATIENT : {} }, run, playGit),
  };
}

const BY_SERVING = ["down", "other host key", "refuses the key"];

/** What goes wrong on the way to a git server by ssh. */
export const gitSshCases: readonly FaultCase[] = [
  sshOutage({
    id: "G22",
    title: "git by ssh fails",
    variants: [...BY_SERVING, ...Object.keys(FAULTS)],
    transport: "ssh",
  }),
  sshOutage({
    id: "G23",
    title: "the system's own sshd fails",
    variants: Sshd.isThere ? BY_SERVING : [],
    transport: "sshd",
  }),
];
