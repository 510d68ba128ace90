import { expect } from "chai";
import type { CrashPoint } from "../support/crash-world.ts";
import type { DriftPolicy } from "../../agent/spec/drift-annotation.ts";
import type { GitFault, Lie, ServerFault } from "./model-faults.ts";
import { pathOf, seedPath, writeSpec, type Draft, type Saying } from "./model-git.ts";
import { TICK_MS } from "./model-patience.ts";
import { drift, type HOWS } from "./model-strangers.ts";
import { order } from "./model-suspensions.ts";
import { GIT_ROOMS, POSTED_ROOM, ModelWorld } from "./model-world.ts";

type GitRoom = (typeof GIT_ROOMS)[number];
export const ROOMS = [...GIT_ROOMS, POSTED_ROOM] as const;
type AnyRoom = (typeof ROOMS)[number];
export const ARTIFACTS = ["A1", "A2", "A3"] as const;

/** One thing that people, servers, time or fate do. Plain data, so that a story can be written down and told again. */
export type Step =
  | {
      /** `merge`: on a branch of its own, which is merged at once. */
      readonly do: "commit" | "merge";
      readonly room: GitRoom;
      readonly add: readonly string[];
      /** How many of the items there are to take out. */
      readonly remove: number;
      readonly saying: Saying;
    }
  /** A commit that changes a room's drift policy alone. */
  | { readonly do: "policy"; readonly room: GitRoom; readonly drift: DriftPolicy }
  /** A commit that calls an entity something else. */
  | {
      readonly do: "rename";
      readonly room: GitRoom;
      readonly entity: string;
      readonly to: string;
    }
  /** From now on the RoomServer takes no entity that is called so. */
  | { readonly do: "refuseNames"; readonly names: readonly string[] }
  | { readonly do: "say" | "sayMerged"; readonly room: GitRoom; readonly saying: Saying }
  | { readonly do: "revert"; readonly saying: Saying; readonly room: GitRoom }
  | { readonly do: "forcePush"; readonly back: number }
  /** The next polls are answered by a replica that is `back` commits behind. */
  | { readonly do: "lag"; readonly back: number; readonly left: number }
  /** Another repository takes the address: the same rooms, other items. */
  | {
      readonly do: "replace";
      readonly room: GitRoom;
      readonly add: readonly string[];
      readonly saying: Saying;
    }
  /** A person accepts the head there is; the branch is moved to the head that the agent follows, or to where the last forced push left it. */
  | { readonly do: "accept" | "back" | "forth" }
  | { readonly do: "break" | "drop"; readonly room: GitRoom }
  | { readonly do: "empty"; readonly saying: Saying }
  | { readonly do: "reseed"; readonly artifact: string; readonly text: string }
  | { readonly do: "gitFault"; readonly kind: GitFault; readonly left: number }
  | { readonly do: "serverFault"; readonly kind: ServerFault; readonly left: number }
  | { readonly do: "lie"; readonly room: AnyRoom; readonly kind: Lie }
  | { readonly do: "storeFault"; readonly left: number }
  | {
      readonly do: "drift";
      readonly room: AnyRoom;
      readonly how: (typeof HOWS)[number];
      readonly name: string;
    }
  | { readonly do: "apply"; readonly room: AnyRoom; readonly confirm: boolean }
  | { readonly do: "post"; readonly draft: Draft; readonly confirm: boolean }
  | {
      /** Several people post at the same time. */
      readonly do: "posts";
      readonly posts: readonly { readonly draft: Draft; readonly confirm: boolean }[];
    }
  | { readonly do: "suspend"; readonly room: AnyRoom; readonly ticks?: number }
  | { readonly do: "resume"; readonly room: AnyRoom }
  /** The agent starts again with a sync window that is always closed, or without one. */
  | { readonly do: "window"; readonly closed: boolean }
  | { readonly do: "tick"; readonly times: number }
  | ({ readonly do: "crash" } & CrashPoint)
  | { readonly do: "restart" }
  /** The agent starts again with its source under another name, or without a source. */
  | { readonly do: "configure"; readonly source: string | null }
  | { readonly do: "jump"; readonly days: number }
  | { readonly do: "heal" };

/** Carries a step out. What it breaks is in `world.watch.violations`. */
export async function carryOut(step: Step, world: ModelWorld): Promise<void> {
  await world.live();
  switch (step.do) {
    case "commit":
    case "merge":
      commitDraft(step, world);
      break;
    case "policy": {
      const before = world.git.draft(world.git.source.head, step.room);
      if (before === null) break;
      const version = 1 + Math.max(before.version, ...versions(world, step.room));
      const text = writeSpec(step.room, { ...before, version, drift: step.drift });
      world.git.commit({ [pathOf(step.room)]: text }, NOTHING);
      break;
    }
    case "rename":
      rename(step, world);
      break;
    case "refuseNames":
      world.faults.refuseNames(step.names);
      break;
    case "say":
      world.git.commit({}, { saying: step.saying, roomId: step.room });
      break;
    case "sayMerged":
      world.git.commit({}, { saying: step.saying, roomId: step.room, merged: true });
      break;
    case "revert":
      revert(step, world);
      break;
    case "forcePush": {
      const history = world.git.source.history();
      world.git.leftHead = world.git.source.head;
      world.git.source.force(history[Math.max(0, history.length - 1 - step.back)] ?? "");
      break;
    }
    case "lag": {
      const history = world.git.source.history();
      const head = history[Math.max(0, history.length - 1 - step.back)] ?? "";
      world.faults.lag = { head, left: step.left };
      break;
    }
    case "replace":
      replace(step, world);
      break;
    case "accept":
      await world.accept();
      break;
    case "back":
      if (world.watch.owners.head !== "") world.git.source.force(world.watch.owners.head);
      break;
    case "forth":
      if (world.git.leftHead !== "") world.git.source.force(world.git.leftHead);
      break;
    case "break":
      world.git.commit({ [pathOf(step.room)]: "spec: [\n" }, NOTHING);
      break;
    case "drop":
      world.git.commit({ [pathOf(step.room)]: null }, NOTHING);
      break;
    case "empty": {
      const files = Object.fromEntries(GIT_ROOMS.map((room) => [pathOf(room), null]));
      const named = step.saying === "confirmNamed" ? GIT_ROOMS.join(", ") : GIT_ROOMS[0];
      world.git.commit(files, { saying: step.saying, roomId: named });
      break;
    }
    case "reseed":
      world.git.commit({ [seedPath(step.artifact)]: step.text }, NOTHING);
      break;
    case "gitFault":
      world.faults.git = { kind: step.kind, left: step.left };
      break;
    case "serverFault":
      world.faults.server = { kind: step.kind, left: step.left };
      break;
    case "lie":
      world.faults.lie = { room: step.room, kind: step.kind, sinceMs: null };
      break;
    case "storeFault":
      world.store.failWrites(1, step.left);
      break;
    case "drift":
      drift(step, world);
      break;
    case "apply":
      await world.apply(step.room, step.confirm);
      break;
    case "post":
      await world.post(step.draft, step.confirm);
      break;
    case "posts":
      await Promise.all(step.posts.map(({ draft, confirm }) => world.offer(draft, confirm)));
      break;
    case "suspend": {
      const forMs = step.ticks === undefined ? null : step.ticks * TICK_MS;
      await order(world, "suspend", { roomId: step.room, forMs });
      break;
    }
    case "resume":
      await order(world, "resume", { roomId: step.room });
      break;
    case "window":
      await world.configure({ closed: step.closed });
      break;
    case "tick":
      for (let time = 0; time < step.times; time += 1) await world.tick();
      break;
    case "crash":
      world.agent?.dieAt(step);
      break;
    case "restart":
      await world.restart();
      break;
    case "configure":
      await world.configure({ source: step.source });
      break;
    case "jump":
      world.clock.jumpWall(step.days * 86_400_000);
      break;
    case "heal":
      await world.heal();
  }
  await world.live();
}

const NOTHING = { saying: "nothing", roomId: GIT_ROOMS[0] } as const;

/** A room that was dropped or broken comes back with what is added. */
function commitDraft(step: Extract<Step, { do: "commit" | "merge" }>, world: ModelWorld): void {
  const { git } = world;
  const { room, add, remove, saying } = step;
  const before = git.draft(git.source.head, room) ?? { version: 0, entities: [], artifacts: [] };
  const isEntity = (name: string) => name.startsWith("E");
  const kept = [...before.entities, ...before.artifacts].slice(remove);
  const names = [...new Set([...kept, ...add])].sort();
  const version = 1 + Math.max(before.version, ...versions(world, room));
  const draft = {
    ...before,
    version,
    entities: names.filter(isEntity),
    artifacts: names.filter((name) => !isEntity(name)),
  };
  const merged = step.do === "merge";
  git.commit({ [pathOf(room)]: writeSpec(room, draft) }, { saying, roomId: room, merged });
}

function rename({ room, entity, to }: Extract<Step, { do: "rename" }>, world: ModelWorld): void {
  const before = world.git.draft(world.git.source.head, room);
  if (before === null) return;
  const version = 1 + Math.max(before.version, ...versions(world, room));
  const text = writeSpec(room, { ...before, version, names: { ...before.names, [entity]: to } });
  world.git.commit({ [pathOf(room)]: text }, NOTHING);
}

/** Their room has what is added alone, and a version above all of ours. */
function replace(step: Extract<Step, { do: "replace" }>, world: ModelWorld): void {
  const { add, room, saying } = step;
  const seeds = ARTIFACTS.map((name) => [seedPath(name), "hello"]);
  const drafts = GIT_ROOMS.map((each) => {
    const isEntity = (name: string) => name.startsWith("E");
    const draft = {
      version: 1 + Math.max(0, ...versions(world, each)),
      entities: add.filter(isEntity),
      artifacts: add.filter((name) => !isEntity(name)),
    };
    return [pathOf(each), writeSpec(each, draft)];
  });
  const files = Object.fromEntries([...seeds, ...drafts]) as Record<string, string>;
  world.git.commit(files, { saying, roomId: room, begins: true });
}

function versions({ git }: ModelWorld, room: string): readonly number[] {
  return git.source.history().map((oid) => git.draft(oid, room)?.version ?? 0);
}

/** Takes the newest commit back, files and all. */
function revert({ saying, room }: Extract<Step, { do: "revert" }>, { git }: ModelWorld): void {
  const [parent, head] = git.source.history().slice(-2);
  if (parent === undefined || head === undefined) return;
  const paths = [...GIT_ROOMS.map(pathOf), ...ARTIFACTS.map(seedPath)];
  const files = Object.fromEntries(
    paths.map((path) => [path, git.source.text(parent, path) ?? null]),
  );
  const subject = `Revert "${git.source.message(head).split("\n")[0]}"`;
  git.commit(files, { saying, roomId: room, subject });
}

/** Tells a story to its good end, and holds every step of it against the law. */
export async function tell(steps: readonly Step[]): Promise<ModelWorld> {
  const world = await ModelWorld.start();
  for (const step of steps) {
    await carryOut(step, world);
    obeys(world);
  }
  await world.heal(10);
  obeys(world);
  return world;
}

/** Fails with every violation of the law so far. */
export function obeys({ watch }: ModelWorld): void {
  expect(watch.violations, watch.violations.join("\n")).to.deep.equal([]);
}
