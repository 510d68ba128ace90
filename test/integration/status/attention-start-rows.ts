import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FAILED, file, path, type RoomAttention } from "../../support/attention-row.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const FOUGHT = "room-fought";
const LEFT = "room-left";
const LOST = "room-lost";
const NARROW = "room-narrow";
const OLD = "room-old";

/** States that another configuration, a store that lost a row, or a minute of passes leads to. */
export const START_ROWS: readonly RoomAttention[] = [
  {
    reason: "SourceNotConfigured",
    room: OLD,
    audit: "room.ownerLost",
    gauge: "ready",
    says: /old\.room\.yaml of source "old", which is not configured/,
  },
  {
    reason: "SourceChanged",
    room: LEFT,
    audit: "room.ownerLost",
    gauge: "ready",
    says: /left\.room\.yaml of source "left", whose Url, Ref or Path was changed, and no spec there names it/,
  },
  {
    reason: "RoomNotAllowed",
    room: NARROW,
    audit: "room.ownerLost",
    gauge: "ready",
    says: /narrow\.room\.yaml of source "narrow", whose AllowedRooms do not match room-narrow/,
  },
  {
    reason: "DesiredStateLost",
    room: LOST,
    ...FAILED,
    says: /the store does not hold its spec .* change the room's spec/,
  },
  {
    reason: "Contested",
    room: FOUGHT,
    audit: "room.contested",
    gauge: "rooms_contested",
    says: /another person or program keeps changing the room back: entity\/E-01 \(corrected \d+ times\)/,
  },
];

/** An agent whose rooms are in the states of `START_ROWS`. */
export async function worldOfStartRows(): Promise<AgentWorld> {
  const world = await AgentWorld.create();
  world.commit({ ...file(FOUGHT, { entities: ["E-01"] }), ...file(LOST, { entities: ["E-01"] }) });
  const heads = [NARROW, OLD, LEFT].map((room) => {
    const name = room.slice("room-".length);
    const repository = GitRepository.create({ root: world.repository.root, name: `${name}.git` });
    const text = specYaml({ roomId: room, entities: ["E-01"] });
    return repository.commit({ [`${name}.room.yaml`]: text });
  });
  GitRepository.create({ root: world.repository.root, name: "later.git" }).commit({
    "README.md": "no rooms yet",
  });
  await world.start({
    ...source(world, 1, "narrow"),
    ...source(world, 2, "old"),
    ...source(world, 3, "left"),
  });
  await Promise.all([world.verified(FOUGHT), world.verified(LOST)]);
  await Promise.all([
    world.verified(NARROW, heads[0]),
    world.verified(OLD, heads[1]),
    world.verified(LEFT, heads[2]),
  ]);
  const moved = GitRepository.create({ root: world.repository.root, name: "moved.git" });
  moved.commit({ "m.room.yaml": specYaml({ roomId: "room-moved", entities: ["E-01"] }) });
  await world.stop();
  loseSpec(world, LOST);
  await world.start({
    Git__Sources__1__AllowedRooms__0: "other-*",
    ...source(world, 2, "later"),
    Git__Sources__3__Url: world.git.url("moved.git"),
  });
  await fight(world);
  return world;
}

function source(world: AgentWorld, position: number, name: string): Record<string, string> {
  return {
    [`Git__Sources__${position}__Name`]: name,
    [`Git__Sources__${position}__Url`]: world.git.url(`${name}.git`),
    [`Git__Sources__${position}__IntervalSeconds`]: "0.2",
  };
}

/** The store of an agent that does not run loses the text of a room's spec. */
function loseSpec(world: AgentWorld, roomId: string): void {
  const oid = world.repository.git("rev-parse", `HEAD:${path(roomId)}`).trim();
  const database = new DatabaseSync(join(world.data, "store.db"));
  try {
    const { changes } = database.prepare("DELETE FROM spec WHERE oid = ?").run(oid);
    if (changes !== 1) throw new Error(`the store held no spec ${oid}`);
  } finally {
    database.close();
  }
}

/** Kicks an entity whenever the agent has joined it again. */
async function fight(world: AgentWorld): Promise<void> {
  const contested = async () =>
    (await world.room(FOUGHT)).conditions.some(({ reason }) => reason === "Contested");
  while (!(await contested())) {
    await eventually("the entity is there", async () =>
      (await world.contents(FOUGHT)).entities.includes("E-01"),
    );
    await world.kickByHand(FOUGHT, "E-01");
  }
}
