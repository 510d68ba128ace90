import { OperatorError } from "../../kernel/errors.ts";
import { unsaidAttributes } from "../../plan/entity-spec.ts";
import { makeInverse, type HeldContent, type Undo } from "../../plan/inverse.ts";
import type { DesiredRoom, Plan } from "../../plan/plan.ts";
import type { ObservedArtifact, RoomState } from "../../plan/room-state.ts";
import type { ArtifactSpec, EntitySpec } from "../../spec/room-spec.ts";
import type { RoomInputs } from "../../room/room.ts";
import { loadDesiredRoom } from "../desired-room.ts";
import type { ReconcileDeps, Attempt } from "../pass.ts";
import { mayRollBack } from "./rollback-law.ts";

/**
 * How each action of a plan would be undone; empty where the pass could not be undone at all. The inputs that were enforced
 * before supply what the server leaves out: attributes of entities, and the bytes of artifacts.
 */
export async function makeInversePlan(
  given: { readonly attempt: Attempt; readonly plan: Plan; readonly observed: RoomState },
  deps: ReconcileDeps,
): Promise<readonly Undo[]> {
  const { attempt, plan, observed } = given;
  if (!mayRollBack(attempt, deps.options)) return [];
  const lost = plan.actions.flatMap(lostArtifact);
  const earlier = needsEarlier(plan, lost) ? await earlierRooms(attempt, deps) : [];
  const candidates = [...earlier.map(toCandidates), unpromoted(toCandidates(attempt.desired))];
  const held = new Map<string, HeldContent>();
  for (const artifact of lost) {
    const content = await heldContent(artifact, candidates, deps);
    if (content !== undefined) held.set(artifact.name, content);
  }
  const entities = new Map(earlier.toReversed().flatMap(entitiesById));
  const { capabilities } = deps.server;
  return makeInverse(plan, { observed, capabilities, entities, held });
}

/** The artifact whose content an action overwrites or deletes. */
function lostArtifact(action: Plan["actions"][number]): readonly ObservedArtifact[] {
  if (action.kind === "delete") return [action.previous];
  return action.kind === "seed" && action.previous !== undefined ? [action.previous] : [];
}

function needsEarlier({ actions }: Plan, lost: readonly ObservedArtifact[]): boolean {
  return (
    lost.length > 0 ||
    actions.some(
      (action) =>
        (action.kind === "kick" || action.kind === "replace") &&
        unsaidAttributes(action.previous).length > 0,
    )
  );
}

/** What the room was held to before, newest first. What the store no longer has is left out. */
async function earlierRooms(
  { row }: Attempt,
  { store, fingerprints }: ReconcileDeps,
): Promise<readonly DesiredRoom[]> {
  const known = [row.enforced, row.enforcedBefore, row.verified].filter((one) => one !== null);
  const inputs = new Map(known.map((one): [string, RoomInputs] => [one.digest, one]));
  const rooms: DesiredRoom[] = [];
  for (const one of inputs.values()) {
    try {
      rooms.push(await loadDesiredRoom(one, store, fingerprints));
    } catch (error) {
      if (!(error instanceof OperatorError && error.code === "DesiredStateLost")) throw error;
    }
  }
  return rooms;
}

/**
 * The content that an artifact of the room has now, where a seed of its name is it: the fingerprint that the seed's bytes
 * have with the attributes the server shows is the one the server shows.
 */
async function heldContent(
  { name, type, workspace, tags, fingerprint }: ObservedArtifact,
  candidates: readonly Candidates[],
  { store, fingerprints }: ReconcileDeps,
): Promise<HeldContent | undefined> {
  if (fingerprint === undefined) return undefined;
  for (const { artifacts, seeds } of candidates) {
    const seed = seeds.get(name);
    const named = artifacts.get(name);
    const bytes =
      named === undefined || seed?.kind !== "present" ? null : await store.readSeed(seed.oid);
    if (named === undefined || seed?.kind !== "present" || bytes === null) continue;
    const artifact: ArtifactSpec = {
      ...named,
      type: type ?? named.type,
      workspace: workspace ?? named.workspace,
      tags: tags ?? named.tags,
    };
    const found = await fingerprints.get(artifact, seed.oid, () => Promise.resolve(bytes));
    if (found === fingerprint) return { oid: seed.oid, fingerprint, artifact };
  }
  return undefined;
}

/** The artifacts of a spec by name, and their seeds. */
interface Candidates {
  readonly artifacts: ReadonlyMap<string, ArtifactSpec>;
  readonly seeds: DesiredRoom["seeds"];
}

function toCandidates({ spec, seeds }: DesiredRoom): Candidates {
  return { artifacts: new Map(spec.spec.artifacts.map((one) => [one.name, one])), seeds };
}

/** The new spec says nothing of whether the old content was promoted. */
function unpromoted({ artifacts, seeds }: Candidates): Candidates {
  const plain = [...artifacts].map(([name, one]): [string, ArtifactSpec] => [
    name,
    { ...one, promoteAfterSeed: false },
  ]);
  return { artifacts: new Map(plain), seeds };
}

function entitiesById({ spec }: DesiredRoom): readonly [string, EntitySpec][] {
  return spec.spec.entities.map((entity) => [entity.id, entity]);
}
