import type { Action, Plan } from "../../../agent/plan/plan.ts";

/** A plan as text: a line for each action in order, with what changes, then what is blocked and what is left alone. */
export function renderPlan(plan: Plan): string {
  const lines = [
    ...plan.actions.flatMap(renderAction),
    ...plan.blocked.map(({ item, reason, message }) => `! ${item}  ${reason}: ${message}`),
    ...plan.unknownPolicies.map((name) => `? policy/${name}  not known to RoomSpec`),
    ...plan.removedPolicies.map((item) => `? ${item}  no longer named by the spec`),
    ...(plan.ignored ?? []).map((item) => `? ${item}  differs and is ignored`),
  ];
  return lines.length === 0 ? "nothing to do\n" : `${lines.join("\n")}\n`;
}

function renderAction(action: Action): readonly string[] {
  const head = `${SIGNS[action.kind]} ${action.kind} ${action.item}`;
  switch (action.kind) {
    case "replace":
      return [head, ...changes(action.previous, action.entity)];
    case "setPolicy":
      return [`${head}  ${JSON.stringify(action.previous)} → ${JSON.stringify(action.value)}`];
    case "seed":
      return [
        `${head}  ${action.size ?? "?"} bytes${action.previous === undefined ? "" : ", replaces what is there"}`,
      ];
    case "join":
    case "kick":
    case "promote":
    case "delete":
    case "ensureResource":
      return [head];
  }
}

const SIGNS: Readonly<Record<Action["kind"], string>> = {
  join: "+",
  seed: "+",
  ensureResource: "+",
  promote: "+",
  replace: "~",
  setPolicy: "~",
  kick: "-",
  delete: "-",
};

/** What the server shows and what is wanted, where the two differ. */
function changes(before: object, after: object): readonly string[] {
  const [old, wanted] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...old]
    .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(wanted.get(key)))
    .map(
      ([key, value]) => `    ${key}: ${JSON.stringify(value)} → ${JSON.stringify(wanted.get(key))}`,
    );
}
