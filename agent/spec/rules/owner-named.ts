import { quoted } from "../finding.ts";
import { isBlank } from "../text.ts";
import type { Rule } from "./rule.ts";

/** An entity that only its owner sees names that owner. */
export const ownerNamed: Rule = (outline) =>
  outline.entities
    .filter(
      ({ visibility, ownerUserId }) =>
        visibility?.text.toLowerCase() === "owner" &&
        (ownerUserId === null || (ownerUserId !== "not text" && isBlank(ownerUserId.text))),
    )
    .map((entity) => ({
      path: [...entity.path, "ownerUserId"],
      message: `is missing while visibility is owner: name the user who owns ${quoted(entity.name?.text ?? "the entity")}`,
    }));
