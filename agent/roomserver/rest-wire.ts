import { z } from "zod";
import { withMemberNames } from "../kernel/member-names.ts";
import { present } from "../kernel/present.ts";
import type {
  ObservedArtifact,
  ObservedEntity,
  ObservedResource,
  RoomState,
} from "../plan/room-state.ts";
import type { EntitySpec, ResourceSpec } from "../spec/room-spec.ts";
import { jsonObject, listOf, texts } from "./bounded-fields.ts";
import type { PolicyWrite } from "./room-server.ts";

/**
 * The answers and bodies of dialect `operator-rest`, variant P. Reading takes member names in any letter case and
 * ignores members it does not know, but is strict about types: an incomplete answer is rejected.
 */
function lenient<S extends z.ZodRawShape>(shape: S) {
  return z.preprocess(withMemberNames(Object.keys(shape)), z.object(shape));
}

const optionalText = z.string().nullish();
const optionalTexts = texts.nullish();

const FINGERPRINT = /^[0-9a-f]{64}$/;

const entitySchema = lenient({
  id: z.string(),
  kind: optionalText,
  displayName: optionalText,
  visibility: optionalText,
  ownerUserId: optionalText,
  capabilities: optionalTexts,
  policy: lenient({
    allow_commands_from: optionalText,
    sandbox_mode: z.boolean().nullish(),
    env_whitelist: optionalTexts,
    scopes: optionalTexts,
    rateLimit: lenient({ perMinute: z.number() }).nullish(),
  }).nullish(),
}).transform(({ kind, policy, ...entity }): ObservedEntity =>
  present({
    ...entity,
    kind: kind ?? undefined,
    policy: policy === null || policy === undefined ? undefined : present(policy),
  }),
);

const artifactSchema = lenient({
  name: z.string(),
  type: optionalText,
  workspace: optionalText,
  tags: optionalTexts,
  hash: optionalText,
  contentHash: optionalText,
  size: z.unknown().optional(),
  isPromoted: z.boolean().nullish(),
}).transform(
  ({ name, type, workspace, tags, hash, contentHash, size, isPromoted }): ObservedArtifact =>
    present({
      name,
      type: type ?? undefined,
      workspace: workspace ?? undefined,
      tags: tags === null ? [] : tags,
      fingerprint: toFingerprint(hash) ?? toFingerprint(contentHash),
      size: typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? size : undefined,
      isPromoted: isPromoted ?? undefined,
    }),
);

const resourceSchema = lenient({
  name: z.string(),
  type: optionalText,
  status: optionalText,
  config: jsonObject.nullish(),
}).transform(({ name, type, status, config }): ObservedResource =>
  present({
    name,
    type: type ?? undefined,
    status: status ?? undefined,
    config: config ?? undefined,
  }),
);

/** The answer of `GET /room/{roomId}/state`. Both lists must be there; `roomId` is what the server says it is. */
export const stateSchema = lenient({
  roomId: z.string(),
  entities: listOf(entitySchema),
  artifacts: listOf(artifactSchema),
  policies: jsonObject.nullish(),
  resources: listOf(resourceSchema).nullish(),
}).transform(({ roomId, entities, artifacts, policies, resources }): RoomState =>
  present({
    roomId,
    entities,
    artifacts,
    policies: policies ?? undefined,
    resources: resources ?? [],
  }),
);

/** The answer of `GET …/artifacts/{name}/hash`. */
export const hashSchema = lenient({ hash: optionalText, contentHash: optionalText }).transform(
  ({ hash, contentHash }, context) => {
    const fingerprint = toFingerprint(hash) ?? toFingerprint(contentHash);
    if (fingerprint !== undefined) return fingerprint;
    context.addIssue({ code: "custom", message: "hash: expected 64 hex digits" });
    return z.NEVER;
  },
);

export function joinBody(roomId: string, entity: EntitySpec): object {
  const { rateLimit, ...policy } = entity.policy;
  return {
    roomId,
    entityId: entity.id,
    kind: entity.kind,
    displayName: entity.displayName,
    visibility: entity.visibility,
    ownerUserId: entity.ownerUserId,
    capabilities: entity.capabilities,
    policy: {
      allow_commands_from: policy.allow_commands_from,
      sandbox_mode: policy.sandbox_mode,
      env_whitelist: policy.env_whitelist,
      scopes: policy.scopes,
      // Not a member every server knows, so it travels only where a spec asks for it.
      ...(rateLimit === null ? {} : { rateLimit }),
    },
  };
}

export function policyBody(roomId: string, { policy, value }: PolicyWrite): object {
  return { roomId, policyName: policy, policyValue: value };
}

export function resourceBody(roomId: string, { name, type, config }: ResourceSpec): object {
  return { roomId, name, type, config };
}

/** Undefined for anything that is not a fingerprint: the content is not known then. */
function toFingerprint(text: string | null | undefined): string | undefined {
  const lower = text?.toLowerCase();
  return lower !== undefined && FINGERPRINT.test(lower) ? lower : undefined;
}
