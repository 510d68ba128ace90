import type { AgentWorld } from "./agent-world.ts";

/** What a room is as far as an undo can bring it back: hashes stand for bytes, and when an artifact came does not count. */
export async function shownRoom(world: AgentWorld, roomId: string) {
  const answer = await fetch(`${world.roomServerUrl}/room/${roomId}/state`);
  const { entities, artifacts, policies } = (await answer.json()) as {
    entities: { id: string }[];
    artifacts: { name: string; createdAt: string }[];
    policies: Record<string, unknown>;
  };
  return {
    entities: entities.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
    artifacts: artifacts
      .map(({ createdAt: _createdAt, ...rest }) => rest)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    policies,
  };
}
