import { anEntity } from "../support/a-room-spec.ts";
import type { ModelWorld } from "./model-world.ts";

export const HOWS = ["join", "kick", "rename", "overwrite", "delete", "seed"] as const;

export interface Drifting {
  readonly room: string;
  readonly how: (typeof HOWS)[number];
  /** Of an entity or artifact. */
  readonly name: string;
}

/** Somebody else changes a room on the server. */
export function drift({ room, how, name }: Drifting, world: ModelWorld): void {
  world.updates.disturbed(room);
  world.server.change(room, (state) => {
    const entities = state.entities.filter(({ id }) => id !== name);
    const artifacts = state.artifacts.filter((artifact) => artifact.name !== name);
    const isArtifact = name.includes("A");
    switch (how) {
      case "join":
        return isArtifact ? state : { ...state, entities: [...entities, anEntity(name)] };
      case "rename":
        return {
          ...state,
          entities: state.entities.map((one) =>
            one.id === name ? { ...one, displayName: "other" } : one,
          ),
        };
      case "kick":
        return { ...state, entities };
      case "overwrite":
        return {
          ...state,
          artifacts: state.artifacts.map((one) =>
            one.name === name ? { ...one, hash: "f".repeat(64) } : one,
          ),
        };
      case "delete":
        return { ...state, artifacts };
      case "seed":
        return isArtifact ? { ...state, artifacts: [...artifacts, foreign(name)] } : state;
    }
  });
}

function foreign(name: string) {
  const times = { size: 1, createdMs: 1, isPromoted: false };
  return {
    name,
    type: "document",
    workspace: "shared",
    tags: [],
    hash: "e".repeat(64),
    ...times,
  };
}
