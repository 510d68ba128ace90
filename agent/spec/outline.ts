import type { ValuePath } from "./finding.ts";

/**
 * What the rules need of a spec, read from the raw value wherever it has the right type: a mistake in one place does not
 * hide those in others.
 */
export interface Outline {
  readonly roomId: TextAt | null;
  readonly entities: readonly EntityOutline[];
  readonly artifacts: readonly ArtifactOutline[];
  readonly resources: readonly ResourceOutline[];
  readonly dmVisibilityDefault: TextAt | null;
}

export interface TextAt {
  readonly path: ValuePath;
  readonly text: string;
}

export interface EntityOutline {
  readonly path: ValuePath;
  readonly name: TextAt | null;
  readonly visibility: TextAt | null;
  /** Null: absent or null. Anything that is not text counts as given: the schema rejects it. */
  readonly ownerUserId: TextAt | "not text" | null;
  readonly capabilities: readonly TextAt[];
  /** Members of its policy that are present and not null. */
  readonly policyMembers: ReadonlySet<string>;
  readonly policyPath: ValuePath;
  readonly allowCommandsFrom: TextAt | null;
}

export interface ArtifactOutline {
  readonly path: ValuePath;
  readonly name: TextAt | null;
  readonly tags: readonly TextAt[];
  readonly dependsOn: readonly TextAt[];
}

export interface ResourceOutline {
  readonly path: ValuePath;
  readonly name: TextAt | null;
  readonly dependsOn: readonly TextAt[];
  readonly onMissingDependency: TextAt | null;
}

interface At {
  readonly path: ValuePath;
  readonly value: unknown;
}

export function toOutline(value: unknown): Outline {
  const spec = member({ path: [], value }, "spec");
  return {
    roomId: text(member(spec, "roomId")),
    entities: items(member(spec, "entities")).map(toEntity),
    artifacts: items(member(spec, "artifacts")).map((at) => ({
      path: at.path,
      name: text(member(at, "name")),
      tags: texts(member(at, "tags")),
      dependsOn: texts(member(at, "dependsOn")),
    })),
    resources: items(member(spec, "resources")).map((at) => ({
      path: at.path,
      name: text(member(at, "name")),
      dependsOn: texts(member(at, "dependsOn")),
      onMissingDependency: text(member(at, "onMissingDependency")),
    })),
    dmVisibilityDefault: text(member(member(spec, "policies"), "dmVisibilityDefault")),
  };
}

function toEntity(at: At): EntityOutline {
  const owner = member(at, "ownerUserId");
  const policy = member(at, "policy");
  return {
    path: at.path,
    name: text(member(at, "id")),
    visibility: text(member(at, "visibility")),
    ownerUserId: text(owner) ?? (owner.value === null ? null : "not text"),
    capabilities: texts(member(at, "capabilities")),
    policyMembers: new Set(
      Object.entries(isMapping(policy.value) ? policy.value : {})
        .filter(([, value]) => value !== null)
        .map(([name]) => name),
    ),
    policyPath: policy.path,
    allowCommandsFrom:
      text(member(policy, "allow_commands_from")) ?? text(member(policy, "allowCommandsFrom")),
  };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An own member; null where there is none. */
function member(at: At, name: string): At {
  const path = [...at.path, name];
  return isMapping(at.value) && Object.hasOwn(at.value, name)
    ? { path, value: at.value[name] ?? null }
    : { path, value: null };
}

function items(at: At): readonly At[] {
  if (!Array.isArray(at.value)) return [];
  return at.value.map((value: unknown, position) => ({ path: [...at.path, position], value }));
}

function text(at: At): TextAt | null {
  return typeof at.value === "string" ? { path: at.path, text: at.value } : null;
}

function texts(at: At): readonly TextAt[] {
  return items(at)
    .map(text)
    .filter((each) => each !== null);
}
