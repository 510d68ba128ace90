import { z } from "zod";
import { DEFAULT } from "./field.ts";
import { roomSpecSchema } from "./schema.ts";

/**
 * JSON Schema (draft 2020-12) of a RoomSpec as people write it: defaults are optional, null stands for absent. It covers
 * shape and names; rules about the whole spec are checked by `validate` alone.
 */
export function roomSpecJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(roomSpecSchema, {
    target: "draft-2020-12",
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // The largest exact number is not a limit of RoomSpec.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (!(DEFAULT in jsonSchema)) return;
      Object.assign(jsonSchema, { default: jsonSchema[DEFAULT] });
      delete jsonSchema[DEFAULT];
    },
  });
}
