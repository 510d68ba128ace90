import type { Guardrail } from "./guardrail.ts";

/**
 * A new spec is accepted only while the sync windows of its room allow it, one that changes nothing included: until then the
 * last accepted one is enforced. No confirmation lifts it.
 */
export const syncWindow: Guardrail = {
  name: "sync-window",
  judge: (_plan, { window }) =>
    window === null
      ? undefined
      : {
          guardrail: "sync-window",
          reason: window.nextAllowedAt === null ? "SyncWindowNeverOpens" : "SyncWindowClosed",
          effect: "refusal",
          message: window.message,
          items: [],
          confirmable: false,
          ...(window.nextAllowedAt === null ? {} : { nextAllowedAt: window.nextAllowedAt }),
        },
};
