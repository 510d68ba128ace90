import type { Rule } from "./rule.ts";

const SPELLINGS = [
  ["allow_commands_from", "allowCommandsFrom"],
  ["sandbox_mode", "sandboxMode"],
  ["env_whitelist", "envWhitelist"],
] as const;

/** A policy member is given in one of its two spellings, not in both. */
export const singleSpelling: Rule = (outline) =>
  outline.entities.flatMap(({ policyMembers, policyPath }) =>
    SPELLINGS.filter(([name, alias]) => policyMembers.has(name) && policyMembers.has(alias)).map(
      ([name, alias]) => ({
        path: [...policyPath, alias],
        message: `is another spelling of ${name}, which is given too: keep ${name}`,
        atKey: true,
      }),
    ),
  );
