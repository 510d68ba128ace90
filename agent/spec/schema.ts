import { z } from "zod";
import { nearest } from "../kernel/nearest.ts";
import { DRIFT_ANNOTATION, DRIFT_POLICIES, isDriftPolicy } from "./drift-annotation.ts";
import { shown } from "./finding.ts";
import {
  addressName,
  DEFAULT,
  nameTexts,
  closed,
  closedAs,
  flag,
  jsonValue,
  nameList,
  nameText,
  plainText,
} from "./field.ts";
import type { JsonValue } from "../kernel/json.ts";
import type { PolicySpec, RoomSpec } from "./room-spec.ts";
import { toSeedPath } from "./seed-path.ts";
import { isBlank } from "./text.ts";

export const ENTITY_KINDS = ["human", "agent", "npc", "orchestrator"] as const;
export const VISIBILITIES = ["public", "team", "owner"] as const;
export const COMMANDERS = ["any", "orchestrator", "owner"] as const;
export const MISSING_DEPENDENCY = ["skip", "fail", "wait"] as const;

/** For editors: these values are offered, others and null stay possible. */
const meant = (values: readonly string[]) => ({
  anyOf: [{ enum: values }, { type: ["string", "null"] }],
});

const textOrNull = (description: string) =>
  plainText
    .nullish()
    .transform((text) => text ?? null)
    .meta({ description, [DEFAULT]: null });

/** Text with a default that also stands for blank; blank is reported by the rule about meant values. */
const textOr = (fallback: string, description: string, values: readonly string[]) =>
  plainText
    .nullish()
    .transform((text) => (text === null || text === undefined || isBlank(text) ? fallback : text))
    .meta({ description, [DEFAULT]: fallback, ...meant(values) });

const rateLimit = closed({
  perMinute: z.int().min(1).meta({ description: "Commands per minute, 1 or more." }),
})
  .nullish()
  .transform((limit) => limit ?? null)
  .meta({ description: "How often the entity may act.", [DEFAULT]: null });

const optionalNames = nameTexts.nullish();
const optionalFlag = z.boolean().nullish();
const alias = (name: string) => ({ description: `Another spelling of ${name}.`, deprecated: true });

const entityPolicy = closed({
  allow_commands_from: plainText.nullish().meta({
    description: "Who may command the entity.",
    [DEFAULT]: "any",
    ...meant(COMMANDERS),
  }),
  allowCommandsFrom: plainText.nullish().meta(alias("allow_commands_from")),
  sandbox_mode: optionalFlag.meta({ description: "Run in a sandbox.", [DEFAULT]: false }),
  sandboxMode: optionalFlag.meta(alias("sandbox_mode")),
  env_whitelist: optionalNames.meta({
    description: "Environment variables the entity may see.",
    [DEFAULT]: [],
  }),
  envWhitelist: optionalNames.meta(alias("env_whitelist")),
  scopes: nameList("What the entity may reach, for example net:example.org."),
  rateLimit,
})
  .nullish()
  .transform((policy) => {
    const commanders = policy?.allow_commands_from ?? policy?.allowCommandsFrom ?? "";
    return {
      allow_commands_from: isBlank(commanders) ? "any" : commanders,
      sandbox_mode: policy?.sandbox_mode ?? policy?.sandboxMode ?? false,
      env_whitelist: policy?.env_whitelist ?? policy?.envWhitelist ?? [],
      scopes: policy?.scopes ?? [],
      rateLimit: policy?.rateLimit ?? null,
    };
  })
  .meta({ description: "What the entity may do and who may command it." });

const entity = closedAs("{ id: E-agent-1, kind: agent, displayName: Agent }", {
  id: addressName.meta({ description: "Unique in the room, for example E-agent-1." }),
  kind: z
    .string()
    .transform((kind) => kind.toLowerCase())
    .pipe(z.enum(ENTITY_KINDS))
    .meta({
      description: "What the entity is. Case does not matter.",
      anyOf: [{ enum: ENTITY_KINDS }, { type: "string", pattern: anyCase(ENTITY_KINDS) }],
    }),
  displayName: textOrNull("Name shown to people."),
  visibility: textOr("team", "Who sees the entity. Case does not matter.", VISIBILITIES).transform(
    (visibility) => visibility.toLowerCase(),
  ),
  ownerUserId: plainText
    .nullish()
    .transform((owner) => (owner === null || owner === undefined || isBlank(owner) ? null : owner))
    .meta({ description: "The owning user; needed when visibility is owner.", [DEFAULT]: null }),
  capabilities: nameList("What the entity can do: words joined by dots, for example text.write."),
  policy: entityPolicy,
}).meta({ description: "Someone or something that is in the room." });

const seedFrom = z
  .string()
  .nullish()
  .transform((text, context) => {
    if (text === null || text === undefined) return null;
    const seed = toSeedPath(text);
    if (seed.kind === "path") return seed.path;
    context.addIssue({ code: "custom", message: seed.message });
    return z.NEVER;
  })
  .meta({
    description:
      "File the content comes from, relative to the repository's root. Left out: declared, protected from deletion, never written.",
    [DEFAULT]: null,
  });

const artifact = closedAs("{ name: plan, type: document, workspace: shared }", {
  name: addressName.meta({ description: "Unique in the room." }),
  type: nameText.meta({ description: "For example document or dataset." }),
  workspace: nameText.meta({ description: "For example shared." }),
  tags: nameList("In this order they are part of the fingerprint."),
  seedFrom,
  promoteAfterSeed: flag("Promote the artifact after its content was written."),
  dependsOn: nameList("Ids of entities or names of artifacts that come first."),
}).meta({ description: "A piece of content in the room." });

const policies = closedAs("policies: { dmVisibilityDefault: team }", {
  dmVisibilityDefault: plainText.nullish().meta({
    description: "Who sees direct messages. Taking it out of a spec needs a confirmation.",
    ...meant(["team", "owner", "public"]),
  }),
  allowResourceCreation: z
    .boolean()
    .nullish()
    .meta({ description: "Whether entities may create resources." }),
  maxArtifactsPerEntity: z
    .int()
    .min(0)
    .nullish()
    .meta({ description: "How many artifacts one entity may have." }),
})
  .nullish()
  .transform((named): PolicySpec => {
    const visibility = named?.dmVisibilityDefault ?? null;
    const creation = named?.allowResourceCreation ?? null;
    const artifacts = named?.maxArtifactsPerEntity ?? null;
    return {
      ...(visibility !== null && {
        dmVisibilityDefault: isBlank(visibility) ? "team" : visibility,
      }),
      ...(creation !== null && { allowResourceCreation: creation }),
      ...(artifacts !== null && { maxArtifactsPerEntity: artifacts }),
    };
  })
  .meta({ description: "Policies of the room. What is left out is neither compared nor written." });

const resource = closedAs("{ name: search, type: mcp-tool }", {
  name: addressName.meta({ description: "Unique in the room." }),
  type: nameText.meta({ description: "For example mcp-tool." }),
  config: z
    .record(z.string(), jsonValue)
    .nullish()
    .transform((config) => config ?? {})
    .meta({ description: "Passed on as it is.", [DEFAULT]: {} }),
  dependsOn: nameList("Entities, artifacts or resources that come first."),
  onMissingDependency: textOr("skip", "What to do without a dependency.", MISSING_DEPENDENCY),
}).meta({ description: "Something the room uses, for example a tool server." });

const ANNOTATION = /^room-operator\/./;

/** Names that the agent does not know are kept for other tools; one that is nearly known is a mistake. */
function wrongAnnotation(key: string): string | null {
  if (!ANNOTATION.test(key)) return "is not an annotation: its name must begin with room-operator/";
  if (key === DRIFT_ANNOTATION) return null;
  const name = key.slice(key.indexOf("/") + 1);
  const near = nearest(name, [DRIFT_ANNOTATION.slice(DRIFT_ANNOTATION.indexOf("/") + 1)]);
  return near === undefined ? null : `is not an annotation; did you mean ${DRIFT_ANNOTATION}?`;
}

const annotations = z
  .record(z.string(), z.string().nullable())
  .superRefine((named, context) => {
    for (const key of Object.keys(named)) {
      const message = wrongAnnotation(key);
      if (message === null) continue;
      context.addIssue({ code: "custom", path: [key], message, params: { atKey: true } });
    }
    const drift = named[DRIFT_ANNOTATION] ?? null;
    if (drift === null || isDriftPolicy(drift)) return;
    const message = `${shown(drift)} is not a drift policy: write ${DRIFT_POLICIES.join(", ")}, or take the annotation out`;
    context.addIssue({ code: "custom", path: [DRIFT_ANNOTATION], message });
  })
  .nullish()
  .transform((named) =>
    Object.fromEntries(
      Object.entries(named ?? {}).filter((entry): entry is [string, string] => entry[1] !== null),
    ),
  )
  .meta({
    description:
      "Settings for the agent; names begin with room-operator/. room-operator/drift is correct, report or off.",
    patternProperties: {
      [`^${DRIFT_ANNOTATION}$`]: { anyOf: [{ enum: DRIFT_POLICIES }, { type: "null" }] },
    },
    propertyNames: { pattern: ANNOTATION.source },
    [DEFAULT]: {},
  });

const listOf = <Item extends z.ZodType>(item: Item, description: string) =>
  z
    .array(item)
    .nullish()
    .transform((list) => list ?? [])
    .meta({ description, [DEFAULT]: [] });

const constant = <Value extends string>(value: Value, description: string) =>
  z
    .literal(value)
    .nullish()
    .transform(() => value)
    .meta({ description, [DEFAULT]: value });

const metadata = closedAs("metadata: { version: 1 }", {
  name: textOrNull("Name of the spec, for people."),
  version: z
    .int({ error: ({ input }) => wrongVersion(input) })
    .min(1, { error: ({ input }) => wrongVersion(input) })
    .meta({ description: "A whole number above 0. Give each change the next one." }),
  annotations,
});

const room = closedAs("spec: { roomId: lab-01 }", {
  roomId: addressName.meta({ description: "The room this file describes." }),
  entities: listOf(entity, "Who is in the room. Who is not named here is removed."),
  artifacts: listOf(artifact, "What is in the room. What is not named here is deleted."),
  policies,
  resources: listOf(
    resource,
    "What the room uses. Set up only with `Operator.Features.Resources`, which is off by default.",
  ),
});

/** The names of what stands below the members of the root that are mappings. */
export const MEMBERS_OF: Readonly<Record<"metadata" | "spec", readonly string[]>> = {
  metadata: Object.keys(metadata.shape),
  spec: Object.keys(room.shape),
};

/** A RoomSpec as people write it; its output is `RoomSpec`. The fields are those of the RoomServer contract. */
export const roomSpecSchema = closed({
  $schema: z.string().nullish().meta({
    description: "Where an editor finds the JSON Schema. Not part of the room.",
  }),
  apiVersion: constant("v1", "Version of this format."),
  kind: constant("RoomSpec", "What the file describes."),
  metadata,
  spec: room,
})
  .transform(({ apiVersion, kind, metadata, spec }) => ({ apiVersion, kind, metadata, spec }))
  .meta({
    title: "RoomSpec",
    description: "The desired state of one room.",
  });

function wrongVersion(input: unknown): string {
  return input === undefined
    ? "is missing: write 1 in a new spec, and the next whole number with each change"
    : `${shown(input)} is not a version: write a whole number above 0, the next one with each change`;
}

/** A pattern for the words of a list in any case, for JSON Schema, which has no flags. */
function anyCase(words: readonly string[]): string {
  const letter = (character: string) => `[${character.toUpperCase()}${character}]`;
  return `^(${words.map((word) => word.replace(/./g, letter)).join("|")})$`;
}

/** Arrays and objects made readonly, except free JSON. */
type Frozen<T> = [JsonValue] extends [T]
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : T extends object
      ? { readonly [Member in keyof T]: Frozen<T[Member]> }
      : T;

/** Compares two functions that are alike only for the same type: assignability both ways overlooks optional members. */
type Same<A, B> =
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it is what makes the types comparable
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile when what the schema gives and `RoomSpec` differ. */
export const SCHEMA_GIVES_ROOM_SPEC: Same<Frozen<z.output<typeof roomSpecSchema>>, RoomSpec> = true;
