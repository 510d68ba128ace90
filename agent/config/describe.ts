import { z } from "zod";
import { entryOf, membersOf, noteOf } from "./key.ts";
import { configSchema } from "./schema.ts";

/** One key, as a page or a help text shows it. */
export interface KeyDescription {
  /** `Git.Sources[].Url`. */
  readonly key: string;
  readonly meaning: string;
  /** What may stand there. */
  readonly range: string;
  /** Markdown. */
  readonly fallback: string;
  /** True: accepted, without effect in this version. */
  readonly later: boolean;
}

/** Every key, in the order of the schema. */
export function describeKeys(): readonly KeyDescription[] {
  return describe(configSchema, "");
}

function describe(schema: z.ZodType, key: string): readonly KeyDescription[] {
  const note = noteOf(schema);
  if (note !== undefined) {
    const { meaning, range, later = false } = note;
    return [{ key, meaning, range, fallback: note.shownDefault ?? defaultOf(schema), later }];
  }
  const members = membersOf(schema);
  if (members !== undefined) {
    return Object.entries(members).flatMap(([name, member]) =>
      describe(member, key === "" ? name : `${key}.${name}`),
    );
  }
  const entry = entryOf(schema);
  return entry === undefined ? [] : describe(entry, `${key}[]`);
}

function defaultOf(schema: z.ZodType): string {
  return schema instanceof z.ZodDefault
    ? `\`${JSON.stringify(schema.def.defaultValue).replace(/^"|"$/g, "")}\``
    : "unset";
}
