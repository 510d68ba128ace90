import { canonicalJson, type JsonValue } from "../kernel/json.ts";
import { shortened } from "../kernel/shortened.ts";
import { artifactDifferences } from "./artifact-differences.ts";
import { desiredAttributes, entityDifferences, observedAttributes } from "./entity-differences.ts";
import { splitItem } from "./item.ts";
import type { Action, UnseenDifference } from "./plan.ts";
import { POLICY_DEFAULTS } from "./policy-values.ts";
import type { StateIndex } from "./state-index.ts";

/** What a difference keeps of a value; people read it, nothing is compared with it. */
const MAX_VALUE_LENGTH = 100;

/** In what `action` wants something else than `observed` shows: attribute, wanted and read value, as JSON text. */
export function unseenDifferences(
  action: Action,
  observed: StateIndex,
): readonly UnseenDifference[] {
  const { name } = splitItem(action.item);
  switch (action.kind) {
    case "join":
    case "replace":
      return entityPairs(action, observed);
    case "seed":
      return artifactPairs(action, observed);
    case "promote": {
      const shown = observed.artifacts.get(name)?.isPromoted;
      return [difference("isPromoted", true, shown)];
    }
    case "setPolicy": {
      const { policies } = observed;
      const shown = policies && (policies[action.policy] ?? POLICY_DEFAULTS[action.policy]);
      return [difference(action.policy, action.value, shown)];
    }
    case "ensureResource": {
      const { type, config } = action.resource;
      const shown = observed.resources.get(name);
      return [
        difference("type", type, shown?.type),
        difference("config", config, shown?.config),
      ].filter(({ wanted, read }) => wanted !== read);
    }
    case "kick":
    case "delete":
      return [difference("presence", false, true)];
  }
}

function entityPairs(
  { entity, item }: Extract<Action, { kind: "join" | "replace" }>,
  observed: StateIndex,
): readonly UnseenDifference[] {
  const shown = observed.entities.get(splitItem(item).name);
  if (shown === undefined) return [difference("presence", true, false)];
  const wanted = desiredAttributes(entity);
  const read = observedAttributes(shown);
  return entityDifferences(entity, shown).map((name) =>
    difference(name, wanted[name] ?? null, read[name]),
  );
}

function artifactPairs(
  { artifact, fingerprint, item }: Extract<Action, { kind: "seed" }>,
  observed: StateIndex,
): readonly UnseenDifference[] {
  const shown = observed.artifacts.get(splitItem(item).name);
  if (shown === undefined) return [difference("presence", true, false)];
  const sides: Readonly<Record<string, readonly [JsonValue, JsonValue | undefined]>> = {
    content: [fingerprint, shown.fingerprint],
    type: [artifact.type, shown.type],
    workspace: [artifact.workspace, shown.workspace],
    tags: [artifact.tags, shown.tags],
  };
  return artifactDifferences(artifact, fingerprint, shown).map((name) => {
    const [wanted, read] = sides[name] ?? [null, undefined];
    return difference(name, wanted, read);
  });
}

function difference(
  attribute: string,
  wanted: JsonValue,
  read: JsonValue | undefined,
): UnseenDifference {
  return {
    attribute,
    wanted: valueText(wanted),
    read: read === undefined ? null : valueText(read),
  };
}

function valueText(value: JsonValue): string {
  return shortened(canonicalJson(value), MAX_VALUE_LENGTH);
}
