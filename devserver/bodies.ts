import { z } from "zod";
import { withMemberNames } from "../agent/kernel/member-names.ts";
import type { Entity } from "./room.ts";

/** Reading is case-insensitive and ignores members it does not know. */
function lenient<S extends z.ZodRawShape>(shape: S) {
  return z.preprocess(withMemberNames(Object.keys(shape)), z.object(shape));
}

const blank = (fallback: string) =>
  z
    .string()
    .nullish()
    .transform((text) => (text === undefined || text === null || text === "" ? fallback : text));

const strings = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);

const KINDS = ["human", "agent", "npc", "orchestrator"];

const policySchema = lenient({
  allow_commands_from: blank("any"),
  sandbox_mode: z
    .boolean()
    .nullish()
    .transform((flag) => flag ?? false),
  env_whitelist: strings,
  scopes: strings,
  rateLimit: lenient({ perMinute: z.int().min(1) })
    .nullish()
    .transform((limit) => limit ?? null),
});

const attributes = {
  kind: z.string().refine((kind) => KINDS.includes(kind.toLowerCase()), {
    error: `kind is one of ${KINDS.join(", ")}`,
  }),
  displayName: z.string().nullish(),
  visibility: blank("team"),
  ownerUserId: z.string().nullish(),
  capabilities: strings,
  policy: policySchema.nullish(),
};

type Attributes = z.output<z.ZodObject<typeof attributes>>;

function toEntity(id: string, sent: Attributes): Entity {
  return {
    id,
    kind: sent.kind,
    displayName: sent.displayName ?? null,
    visibility: sent.visibility,
    ownerUserId: sent.ownerUserId ?? null,
    capabilities: sent.capabilities,
    policy: sent.policy ?? policySchema.parse({}),
  };
}

/** The body of a join. */
export const joinSchema = lenient({
  roomId: z.string(),
  entityId: z.string().min(1),
  ...attributes,
}).transform(({ roomId, entityId, ...sent }) => ({ roomId, entity: toEntity(entityId, sent) }));

/** The body of a policy write. */
export const policyWriteSchema = lenient({
  roomId: z.string(),
  policyName: z.string().min(1),
  policyValue: z.json(),
});

/** The body of `POST /mcp/resources`. */
export const resourceSchema = lenient({
  roomId: z.string(),
  name: z.string().min(1),
  type: z.string().min(1),
  config: z
    .record(z.string(), z.json())
    .nullish()
    .transform((config) => config ?? {}),
});

/**
 * The body of `PUT /_dev/rooms/{id}`: the room as it shall be, in the words of the state answer, so that what is shown can be sent back.
 * What follows from the rest (`status`, `lastUpdated`, `isConnected`, `contentHash`) does nothing.
 */
export const roomSchema = z.strictObject({
  roomId: z.string().optional(),
  status: z.string().optional(),
  lastUpdated: z.string().optional(),
  entities: z
    .array(
      z
        .strictObject({ id: z.string().min(1), ...attributes, isConnected: z.boolean().optional() })
        .transform(({ id, ...sent }) => toEntity(id, sent)),
    )
    .default([]),
  artifacts: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        type: z.string().default("document"),
        workspace: z.string().default("shared"),
        tags: z.array(z.string()).default([]),
        /** Its text; hash and size are made from it. */
        content: z.string().optional(),
        /** Where `content` is not sent; absent: that of no bytes. */
        hash: z.string().optional(),
        contentHash: z.string().optional(),
        /** Of what `hash` was made from, in bytes. */
        size: z.int().min(0).optional(),
        createdAt: z.iso.datetime().optional(),
        isPromoted: z.boolean().default(false),
      }),
    )
    .default([]),
  policies: z.record(z.string(), z.json()).default({}),
  resources: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        type: z.string(),
        status: z.string().default("PENDING"),
        config: z.record(z.string(), z.json()).default({}),
      }),
    )
    .default([]),
});

export type RoomBody = z.output<typeof roomSchema>;
