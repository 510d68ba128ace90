import type { RoomSpec } from "./room-spec.ts";

/** What the agent does about changes that another writer made to a room. */
export const DRIFT_POLICIES = ["correct", "report", "off"] as const;

export type DriftPolicy = (typeof DRIFT_POLICIES)[number];

export const DRIFT_ANNOTATION = "room-operator/drift";

export function isDriftPolicy(text: string): text is DriftPolicy {
  return DRIFT_POLICIES.some((policy) => policy === text);
}

/** What a spec says of its own room's drift; null: nothing. */
export function annotatedDrift({ metadata }: RoomSpec): DriftPolicy | null {
  const text = metadata.annotations[DRIFT_ANNOTATION];
  return text !== undefined && isDriftPolicy(text) ? text : null;
}
