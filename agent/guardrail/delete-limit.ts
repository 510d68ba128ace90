import type { Guardrail } from "./guardrail.ts";
import { judgeLimit } from "./removal-limit.ts";

/** No more artifact deletes in one pass than `MaxArtifactsDeletePerCycle`. */
export const deleteLimit: Guardrail = {
  name: "delete-limit",
  judge: (plan, facts) =>
    judgeLimit(
      {
        guardrail: deleteLimit.name,
        reason: "DeleteLimitExceeded",
        kind: "delete",
        what: "artifacts",
        key: "MaxArtifactsDeletePerCycle",
        max: facts.limits.maxArtifactsDeletePerCycle,
      },
      plan,
      facts,
    ),
};
