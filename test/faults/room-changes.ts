import type { Action } from "../../agent/plan/plan.ts";
import type { RoomGiven } from "./process-world.ts";

/** Kinds of action in the middle of which a fault may strike, as the devserver's log calls them. */
export const CHANGE_KINDS = ["join", "kick", "seed", "promote", "delete", "policy"] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** The same, as a plan calls them. */
export const ACTION_KINDS: Readonly<Record<ChangeKind, Action["kind"]>> = {
  join: "join",
  kick: "kick",
  seed: "seed",
  promote: "promote",
  delete: "delete",
  policy: "setPolicy",
};

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

/** A change of which one action is refused and the others are taken back. */
export interface UndoneChange extends RoomChange {
  /** Operation and target, as the devserver calls them. */
  readonly refused: readonly [operation: string, target: string];
  /** Which of the undo's actions of the kind is struck, from 1. */
  readonly struck: number;
}

const done = (op: string) => [`${op} one`, `${op} two`];

const PROMOTED = NAMES.map((name) => artifact(name, true));

/** By the kind of action that takes them back. Effects are those of the change and of its undo. */
export const UNDONE_CHANGES: Readonly<Record<ChangeKind, UndoneChange>> = {
  join: {
    ...ROOM_CHANGES.kick,
    effects: [...done("kick"), ...done("join")],
    refused: ["kick", "three"],
    struck: 1,
  },
  kick: {
    ...ROOM_CHANGES.join,
    effects: [...done("join"), ...done("kick")],
    refused: ["join", "three"],
    struck: 2,
  },
  seed: {
    ...ROOM_CHANGES.delete,
    effects: [...done("delete"), ...done("seed")],
    refused: ["delete", "three"],
    struck: 2,
  },
  promote: {
    from: {
      artifacts: [artifact(KEPT), ...PROMOTED],
      seeds: { keep: "keep", one: "one", two: "two", three: "three" },
    },
    to: { artifacts: [artifact(KEPT)] },
    effects: [...done("delete"), ...done("seed"), ...done("promote")],
    removes: ROOM_CHANGES.delete.removes,
    refused: ["delete", "three"],
    struck: 1,
  },
  delete: {
    ...ROOM_CHANGES.seed,
    effects: [...done("seed"), "delete two", "seed one"],
    refused: ["seed", "three"],
    struck: 1,
  },
  policy: {
    ...ROOM_CHANGES.policy,
    // A refused policy stops what comes after it.
    effects: ["policy allowResourceCreation", "policy allowResourceCreation"],
    refused: ["policy", "maxArtifactsPerEntity"],
    struck: 1,
  },
};
