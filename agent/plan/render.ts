import type { JsonValue } from "../kernel/json.ts";
import { legible } from "../kernel/shortened.ts";
import { artifactDifferences } from "./artifact-differences.ts";
import { desiredAttributes, entityDifferences, observedAttributes } from "./entity-differences.ts";
import { splitItem, type Item } from "./item.ts";
import type { Action, Plan } from "./plan.ts";

/**
 * A plan for people, one line each: `+` comes, `~` changes, `-` goes, `!` is wanted and blocked, `?` is not known to
 * RoomSpec and left alone. Names and values from outside are quoted where they could break a line. Empty: nothing to do.
 */
export function renderPlan(plan: Plan): readonly string[] {
  const acted = new Set(plan.actions.map(({ item }) => item));
  return [
    ...plan.actions.map(renderAction),
    ...plan.removedPolicies
      .filter((item) => !acted.has(item))
      .map((item) => `- ${label(item)} no longer named`),
    ...plan.blocked.map(
      ({ item, reason, message }) => `! ${label(item)} ${reason}: ${legible(message)}`,
    ),
    ...plan.unknownPolicies.map((name) => `? policy ${legible(name)} unknown`),
  ];
}

function renderAction(action: Action): string {
  const what = label(action.item);
  switch (action.kind) {
    case "join":
      return `+ ${what} join ${action.entity.kind}`;
    case "replace": {
      const wanted = desiredAttributes(action.entity);
      const seen = observedAttributes(action.previous);
      const changes = entityDifferences(action.entity, action.previous).map(
        (name) => `${name} ${shown(seen[name])} -> ${shown(wanted[name])}`,
      );
      return `~ ${what} replace ${changes.join(", ")}`;
    }
    case "kick":
      return `- ${what} kick`;
    case "seed": {
      const { artifact, fingerprint, previous } = action;
      if (previous === undefined) return `+ ${what} seed ${legible(String(artifact.seedFrom))}`;
      return `~ ${what} seed ${artifactDifferences(artifact, fingerprint, previous).join(", ")}`;
    }
    case "promote":
      return `~ ${what} promote`;
    case "delete":
      return `- ${what} delete`;
    case "setPolicy":
      return `${action.removal ? "-" : "~"} ${what} ${shown(action.previous)} -> ${shown(action.value)}`;
    case "ensureResource":
      return `+ ${what} ensure ${legible(action.resource.type)}`;
  }
}

function label(item: Item): string {
  const { kind, name } = splitItem(item);
  return `${kind} ${legible(name)}`;
}

function shown(value: JsonValue | undefined): string {
  return legible(JSON.stringify(value ?? null));
}
