import type { ArtifactSpec } from "../spec/room-spec.ts";
import { artifactDifferences } from "./artifact-differences.ts";
import { decide, unlessUnsupported, type Decision } from "./decide.ts";
import { toItem } from "./item.ts";
import type { Action, SeedState } from "./plan.ts";
import type { PlanContext } from "./plan-context.ts";

/**
 * Seeds what is absent or differs, promotes, and deletes what the spec does not name. An artifact without `seedFrom` is
 * never written; being named only protects it from deletion.
 */
export function planArtifacts(context: PlanContext): readonly Decision[] {
  const { artifacts } = context.input.desired.spec.spec;
  const named = new Set(artifacts.map((artifact) => artifact.name));
  const unwanted = [...context.observed.artifacts.values()]
    .filter(({ name }) => !named.has(name))
    .map((previous): Action => ({
      kind: "delete",
      item: toItem("artifact", previous.name),
      previous,
    }));
  return [
    ...artifacts.flatMap((artifact) =>
      artifact.seedFrom === null ? [] : planSeeded(artifact, context),
    ),
    ...unwanted.map((action) => decide(action, context)),
  ];
}

function planSeeded(artifact: ArtifactSpec, context: PlanContext): readonly Decision[] {
  const seed = context.input.desired.seeds.get(artifact.name);
  if (seed?.kind !== "present") return [unusable(artifact, seed)];
  const content = planContent(artifact, seed, context);
  if (!artifact.promoteAfterSeed) return content;
  return [...content, ...planPromotion(artifact, content, context)];
}

function unusable(
  artifact: ArtifactSpec,
  seed: (SeedState & { kind: "unusable" }) | undefined,
): Decision {
  const item = toItem("artifact", artifact.name);
  const reason = seed?.reason ?? "SeedMissing";
  const message = seed?.message ?? `nothing is known of the seed ${String(artifact.seedFrom)}`;
  return { kind: "blocked", blocked: { item, reason, message } };
}

/**
 * An artifact that is there and whose fingerprint is not known is written only for a visible difference (type,
 * workspace, tags); its content cannot be compared, and a blind write would come again in every pass.
 */
function planContent(
  artifact: ArtifactSpec,
  seed: SeedState & { kind: "present" },
  context: PlanContext,
): readonly Decision[] {
  const item = toItem("artifact", artifact.name);
  const previous = context.observed.artifacts.get(artifact.name);
  const { oid, fingerprint, size } = seed;
  if (previous === undefined) {
    return [decide({ kind: "seed", item, artifact, oid, fingerprint, size }, context)];
  }
  if (artifactDifferences(artifact, fingerprint, previous).length > 0) {
    return [decide({ kind: "seed", item, artifact, oid, fingerprint, size, previous }, context)];
  }
  if (previous.fingerprint !== undefined) return [];
  const message =
    "the server does not tell this artifact's fingerprint, so its content cannot be compared";
  return [{ kind: "blocked", blocked: { item, reason: "NotObservable", message } }];
}

/**
 * A write replaces the promoted content, so it is always promoted again. Otherwise only an artifact that the server calls
 * unpromoted is; where the server does not say, it was promoted with its seed.
 */
function planPromotion(
  artifact: ArtifactSpec,
  content: readonly Decision[],
  context: PlanContext,
): readonly Decision[] {
  const promote: Action = {
    kind: "promote",
    item: toItem("artifact", artifact.name),
    artifact,
  };
  const { capabilities } = context.input;
  const observed = context.observed.artifacts.get(artifact.name);
  if (content.some(({ kind }) => kind === "act")) return [unlessUnsupported(promote, capabilities)];
  if (observed === undefined || observed.isPromoted === true) return [];
  if (observed.isPromoted === false) return [decide(promote, context)];
  return capabilities.promoteArtifact ? [] : [unlessUnsupported(promote, capabilities)];
}
