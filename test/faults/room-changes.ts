import type { RoomGiven } from "./process-world.ts";

/** Kinds of action in the middle of which a fault may strike, as the devserver's log calls them. */
export const CHANGE_KINDS = ["join", "kick", "seed", "promote", "delete", "policy"] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** A room before and after a commit that takes three actions of one kind. */
export interface RoomChange {
  readonly from: RoomGiven;
  readonly to: RoomGiven;
  /** What has to happen, each once, as `op target`. */
  readonly effects: readonly string[];
  /** What has to be confirmed. */
  readonly removes: readonly string[];
}

const artifact = (name: string, promoteAfterSeed = false) => ({
  name,
  type: "document",
  workspace: "shared",
  seedFrom: `seeds/${name}.md`,
  promoteAfterSeed,
});

const NAMES = ["one", "two", "three"];
const KEPT = "keep";

/** Over the change threshold where it removes, so that without a yes nothing goes. */
export const ROOM_CHANGES: Readonly<Record<ChangeKind, RoomChange>> = {
  join: {
    from: { entities: [KEPT] },
    to: { entities: [KEPT, ...NAMES] },
    effects: NAMES.map((name) => `join ${name}`),
    removes: [],
  },
  kick: {
    from: { entities: [KEPT, ...NAMES] },
    to: { entities: [KEPT] },
    effects: NAMES.map((name) => `kick ${name}`),
    removes: NAMES.map((name) => `entity/${name}`),
  },
  seed: {
    from: { artifacts: ["one"].map((name) => artifact(name)), seeds: { one: "old" } },
    to: {
      artifacts: NAMES.map((name) => artifact(name)),
      seeds: { one: "new", two: "two", three: "three" },
    },
    effects: NAMES.map((name) => `seed ${name}`),
    removes: [],
  },
  promote: {
    from: {
      artifacts: NAMES.map((name) => artifact(name)),
      seeds: { one: "one", two: "two", three: "three" },
    },
    to: { artifacts: NAMES.map((name) => artifact(name, true)) },
    effects: NAMES.map((name) => `promote ${name}`),
    removes: [],
  },
  delete: {
    from: {
      artifacts: [KEPT, ...NAMES].map((name) => artifact(name)),
      seeds: { keep: "keep", one: "one", two: "two", three: "three" },
    },
    to: { artifacts: [artifact(KEPT)] },
    effects: NAMES.map((name) => `delete ${name}`),
    removes: NAMES.map((name) => `artifact/${name}`),
  },
  policy: {
    from: {
      policies: {
        dmVisibilityDefault: "owner",
        allowResourceCreation: true,
        maxArtifactsPerEntity: 10,
      },
    },
    to: { policies: { allowResourceCreation: false, maxArtifactsPerEntity: 20 } },
    effects: [
      "policy dmVisibilityDefault",
      "policy allowResourceCreation",
      "policy maxArtifactsPerEntity",
    ],
    removes: ["policy/dmVisibilityDefault"],
  },
};
