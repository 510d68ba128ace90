import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import type { GitFault } from "../support/git-server.ts";
import type { FaultCase, RunGiven } from "./fault-case.ts";
import { PATIENCE_MS, type FaultWorld } from "./fault-world.ts";
import { isFetch } from "./git-requests.ts";
import { gitOutage, inWorld, playGit } from "./outage.ts";
import type { GitOutage } from "./outage.ts";

const HTML = { headers: { "content-type": "text/html" }, body: "<html>Sign in</html>" };

/** Polls that fail while a server is too slow: fewer where each of them waits for a fetch. */
const WAITS = (variant: string) => (variant === "poll" ? 5 : 2);

/** What a fetch may take in all, and a poll, of which half is for its headers. A worker that is silent for 5 s more is ended. */
const IMPATIENT = {
  Git__Sources__0__TimeoutSeconds: "3",
  Git__Sources__0__PollTimeoutSeconds: "6",
};

/** Seconds that a server asks for: 7 of the plan are 1 here, and a date, which has no fractions, is 2. */
const PATIENCE = { seconds: 1, date: 2 };

/** Every answer of the git server is this. */
const answers = (fault: GitFault | (() => GitFault)): Pick<GitOutage, "putOn" | "heal"> => ({
  putOn: ({ world }) => {
    world.git.fault = () => (typeof fault === "function" ? fault() : fault);
  },
  heal: ({ world }) => world.git.heal(),
});

const refused = (id: string, status: number, reason: string): FaultCase =>
  gitOutage({
    id,
    title: `git answers ${status}`,
    withinCycles: 2,
    reasons: [reason],
    requestsAPoll: 2,
    ...answers({ kind: "status", status, ...HTML }),
  });

const patience: GitOutage = {
  id: "G10",
  title: "git answers 429",
  variants: ["seconds", "date", "garbage", "huge"],
  lasts: (variant) => (variant === "garbage" ? 5 : 3),
  withinCycles: 2,
  reasons: ["RateLimited"],
  putOn: ({ world }, { variant }) => {
    world.git.fault = () => ({
      kind: "status",
      status: 429,
      headers: { "retry-after": retryAfter(variant) },
    });
  },
  heal: ({ world }) => world.git.heal(),
  during: (world, { variant }) => {
    if (variant !== "garbage") patientKnocks(world, 990);
  },
};

const rateLimited: FaultCase = {
  ...patience,
  run: (run) => inWorld(patience, run, run.variant === "huge" ? playHugePatience : playGit),
};

/** A server that wants thirty years is asked again after an hour at the latest, and at once by an agent that starts anew. */
async function playHugePatience(world: FaultWorld, outage: GitOutage, run: RunGiven) {
  await outage.putOn(world, run);
  // The poll that ends next may have had its answer before.
  const isRefused = async () => (await world.sourceReason()) === "RateLimited";
  await eventually("git is known to be asked too often", isRefused, PATIENCE_MS);
  const knocks = world.world.git.requests.length;
  world.push();
  world.pushOther();
  await world.otherConverged();
  await world.world.apply({ roomId: world.story.room });
  const { sources } = await world.world.status();
  const next = sources.find(({ name }) => name === "specs")?.nextPoll ?? "";
  const HOUR_MS = 3_600_000;
  expect(Date.parse(next) - Date.now()).to.be.within(0.9 * HOUR_MS, 1.1 * HOUR_MS + 1000);
  expect(world.world.git.requests.length, "requests within that hour").to.equal(knocks);
  await world.check();
  await outage.heal(world, run);
  await world.agent.end();
  const healedMs = Date.now();
  await world.startAgent();
  await world.converged();
  return world.cyclesToConverge(healedMs);
}

/** Cases in which the git server cannot be reached, does not answer, or answers with a status that is none of git's. */
export const gitCases: readonly FaultCase[] = [
  gitOutage({
    id: "G1",
    title: "git server down",
    withinCycles: 2,
    reasons: ["Unreachable"],
    putOn: ({ git }) => git.proxy.set({ kind: "refuse" }),
    heal: ({ git }) => git.proxy.heal(),
  }),
  gitOutage({
    id: "G2",
    title: "name of the git server unknown",
    withinCycles: 2,
    transport: "name",
    reasons: ["Unreachable"],
    putOn: async ({ git }) => {
      git.isNamed = false;
      await git.proxy.set({ kind: "open" });
    },
    heal: ({ git }) => {
      git.isNamed = true;
    },
  }),
  gitOutage({
    id: "G3",
    title: "certificate of git bad",
    variants: ["expired", "otherHost"],
    withinCycles: 2,
    transport: "tls",
    reasons: ["Unreachable"],
    putOn: ({ git }, { variant }) => git.certify(variant === "expired" ? "expired" : "otherHost"),
    heal: ({ git }) => git.certify("good"),
  }),
  gitOutage({
    id: "G4",
    title: "git silent before headers",
    variants: ["fetch", "poll"],
    lasts: WAITS,
    withinCycles: 2,
    settings: IMPATIENT,
    reasons: ["Timeout"],
    putOn: ({ git, world }, { variant }) => {
      if (variant === "poll") return git.proxy.set({ kind: "silence" });
      world.git.fault = (request) => (isFetch(request) ? { kind: "hang" } : undefined);
    },
    heal: ({ git, world }) => {
      world.git.heal();
      return git.proxy.heal();
    },
  }),
  gitOutage({
    id: "G5",
    title: "git silent in mid pack",
    lasts: WAITS,
    withinCycles: 2,
    settings: IMPATIENT,
    reasons: ["Timeout"],
    putOn: ({ world }) => {
      world.git.fault = (request) =>
        isFetch(request) ? { kind: "hangAfter", bytes: 200 } : undefined;
    },
    heal: ({ world }) => world.git.heal(),
  }),
  gitOutage({
    id: "G6",
    title: "git drips, a byte a second",
    variants: ["fetch", "poll"],
    lasts: WAITS,
    withinCycles: 2,
    settings: IMPATIENT,
    reasons: ["Timeout"],
    putOn: ({ git, world }, { variant }) => {
      if (variant === "poll") return git.proxy.set({ kind: "drip", everyMs: 1000 });
      world.git.fault = (request) =>
        isFetch(request) ? { kind: "drip", everyMs: 1000 } : undefined;
    },
    heal: ({ git, world }) => {
      world.git.heal();
      return git.proxy.heal();
    },
  }),
  gitOutage({
    id: "G7",
    title: "git answers 401",
    variants: ["refused", "rotated"],
    withinCycles: 2,
    reasons: ["AuthenticationFailed"],
    putOn: ({ world }, { variant }) => {
      if (variant === "refused") world.git.break({ kind: "status", status: 401, ...HTML });
      else world.git.authorization = basic("canary-after-rotation");
    },
    heal: ({ world, git }, { variant }) => {
      if (variant === "refused") world.git.heal();
      else git.token = "canary-after-rotation";
    },
    requestsAPoll: 2,
  }),
  refused("G8", 403, "AuthenticationFailed"),
  refused("G9", 404, "RepositoryNotFound"),
  rateLimited,
  refused("G11", 500, "ServerError"),
  gitOutage({
    id: "G12",
    title: "git answers with a sign-in page",
    withinCycles: 2,
    reasons: ["ProtocolError"],
    ...answers({ kind: "status", status: 200, ...HTML }),
  }),
];

function basic(token: string): string {
  return `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
}

function retryAfter(variant: string): string {
  switch (variant) {
    case "seconds":
      return String(PATIENCE.seconds);
    case "date":
      return new Date(Date.now() + PATIENCE.date * 1000).toUTCString();
    case "huge":
      return "1000000000";
    default:
      return "soon, I hope";
  }
}

/** Between two of the last requests lies at least so much time. */
function patientKnocks({ world }: FaultWorld, leastMs: number): void {
  const times = world.git.requests.slice(-3).map(({ atMs }) => atMs);
  const gaps = times.slice(1).map((atMs, at) => atMs - Number(times[at]));
  expect(gaps, "waits between requests").to.have.length(2);
  for (const gap of gaps) expect(gap).to.be.at.least(leastMs);
}
