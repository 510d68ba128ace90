import type { Guardrail } from "./guardrail.ts";
import { judgeLimit } from "./removal-limit.ts";

/** No more kicks in one pass than `MaxEntitiesKickPerCycle`. */
export const kickLimit: Guardrail = {
  name: "kick-limit",
  judge: (plan, facts) =>
    judgeLimit(
      {
        guardrail: kickLimit.name,
        reason: "KickLimitExceeded",
        kind: "kick",
        what: "entities",
        key: "MaxEntitiesKickPerCycle",
        max: facts.limits.maxEntitiesKickPerCycle,
      },
      plan,
      facts,
    ),
};
