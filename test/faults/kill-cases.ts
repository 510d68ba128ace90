import { expect } from "chai";
import type { PassPoint } from "../../agent/room/pass-points.ts";
import type { Room } from "../../devserver/room.ts";
import { putRoom, setFaults } from "../support/devserver-client.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { confirmedOnce, happenedOnce, settledByReading } from "./change-checks.ts";
import type { FaultCase, RunGiven, RunReport } from "./fault-case.ts";
import { ACTION_KINDS, CHANGE_KINDS, ROOM_CHANGES } from "./room-changes.ts";
import type { ChangeKind } from "./room-changes.ts";
import { ProcessWorld, ROOM } from "./process-world.ts";
import { AS_CHILD_VARIABLES } from "../support/program-tree.ts";

/** A moment at which somebody is killed. */
interface Moment {
  readonly point: PassPoint;
  /** At `sent`: whether the RoomServer had done the work when the agent died. */
  readonly done?: boolean;
}

/** In the order in which a pass comes by. What ends in the same transaction is one moment, and a call dies twice. */
const MOMENTS: readonly (Moment & { readonly id: string; readonly title: string })[] = [
  { id: "P1.1", title: "fetched, not recorded", point: "fetched" },
  { id: "P1.2", title: "recorded", point: "recorded" },
  { id: "P1.3", title: "planned", point: "planned" },
  { id: "P1.4", title: "guardrails passed", point: "judged" },
  { id: "P1.5", title: "confirmation kept", point: "confirmed" },
  { id: "P1.6", title: "intents written", point: "intended" },
  { id: "P1.7a", title: "call sent, work not done", point: "sent", done: false },
  { id: "P1.7b", title: "call sent, work done", point: "sent", done: true },
  { id: "P1.8", title: "answered, not noted", point: "answered" },
  { id: "P1.9", title: "before VERIFY", point: "applied" },
  { id: "P1.10", title: "verified, not noted", point: "verified" },
  { id: "P1.11", title: "outcomes and row written", point: "concluded" },
];

const CONFIRMED_KINDS = CHANGE_KINDS.filter((kind) => ROOM_CHANGES[kind].removes.length > 0);

/** The agent dies at each moment, in the middle of a change of each kind. */
const agentCases = MOMENTS.map(({ id, title, ...moment }): FaultCase => {
  const needsYes = moment.point === "confirmed";
  return {
    id,
    title: `kill -9: ${title}`,
    variants: needsYes ? CONFIRMED_KINDS : CHANGE_KINDS,
    ...(needsYes
      ? { notApplicable: "join, seed and promote remove nothing, so there is nothing to confirm" }
      : {}),
    seeds: [1],
    withinCycles: 3,
    run: (run) => kill({ ...moment, kind: run.variant as ChangeKind, victim: "agent" }, run),
  };
});

/** A launcher that stays dies, and the agent, which has to stop then, is in the middle of something. */
const launcherCase: FaultCase = {
  id: "P1.L",
  title: "kill -9 of the launcher",
  variants: ["judged", "sent", "applied"],
  seeds: [1],
  withinCycles: 3,
  run: (run) => {
    const point = run.variant as PassPoint;
    return kill({ point, done: true, kind: "kick", victim: "launcher" }, run);
  },
};

export const killCases: readonly FaultCase[] = [...agentCases, launcherCase];

interface Killing extends Moment {
  readonly kind: ChangeKind;
  readonly victim: "agent" | "launcher";
}

/** Kills in the middle of the change, starts anew, and looks for what was lost, doubled or left open. */
async function kill(killing: Killing, run: RunGiven): Promise<RunReport> {
  const isLauncher = killing.victim === "launcher";
  const world = await ProcessWorld.create(run, isLauncher ? AS_CHILD_VARIABLES : {});
  const change = ROOM_CHANGES[killing.kind];
  try {
    await world.begin(change.from);
    const writes = (await world.world.log()).length;
    await strike(world, killing, run);
    run.count(`kills of the ${killing.victim}`, 1);
    const open = world.openIntents();
    await setFaults(world.world.roomServerUrl);
    world.set({});
    const killedMs = Date.now();
    await world.start();
    await world.verified();
    const cycles = await world.cyclesSince(killedMs);
    await world.quiet();
    await happenedOnce(world, { effects: change.effects, since: writes, run });
    await settledByReading(world, open, killedMs);
    confirmedOnce(world, change);
    if (killing.kind === "kick") await staysRefused(world);
    return { cycles, invariants: await world.check() };
  } finally {
    await world.remove();
  }
}

/** Makes the change in the middle of which somebody dies, and waits until it has come to that. */
async function strike(world: ProcessWorld, killing: Killing, run: RunGiven): Promise<void> {
  const { point, done, kind, victim } = killing;
  const { to, removes } = ROOM_CHANGES[kind];
  const { agent } = world;
  if (point === "sent") {
    const fault =
      done === true ? ({ kind: "latency", ms: 2000 } as const) : ({ kind: "hang" } as const);
    await setFaults(world.world.roomServerUrl, { ...fault, operation: kind, afterWork: done });
  }
  const kill = { point, room: ROOM, kind: ACTION_KINDS[kind], nth: nthOf(killing, run), victim };
  if (point === "confirmed") {
    world.push(to);
    await world.refused();
    world.set({ kill });
    await cutOff(world.world.apply({ roomId: ROOM }, { "X-Confirm": "true" }));
  } else {
    world.set({ kill });
    world.push(to, removes.length > 0 ? "Change the room\n\nConfirm: true" : undefined);
  }
  await world.struck();
  expect(await agent.ended).to.deep.equal({ code: null, signal: "SIGKILL" });
}

/** Which of the three actions is struck: chance says, by the seed and the kind. Of calls that hang only the first comes. */
function nthOf({ point, done, kind }: Killing, { seed }: RunGiven): number {
  if (point !== "answered" && (point !== "sent" || done === false)) return 1;
  const random = seededRandom(seed * 100 + CHANGE_KINDS.indexOf(kind));
  return 1 + Math.floor(random() * 3);
}

async function cutOff(answer: Promise<unknown>): Promise<void> {
  const end = await answer.then(
    () => "answered",
    () => "cut off",
  );
  expect(end, "the request to the agent that died").to.equal("cut off");
}

/** The same entities, joined by somebody else, need another yes. */
async function staysRefused(world: ProcessWorld): Promise<void> {
  const { roomServerUrl } = world.world;
  const writes = (await world.world.log()).length;
  const answer = await fetch(`${roomServerUrl}/_dev/rooms/${ROOM}`);
  const room = { ...((await answer.json()) as Room), id: ROOM };
  const added = ["one", "two"].flatMap((id) => room.entities.map((entity) => ({ ...entity, id })));
  // At once: of one alone the agent may take what is half of the room.
  await putRoom(roomServerUrl, { ...room, entities: [...room.entities, ...added] });
  await world.refused();
  expect(await world.writesAfter(writes)).to.deep.equal([]);
  await putRoom(roomServerUrl, room);
}
