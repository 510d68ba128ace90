import type { Rule } from "./rule.ts";

/** No list is longer than the limit. */
export const listSizes: Rule = (outline, { maxEntities }) =>
  (["entities", "artifacts", "resources"] as const)
    .filter((list) => outline[list].length > maxEntities)
    .map((list) => ({
      path: ["spec", list],
      message: `has ${outline[list].length} entries, more than the limit of ${maxEntities} per room: split the room`,
    }));
