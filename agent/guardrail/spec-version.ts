import type { Guardrail } from "./guardrail.ts";

/** `metadata.version` goes down in a revert alone; the reasons are those of the version law. */
export const specVersion: Guardrail = {
  name: "version",
  judge: (_plan, { version }) => version ?? undefined,
};
