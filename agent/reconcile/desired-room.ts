import { setImmediate as nextTick } from "node:timers/promises";
import { OperatorError } from "../kernel/errors.ts";
import type { DesiredRoom, SeedState } from "../plan/plan.ts";
import { fingerprintInSteps } from "../spec/fingerprint.ts";
import type { ArtifactSpec } from "../spec/room-spec.ts";
import type { RoomInputs, SeedRef } from "../room/room.ts";
import type { Store } from "../store/store.ts";

/** Reads a room's inputs out of the store and fingerprints its seeds. Rejects with `DesiredStateLost` when the store lacks one. */
export async function loadDesiredRoom(
  inputs: RoomInputs,
  store: Pick<Store, "readSpec" | "readSeed">,
  fingerprints: FingerprintCache,
): Promise<DesiredRoom> {
  const spec = await store.readSpec(inputs.specOid);
  if (spec === null) throw lost(inputs, "its spec");
  const byPath = new Map(inputs.seeds.map((seed) => [seed.path, seed]));
  const seeds = new Map<string, SeedState>();
  for (const artifact of spec.spec.artifacts) {
    if (artifact.seedFrom === null) continue;
    const seed = byPath.get(artifact.seedFrom);
    if (seed === undefined) throw lost(inputs, `the seed ${artifact.seedFrom}`);
    seeds.set(artifact.name, await seedState(seed, artifact, { inputs, store, fingerprints }));
  }
  return { spec, seeds };
}

/** A room of which nothing is wanted: what a prune works towards. */
export function emptyDesired(
  roomId: string,
  { specVersion }: Pick<RoomInputs, "specVersion">,
): DesiredRoom {
  return {
    spec: {
      apiVersion: "v1",
      kind: "RoomSpec",
      metadata: { name: null, version: specVersion, annotations: {} },
      spec: { roomId, entities: [], artifacts: [], policies: {}, resources: [] },
    },
    seeds: new Map(),
  };
}

async function seedState(
  seed: SeedRef,
  artifact: ArtifactSpec,
  from: { inputs: RoomInputs; store: Pick<Store, "readSeed">; fingerprints: FingerprintCache },
): Promise<SeedState> {
  if (seed.kind === "unusable") return seed;
  const fingerprint = await from.fingerprints.get(artifact, seed.oid, async () => {
    const bytes = await from.store.readSeed(seed.oid);
    if (bytes === null) throw lost(from.inputs, `the bytes of ${seed.path}`);
    return bytes;
  });
  return { kind: "present", oid: seed.oid, size: seed.size, fingerprint };
}

/** So that a large seed does not hold up the process. */
async function inSteps<T>(steps: Generator<void, T>): Promise<T> {
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) await nextTick();
  return step.value;
}

function lost(inputs: RoomInputs, what: string): OperatorError {
  return new OperatorError(
    "DesiredStateLost",
    `the store does not hold ${what} of ${inputs.revision}; change the room's spec to bring it back`,
  );
}

/** Fingerprints by artifact fields and blob id, so that an unchanged seed is hashed once. Holds at most `capacity`. */
export class FingerprintCache {
  readonly #known = new Map<string, string>();
  readonly #capacity: number;

  constructor(capacity = 50_000) {
    this.#capacity = capacity;
  }

  async get(
    artifact: ArtifactSpec,
    oid: string,
    bytes: () => Promise<Uint8Array>,
  ): Promise<string> {
    const key = JSON.stringify([
      oid,
      artifact.name,
      artifact.type,
      artifact.workspace,
      artifact.tags,
    ]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const fingerprint = await inSteps(fingerprintInSteps(artifact, await bytes()));
    if (this.#known.size >= this.#capacity) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(key, fingerprint);
    return fingerprint;
  }
}
