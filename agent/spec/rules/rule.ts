import type { Finding } from "../finding.ts";
import type { Outline } from "../outline.ts";

/** One small law about a whole spec. Pure; says nothing about parts the outline could not read. */
export type Rule = (outline: Outline, limits: RuleLimits) => readonly Finding[];

export interface RuleLimits {
  readonly roomIdPattern: RegExp;
  /** How many entries each list may have. */
  readonly maxEntities: number;
}
