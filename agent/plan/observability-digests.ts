import { createHash } from "node:crypto";
import { canonicalJson, type JsonValue } from "../kernel/json.ts";
import type { PolicyName } from "../spec/room-spec.ts";
import { desiredAttributes, observedAttributes } from "./entity-differences.ts";
import { splitItem } from "./item.ts";
import type { Action } from "./plan.ts";
import type { ObservedArtifact, ObservedEntity, ObservedResource } from "./room-state.ts";
import type { StateIndex } from "./state-index.ts";

/** What an action wants and what the server says of the same thing; null: nothing, or not said. */
interface TwoSides {
  readonly desired: JsonValue;
  readonly observed: JsonValue;
}

/**
 * Lower-case hex SHA-256 of both sides of what `action` changes. Equal digests mean: the same write would meet the same
 * answer. Only the aspect the action writes is in them, so an artifact's content and its promotion do not touch each other.
 */
export function observabilityDigests(
  action: Action,
  observed: StateIndex,
): { readonly desired: string; readonly observed: string } {
  const sides = twoSides(action, observed);
  return { desired: digestOf(sides.desired), observed: digestOf(sides.observed) };
}

function twoSides(action: Action, observed: StateIndex): TwoSides {
  const { name } = splitItem(action.item);
  switch (action.kind) {
    case "join":
    case "replace":
      return {
        desired: desiredAttributes(action.entity),
        observed: entitySide(observed.entities.get(name)),
      };
    case "kick":
      return { desired: null, observed: entitySide(observed.entities.get(name)) };
    case "seed": {
      const { type, workspace, tags } = action.artifact;
      return {
        desired: { type, workspace, tags, fingerprint: action.fingerprint },
        observed: contentSide(observed.artifacts.get(name)),
      };
    }
    case "promote":
      return { desired: true, observed: promotionSide(observed.artifacts.get(name)) };
    case "delete":
      return { desired: null, observed: contentSide(observed.artifacts.get(name)) };
    case "setPolicy":
      return { desired: action.value, observed: policySide(observed, action.policy) };
    case "ensureResource": {
      const { type, config } = action.resource;
      return { desired: { type, config }, observed: resourceSide(observed.resources.get(name)) };
    }
  }
}

function entitySide(entity: ObservedEntity | undefined): JsonValue {
  return entity === undefined ? null : observedAttributes(entity);
}

function contentSide(artifact: ObservedArtifact | undefined): JsonValue {
  if (artifact === undefined) return null;
  const { type, workspace, tags, fingerprint } = artifact;
  return [type ?? null, workspace ?? null, tags ?? null, fingerprint ?? null];
}

/** With the fingerprint: a promotion that did not show says nothing about the promotion of other content. */
function promotionSide(artifact: ObservedArtifact | undefined): JsonValue {
  return artifact === undefined
    ? null
    : [artifact.isPromoted ?? null, artifact.fingerprint ?? null];
}

function policySide(observed: StateIndex, policy: PolicyName): JsonValue {
  return observed.policies?.[policy] ?? null;
}

/** Without the status, which changes by itself. */
function resourceSide(resource: ObservedResource | undefined): JsonValue {
  return resource === undefined ? null : [resource.type ?? null, resource.config ?? null];
}

function digestOf(value: JsonValue): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
