import type { DriftRules } from "../config/config.ts";
import { matchesAnyGlob } from "../config/glob.ts";
import { sameJson } from "../kernel/json.ts";
import { listed } from "../kernel/shortened.ts";
import { splitItem, type Item } from "../plan/item.ts";
import type { Action, Plan } from "../plan/plan.ts";
import { indexState, type StateIndex } from "../plan/state-index.ts";
import type { RoomState } from "../plan/room-state.ts";
import { unseenDifferences } from "../plan/unseen-differences.ts";
import { annotatedDrift, DRIFT_ANNOTATION, type DriftPolicy } from "../spec/drift-annotation.ts";
import type { RoomSpec } from "../spec/room-spec.ts";
import { outOfRoom } from "./quarantine-text.ts";
import type { Room, RoomInputs } from "./room.ts";

/** What one pass does about drift. */
export interface DriftRule {
  readonly policy: DriftPolicy;
  /** What set the policy, for people. */
  readonly setBy: string;
  /** True where the whole plan is drift that a person did not ask to be corrected. */
  readonly isUnasked: boolean;
  /**
   * Items of which a difference is not left alone: the rest of what a person confirmed, what the agent itself took out, and what
   * could not be done when the room was verified.
   */
  readonly asked: ReadonlySet<Item>;
  /** Drift of these is left alone whatever the policy. */
  readonly ignored: (action: Action, observed: StateIndex) => boolean;
}

/**
 * True where the inputs were verified before and nothing else was tried since: what a pass changes then, somebody else changed
 * first. After a branch that left and came back it was the agent itself.
 */
export function isDrift({
  row: { verified, attemptedRevision },
  inputs,
}: {
  readonly row: Pick<Room, "verified" | "attemptedRevision">;
  readonly inputs: { readonly revision: string; readonly digest?: string } | null;
}): boolean {
  if (verified === null || inputs === null) return false;
  if (attemptedRevision !== null && attemptedRevision !== verified.revision) return false;
  const { digest, revision } = inputs;
  return digest === undefined ? revision === verified.revision : digest === verified.digest;
}

/** The entities that the agent itself took out and could not join again: in an update, or in one that was rolled back. */
export function takenOutOf({
  takenOut = [],
  quarantine,
}: Pick<Room, "takenOut" | "quarantine">): readonly Item[] {
  return [...takenOut, ...(quarantine === null ? [] : outOfRoom(quarantine))];
}

/**
 * The actions that correct drift, of a plan for inputs that were verified: not what could not be done then, and not what the agent
 * itself took out and could not join again.
 */
export function driftedActions(
  room: Pick<Room, "verifiedWithout" | "quarantine" | "takenOut">,
  { actions }: Pick<Plan, "actions">,
): readonly Action[] {
  const { verifiedWithout = [] } = room;
  const out = new Set(takenOutOf(room));
  return actions.filter(
    ({ kind, item }) => !verifiedWithout.includes(item) && !(kind === "join" && out.has(item)),
  );
}

/** Drift of which nothing is written: what did not show when it was written is not tried once more either. */
export function isLeft({ policy, isUnasked }: DriftRule): boolean {
  return policy !== "correct" && isUnasked;
}

/**
 * Why nothing of a plan is written to a room that drifted, and what corrects it; null: it is not only reported. It names the
 * corrections, because the room may show another plan: that of a newest spec which waits.
 */
export function reportedText(
  rule: DriftRule,
  room: { readonly roomId: string; readonly revision: string },
  { actions }: Pick<Plan, "actions">,
): string | null {
  const drifted = actions.filter(({ item }) => !rule.asked.has(item));
  if (rule.policy !== "report" || !isLeft(rule) || drifted.length === 0) return null;
  const request = `POST /apply {"roomId": ${JSON.stringify(room.roomId)}}`;
  const changes = drifted.slice(0, MOST_NAMED).map(({ kind, item }) => `${kind} ${item}`);
  return (
    `the room differs from ${room.revision}, which it was verified at, and its drift policy is report (${rule.setBy}), so` +
    ` nothing is written; ${request} corrects it (${listed(changes, { total: drifted.length })}), and so does a commit that` +
    " changes its spec"
  );
}

/** Corrections that a message names. */
const MOST_NAMED = 5;

/** A spec with the seeds that it had. */
export interface SpecWithSeeds {
  readonly spec: RoomSpec;
  readonly seeds: RoomInputs["seeds"];
}

/** The annotation of the spec wins over the source. `rules`: null for a room that no source has. */
export function choosePolicy(
  spec: RoomSpec,
  rules: DriftRules | null,
): Pick<DriftRule, "policy" | "setBy"> {
  const annotated = annotatedDrift(spec);
  if (annotated !== null)
    return { policy: annotated, setBy: `the spec's annotation ${DRIFT_ANNOTATION}` };
  return { policy: rules?.policy ?? "correct", setBy: "Drift.Policy of its source" };
}

/**
 * Which actions `Drift.Ignore` leaves out: their item and all that differs of it match an entry, and `specs` (what the room is
 * to be, and what it was held to before) say the same of the item, so that no spec changed it.
 */
export function ignoredBy(
  { ignore }: DriftRules,
  specs: readonly SpecWithSeeds[],
): DriftRule["ignored"] {
  const says = specs.map(saysOf);
  return (action, observed) => {
    const entries = ignore.filter(({ items }) => matchesAnyGlob(action.item, items));
    if (entries.length === 0 || !isUnchanged(action.item, says)) return false;
    const may = new Set(entries.flatMap(({ attributes }) => attributes ?? []));
    return (
      entries.some(({ attributes }) => attributes === null) ||
      unseenDifferences(action, observed).every(({ attribute }) => may.has(attribute))
    );
  };
}

/**
 * The plan without the drift that is not looked at, and that is left alone. What is asked for goes before drift that is only
 * reported.
 */
export function withoutDrift(plan: Plan, rule: DriftRule, state: RoomState): Plan {
  const left = withoutIgnored(plan, rule, state);
  if (!isLeft(rule)) return left;
  const asked = left.actions.filter(({ item }) => rule.asked.has(item));
  return rule.policy === "off" || asked.length > 0 ? { ...left, actions: asked } : left;
}

function withoutIgnored(plan: Plan, rule: DriftRule, state: RoomState): Plan {
  if (plan.actions.length === 0) return plan;
  const observed = indexState(state);
  const left = new Set(plan.actions.filter((action) => rule.ignored(action, observed)));
  if (left.size === 0) return plan;
  const seeds = new Set([...left].filter(isSeedOfPromoted).map(({ item }) => item));
  return {
    ...plan,
    ignored: [...new Set([...left].map(({ item }) => item))],
    actions: plan.actions.filter(
      (action) => !left.has(action) && !(action.kind === "promote" && seeds.has(action.item)),
    ),
  };
}

/** Its promotion is planned for the sake of the new content alone. */
function isSeedOfPromoted(action: Action): boolean {
  return action.kind === "seed" && action.previous?.isPromoted !== false;
}

function isUnchanged(item: Item, says: readonly Says[]): boolean {
  const [first, ...others] = says.map((said) => said(item));
  return others.every((other) => sameJson(other ?? null, first ?? null));
}

/** All that a spec says of one item; undefined or null: nothing. */
type Says = (item: Item) => unknown;

/** In time that does not depend on how much the spec says; it is read at the first question. */
function saysOf({ spec: { spec }, seeds }: SpecWithSeeds): Says {
  const entities = new Lookup(spec.entities, ({ id }) => id);
  const artifacts = new Lookup(spec.artifacts, ({ name }) => name);
  const seedFiles = new Lookup(seeds, ({ path }) => path);
  const resources = new Lookup(spec.resources, ({ name }) => name);
  return (item) => {
    const { kind, name } = splitItem(item);
    switch (kind) {
      case "entity":
        return entities.get(name);
      case "artifact": {
        const artifact = artifacts.get(name);
        return [artifact ?? null, seedFiles.get(artifact?.seedFrom ?? null) ?? null];
      }
      case "policy":
        return Object.entries(spec.policies).find(([policy]) => policy === name);
      case "resource":
        return resources.get(name);
    }
  };
}

/** Members of a list by their names; of two with one name the first. */
class Lookup<T> {
  readonly #list: readonly T[];
  readonly #nameOf: (one: T) => string;
  #byName: ReadonlyMap<string | null, T> | null = null;

  constructor(list: readonly T[], nameOf: (one: T) => string) {
    this.#list = list;
    this.#nameOf = nameOf;
  }

  get(name: string | null): T | undefined {
    this.#byName ??= new Map(this.#list.toReversed().map((one) => [this.#nameOf(one), one]));
    return this.#byName.get(name);
  }
}
