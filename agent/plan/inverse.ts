import type { JsonValue } from "../kernel/json.ts";
import type { ArtifactSpec, EntitySpec } from "../spec/room-spec.ts";
import { unlessUnsupported } from "./decide.ts";
import { toEntitySpec, unsaidAttributes } from "./entity-spec.ts";
import { splitItem, type Item } from "./item.ts";
import type { Action, Plan } from "./plan.ts";
import { POLICY_DEFAULTS } from "./policy-values.ts";
import type { Capabilities, ObservedArtifact, RoomState } from "./room-state.ts";
import { indexState, type StateIndex } from "./state-index.ts";

/** How one action of a plan would be undone. */
export type Undo =
  | {
      readonly kind: "undo";
      readonly of: Action;
      /** In the order they are done in. Empty: undoing another action of the plan takes this one back as well. */
      readonly actions: readonly Action[];
    }
  | {
      readonly kind: "cannot";
      readonly of: Action;
      readonly reason: UndoProblem;
      readonly message: string;
    };

/** `Unsupported`: the protocol has no call that takes it back. */
export type UndoProblem = "ContentNotHeld" | "PreviousUnknown" | "Unsupported";

/** Content of an artifact that the store holds. */
export interface HeldContent {
  readonly oid: string;
  readonly fingerprint: string;
  /** What it is uploaded with. */
  readonly artifact: ArtifactSpec;
}

/** The room as PLANNING found it, and what is known beyond that. */
export interface UndoInput {
  readonly observed: RoomState;
  readonly capabilities: Capabilities;
  /** Entities of the spec the room was held to, by id: they speak where the server says nothing. */
  readonly entities: ReadonlyMap<string, EntitySpec>;
  /** By name: the very content that the room's artifact has now (equal fingerprints prove it). */
  readonly held: ReadonlyMap<string, HeldContent>;
}

type Seed = Action & { readonly kind: "seed" };

interface Context extends UndoInput {
  readonly before: StateIndex;
  /** The plan's seeds, by item. */
  readonly seeds: ReadonlyMap<Item, Seed>;
}

/**
 * How each action of a plan is undone, in the plan's order. Pure, and made before the plan is carried out: later the
 * server no longer shows what was there. It removes only what the plan adds.
 */
export function makeInverse(plan: Plan, input: UndoInput): readonly Undo[] {
  const seeds = plan.actions.filter((action) => action.kind === "seed");
  const context = {
    ...input,
    before: indexState(input.observed),
    seeds: new Map(seeds.map((seed) => [seed.item, seed])),
  };
  return plan.actions.map((action) => undoOf(action, context));
}

function undoOf(action: Action, context: Context): Undo {
  switch (action.kind) {
    case "join":
      return undo(
        action,
        [{ kind: "kick", item: action.item, previous: action.entity }],
        context.capabilities,
      );
    case "replace":
    case "kick":
      return undoEntity(action, context);
    case "seed": {
      const { item, previous } = action;
      if (previous !== undefined) return putBack(action, previous, context);
      return undo(
        action,
        [{ kind: "delete", item, previous: seeded(action) }],
        context.capabilities,
      );
    }
    case "promote":
      return undoPromotion(action, context);
    case "delete":
      return putBack(action, action.previous, context);
    case "setPolicy":
      return undoPolicy(action, context);
    case "ensureResource":
      return undoResource(action, context);
  }
}

function undoEntity(of: Action & { kind: "replace" | "kick" }, context: Context): Undo {
  const { item, previous } = of;
  const known = context.entities.get(previous.id);
  const unsaid = known === undefined ? unsaidAttributes(previous) : [];
  if (unsaid.length > 0) {
    const message = `the server did not report the old ${unsaid.join(", ")}`;
    return { kind: "cannot", of, reason: "PreviousUnknown", message };
  }
  const entity = toEntitySpec(previous, known);
  const back: Action =
    of.kind === "kick"
      ? { kind: "join", item, entity }
      : { kind: "replace", item, entity, previous: of.entity };
  return undo(of, [back], context.capabilities);
}

/** Uploads the old content again, and promotes it where it was promoted. */
function putBack(of: Action, previous: ObservedArtifact, context: Context): Undo {
  const content = context.held.get(previous.name);
  if (content === undefined) return { kind: "cannot", of, ...notHeld(context.capabilities) };
  const { item } = of;
  const { artifact, oid, fingerprint } = content;
  const overwritten = of.kind === "seed" ? { previous: seeded(of) } : {};
  const seed: Action = { kind: "seed", item, artifact, oid, fingerprint, ...overwritten };
  const wasPromoted = previous.isPromoted ?? artifact.promoteAfterSeed;
  const promote: Action = { kind: "promote", item, artifact };
  return undo(of, wasPromoted ? [seed, promote] : [seed], context.capabilities);
}

function notHeld({ readContent }: Capabilities): {
  readonly reason: UndoProblem;
  readonly message: string;
} {
  const reason = readContent ? "" : "the RoomServer's protocol cannot read content back, and ";
  const message = `${reason}none of the seeds kept for this room is what the artifact held`;
  return { reason: "ContentNotHeld", message };
}

/** No call takes a promotion back; what goes or is replaced takes it along. */
function undoPromotion(action: Action & { kind: "promote" }, context: Context): Undo {
  const seed = context.seeds.get(action.item);
  if (seed === undefined) {
    return unsupported(action, "the RoomServer's protocol cannot undo a promotion");
  }
  const undone = undoOf(seed, context);
  return undone.kind === "undo"
    ? { kind: "undo", of: action, actions: [] }
    : { ...undone, of: action };
}

function undoPolicy(action: Action & { kind: "setPolicy" }, context: Context): Undo {
  const { policies } = context.before;
  if (policies === undefined) {
    const message = "the server does not tell what its policies are";
    return { kind: "cannot", of: action, reason: "PreviousUnknown", message };
  }
  const { item, policy, previous } = action;
  const value: JsonValue = previous ?? POLICY_DEFAULTS[policy];
  const back: Action = {
    kind: "setPolicy",
    item,
    policy,
    value,
    previous: action.value,
    removal: false,
  };
  return undo(action, [back], context.capabilities);
}

function undoResource(action: Action & { kind: "ensureResource" }, context: Context): Undo {
  const { name } = splitItem(action.item);
  const before = context.before.resources.get(name);
  if (before === undefined) {
    return unsupported(action, "the RoomServer's protocol cannot remove a resource");
  }
  const { type, config } = before;
  if (type === undefined || config === undefined) {
    const message = "the server did not tell the resource's old type and config";
    return { kind: "cannot", of: action, reason: "PreviousUnknown", message };
  }
  const resource = { ...action.resource, type, config };
  return undo(
    action,
    [{ kind: "ensureResource", item: action.item, resource }],
    context.capabilities,
  );
}

/** What the room shows of an artifact that a seed wrote. */
function seeded({ artifact, fingerprint }: Seed): ObservedArtifact {
  const { name, type, workspace, tags } = artifact;
  return { name, type, workspace, tags, fingerprint };
}

/** All of it or, where the protocol lacks one of the calls, nothing. */
function undo(of: Action, actions: readonly Action[], capabilities: Capabilities): Undo {
  for (const action of actions) {
    const decision = unlessUnsupported(action, capabilities);
    if (decision.kind === "blocked") return unsupported(of, decision.blocked.message);
  }
  return { kind: "undo", of, actions };
}

function unsupported(of: Action, message: string): Undo {
  return { kind: "cannot", of, reason: "Unsupported", message };
}
