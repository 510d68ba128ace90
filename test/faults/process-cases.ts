import { expect } from "chai";
import { setFaults } from "../support/devserver-client.ts";
import { eventually } from "../support/eventually.ts";
import { changeCase, lasts, type UnderWay } from "./change-case.ts";
import type { FaultCase } from "./fault-case.ts";
import { AS_CHILD_VARIABLES } from "../support/program-tree.ts";

/** Each call of the change takes so long, its work done at once. */
function slow({ world, kind }: UnderWay, ms: number): Promise<void> {
  const latency = { kind: "latency", operation: kind, ms, afterWork: true } as const;
  return setFaults(world.world.roomServerUrl, latency);
}

/** The agent is asked to stop while a call is under way: it ends, no other begins, and the exit code is 0. */
const terminated = changeCase({
  id: "P2",
  title: "SIGTERM in the middle of APPLY",
  variants: ["short-call", "long-call"],
  withinCycles: 3,
  strike: async (underWay) => {
    const { world, run, kind } = underWay;
    const { roomServerUrl } = world.world;
    if (run.variant === "short-call") await slow(underWay, 1500);
    else {
      const afterWork = run.seed % 2 === 0;
      await setFaults(roomServerUrl, { kind: "hang", operation: kind, afterWork });
    }
    underWay.push();
    await underWay.calls(1);
    world.agent.signal("SIGTERM");
    const isRefusing = async () => (await world.world.get("/readyz")).status === 503;
    await eventually("it says that it is not ready", isRefusing);
    const calls = (await world.world.log()).length;
    const end = await world.agent.ended;
    expect(end, world.agent.output).to.deep.equal({ code: 0, signal: null });
    // What is under way may still be sent again.
    const log = await world.world.log();
    const underWayIds = log.slice(calls - 1).map(({ requestId }) => requestId);
    expect(new Set(underWayIds).size, "actions after it was told to stop").to.equal(1);
    await setFaults(roomServerUrl);
    const healedMs = Date.now();
    await world.start();
    return healedMs;
  },
});

/** The second signal does not wait; one that a terminal and npm both pass on counts once. */
const terminatedTwice = changeCase({
  id: "P3",
  title: "two SIGTERMs",
  variants: ["apart", "together"],
  withinCycles: 3,
  strike: async (underWay) => {
    const { world, run } = underWay;
    await slow(underWay, 3000);
    underWay.push();
    await underWay.calls(1);
    world.agent.signal("SIGTERM");
    await lasts(run.variant === "apart" ? 1000 : 50);
    world.agent.signal("SIGTERM");
    const { code } = await world.agent.ended;
    expect(code, world.agent.output).to.equal(run.variant === "apart" ? 143 : 0);
    await setFaults(world.world.roomServerUrl);
    const healedMs = Date.now();
    await world.start();
    return healedMs;
  },
});

/** Stopped for longer than any of its deadlines (which are 1 s here), it goes on as if nothing had happened. */
const frozen = changeCase({
  id: "P4",
  title: "SIGSTOP for four deadlines, then SIGCONT",
  variants: ["agent", "agent-and-launcher"],
  withinCycles: 3,
  settings: ({ variant }) => ({
    ...(variant === "agent" ? {} : AS_CHILD_VARIABLES),
    RoomServer__TimeoutSeconds: "1",
    RoomServer__UploadTimeoutSeconds: "1",
  }),
  strike: async (underWay) => {
    const { world, run } = underWay;
    await slow(underWay, 150 * run.seed);
    underWay.push();
    await underWay.calls(1);
    const pid = world.pid();
    const isBoth = run.variant === "agent-and-launcher";
    if (isBoth) world.agent.signal("SIGSTOP");
    process.kill(pid, "SIGSTOP");
    await lasts(4000);
    process.kill(pid, "SIGCONT");
    if (isBoth) world.agent.signal("SIGCONT");
    const healedMs = Date.now();
    await setFaults(world.world.roomServerUrl);
    await world.verified();
    expect(world.pid(), "the same agent").to.equal(pid);
    return healedMs;
  },
});

/** An event loop that stands still for a while costs time and nothing else. */
const blocked = changeCase({
  id: "P14",
  title: "event loop blocked for 3 s",
  withinCycles: 3,
  settings: () => ({ RoomServer__TimeoutSeconds: "1", RoomServer__UploadTimeoutSeconds: "1" }),
  strike: async (underWay) => {
    const { world, run } = underWay;
    await slow(underWay, 150 * run.seed);
    underWay.push();
    await underWay.calls(1);
    const pid = world.pid();
    world.set({ blockMs: 3000 });
    const healedMs = await lasts(3000);
    await setFaults(world.world.roomServerUrl);
    await world.verified();
    expect(world.pid(), "the same agent").to.equal(pid);
    return healedMs;
  },
});

/** One that stands still for good ends the process, so that whoever watches over it can start it again. */
const hung = changeCase({
  id: "P14.W",
  title: "event loop blocked for good",
  seeds: [1],
  withinCycles: 3,
  limitMs: 200_000,
  strike: async (underWay) => {
    const { world } = underWay;
    await slow(underWay, 300);
    underWay.push();
    await underWay.calls(1);
    world.set({ blockMs: 3_600_000 });
    expect(await world.agent.ended).to.deep.equal({ code: null, signal: "SIGKILL" });
    expect(world.agent.stderr).to.match(/hung for 60 s/);
    await setFaults(world.world.roomServerUrl);
    world.set({});
    const healedMs = Date.now();
    await world.start();
    return healedMs;
  },
});

export const processCases: readonly FaultCase[] = [
  terminated,
  terminatedTwice,
  frozen,
  blocked,
  hung,
];
