import { confirmedOnce, happenedOnce } from "./change-checks.ts";
import type { FaultCase, RunGiven, RunReport } from "./fault-case.ts";
import { ProcessWorld } from "./process-world.ts";
import { CHANGE_KINDS, ROOM_CHANGES, type ChangeKind, type RoomChange } from "./room-changes.ts";

/** A change under way when a fault strikes. */
export interface UnderWay {
  readonly world: ProcessWorld;
  readonly run: RunGiven;
  readonly kind: ChangeKind;
  readonly change: RoomChange;
  /** Commits it. */
  push(): void;
  /** Waits until the RoomServer has seen so many calls of it. */
  calls(count: number): Promise<void>;
}

export interface ChangeCase extends Omit<FaultCase, "run"> {
  readonly settings?: (run: RunGiven) => Record<string, string>;
  /** Kinds of change, of which the seed chooses one. Default: all. */
  readonly kinds?: readonly ChangeKind[];
  /** What has to be in place before the agent starts, and gives back how it is taken away when the agent is gone. */
  readonly host?: (world: ProcessWorld) => () => void;
  /** Begins the change, lets the fault strike and heals it. Gives back since when (wall ms) it is healed. */
  readonly strike: (underWay: UnderWay) => Promise<number>;
  /** False: the audit's times are no help, because the clock jumped. */
  readonly checks?: boolean;
  /** The agent loses what it wrote down: neither its audit nor its confirmations are evidence of what was before. */
  readonly forgets?: true;
}

/**
 * A fault in the middle of a change of three actions; its kind is chosen by the seed. Afterwards the change has to come about,
 * each effect once, each yes used once, and then nothing is written any more.
 */
export function changeCase(given: ChangeCase): FaultCase {
  const { settings, kinds = CHANGE_KINDS, host, strike, checks, forgets, ...fault } = given;
  return {
    ...fault,
    run: async (run): Promise<RunReport> => {
      const world = await ProcessWorld.create(run, settings?.(run));
      const takeAway = host?.(world);
      try {
        const kind = kindOf(run, kinds);
        const change = ROOM_CHANGES[kind];
        await world.begin(change.from);
        const since = (await world.world.log()).length;
        const healedMs = await strike({
          world,
          run,
          kind,
          change,
          push: () => void world.push(change.to, messageOf(change)),
          calls: (count) => world.calls(since + count),
        });
        await world.verified();
        const cycles = fault.withinCycles === null ? null : await world.cyclesSince(healedMs);
        await world.quiet();
        await happenedOnce(world, { effects: change.effects, since, run });
        if (forgets === true) return { cycles, invariants: [] };
        confirmedOnce(world, change);
        return { cycles, invariants: checks === false ? [] : await world.check() };
      } finally {
        await world.remove(takeAway);
      }
    },
  };
}

/** The message of a commit that makes this change. */
export function messageOf({ removes }: RoomChange): string {
  return removes.length > 0 ? "Change the room\n\nConfirm: true" : "Change the room";
}

/** Other kinds for other seeds and variants. */
function kindOf({ seed, variant, id }: RunGiven, kinds: readonly ChangeKind[]): ChangeKind {
  const at = seed + variant.length + Number(id.replaceAll(/\D/g, ""));
  return kinds[at % kinds.length] ?? "join";
}

/** The fault goes on for so long. */
export async function lasts(ms: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return Date.now();
}
