import type { JsonValue } from "../kernel/json.ts";
import type { Plan } from "./plan.ts";
import { toPlanItem, type PlanItem } from "./plan-items.ts";

/** The changes of a plan with values, short enough for a status, an answer and a record. */
export interface ShownItems {
  readonly items: readonly PlanItem[];
  /** How many changes follow that are not shown. */
  readonly moreItems: number;
}

/** At most so many changes of one plan are shown, in at most so many characters together. */
export const MAX_SHOWN_ITEMS = 100;
const MAX_SHOWN_LENGTH = 16_384;

const MAX_TEXT = 200;
const MAX_MEMBERS = 20;
const MAX_DEPTH = 4;
/** One side of a change, as JSON. */
const MAX_SIDE_LENGTH = 1024;

/** The first changes of a plan, in its order. */
export function shownItems({ actions }: Plan): ShownItems {
  const items: PlanItem[] = [];
  let length = 0;
  for (const action of actions.slice(0, MAX_SHOWN_ITEMS)) {
    const item = shownItem(toPlanItem(action));
    length += JSON.stringify(item).length;
    if (length > MAX_SHOWN_LENGTH) break;
    items.push(item);
  }
  return { items, moreItems: actions.length - items.length };
}

/** One change with its values shortened. */
export function shownItem({ action, item, before, after }: PlanItem): PlanItem {
  return { action, item, before: shownSide(before), after: shownSide(after) };
}

function shownSide(side: JsonValue): JsonValue {
  const short = shorten(side, MAX_DEPTH);
  const text = JSON.stringify(short);
  return text.length <= MAX_SIDE_LENGTH ? short : cut(text, MAX_SIDE_LENGTH);
}

/** Texts are cut, lists and objects keep their first members and say how many follow. */
function shorten(value: JsonValue, depth: number): JsonValue {
  if (typeof value === "string") return cut(value, MAX_TEXT);
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return "…";
  if (Array.isArray(value)) {
    const kept = value.slice(0, MAX_MEMBERS).map((member: JsonValue) => shorten(member, depth - 1));
    const left = value.length - kept.length;
    return left > 0 ? [...kept, `… ${left} more`] : kept;
  }
  const members = Object.entries(value);
  const kept = members
    .slice(0, MAX_MEMBERS)
    .map(([name, member]) => [cut(name, MAX_TEXT), shorten(member, depth - 1)] as const);
  const left = members.length - kept.length;
  return Object.fromEntries(left > 0 ? [...kept, ["…", `${left} more`]] : kept);
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text;
}
