import type { AgentWorld } from "../support/agent-world.ts";

/** Every kick and delete of ours that reached a room, as `op target`. The kick of an update is none. */
export async function removalsOf(world: AgentWorld, room: string): Promise<readonly string[]> {
  const log = await world.log();
  const updates = await updatesOf(world, room);
  return log
    .filter(({ requestId }) => !updates.has(requestId))
    .filter((entry) => entry.room === room && entry.requestId !== null)
    .filter(({ op }) => op === "kick" || op === "delete")
    .map(({ op, target }) => `${op} ${target}`);
}

/** Request ids of updates: on this dialect one is a kick and a join. */
async function updatesOf(world: AgentWorld, room: string): Promise<ReadonlySet<unknown>> {
  const audit = await world.auditOf(room);
  const updates = audit.filter(({ action }) => action === "entity.updated.intended");
  return new Set(updates.map(({ metadata }) => metadata["requestId"]));
}
