import { z } from "zod";
import { ATTRIBUTE_NAMES } from "../plan/attribute-names.ts";
import { DRIFT_POLICIES } from "../spec/drift-annotation.ts";
import { key } from "./key.ts";
import { line } from "./values.ts";

/** `entity/E-*`: a kind of item, and a glob of its name. */
const ITEM_GLOB = /^(?:entity|artifact|policy|resource)\/./;

const ITEM_RANGE =
  "`entity/`, `artifact/`, `policy/` or `resource/` and a glob of names, such as `entity/E-*`";
const ATTRIBUTE_RANGE = `one of ${ATTRIBUTE_NAMES.map((name) => `\`${name}\``).join(", ")}`;

const ignored = z.strictObject({
  Items: key(
    z
      .array(key(line.regex(ITEM_GLOB), { meaning: "Items that may drift", range: ITEM_RANGE }))
      .min(1)
      .max(256),
    {
      meaning: "Which items may drift",
      range: `a list of 1 to 256 entries, each ${ITEM_RANGE}`,
      shownDefault: "required",
    },
  ),
  Attributes: key(
    z
      .array(key(z.enum(ATTRIBUTE_NAMES), { meaning: "An attribute", range: ATTRIBUTE_RANGE }))
      .min(1)
      .optional(),
    {
      meaning:
        "Which of their attributes may; left out: all. An item that differs in another one as well is corrected whole",
      range: `a list of at least one, each ${ATTRIBUTE_RANGE}`,
    },
  ),
});

/** `Git.Sources[].Drift`. */
export const driftSchema = z
  .strictObject({
    Policy: key(z.enum(DRIFT_POLICIES).default("correct"), {
      meaning:
        "What happens when a room that was verified differs and its spec did not change: `correct` puts it back, `report` publishes the difference and writes nothing, `off` ignores it. The spec's annotation `room-operator/drift` wins ([drift](spec.md#drift))",
      range: "`correct`, `report` or `off`",
    }),
    Ignore: z.array(ignored).max(256).default([]),
  })
  .prefault({});
