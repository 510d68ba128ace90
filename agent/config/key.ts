import { z } from "zod";

/** What a person needs to know of one configuration key. */
export interface KeyNote {
  /** What the key does. A sentence without its full stop. */
  readonly meaning: string;
  /** What may stand there, to be read after "must be": `a whole number from 1 to 10`. */
  readonly range: string;
  /** The default as the page shows it, where the schema has no plain one. */
  readonly shownDefault?: string;
  /** True: the value is never quoted in a message. */
  readonly secret?: boolean;
  /** True: an address, quoted without its user part. */
  readonly url?: boolean;
  /** True: accepted, and without effect until a later version builds it. */
  readonly later?: boolean;
}

const notes = z.registry<KeyNote>();

/** Gives a schema its note. Only the instance handed back carries it, so this comes last, after `.default()`. */
export function key<S extends z.ZodType>(schema: S, note: KeyNote): S {
  notes.add(schema, note);
  return schema;
}

export function noteOf(schema: z.ZodType): KeyNote | undefined {
  return notes.get(schema);
}

/** The schema under `.default()` and `.optional()`. */
export function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrap(schema.def.innerType as z.ZodType);
  }
  if (schema instanceof z.ZodOptional) return unwrap(schema.def.innerType as z.ZodType);
  return schema;
}

/** The members of an object schema by name, or undefined where the schema is not an object. */
export function membersOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined {
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? inner.shape : undefined;
}

/** The schema of a list's entries, or undefined where the schema is not a list. */
export function entryOf(schema: z.ZodType): z.ZodType | undefined {
  const inner = unwrap(schema);
  return inner instanceof z.ZodArray ? (inner.def.element as z.ZodType) : undefined;
}

/** The member of a record that is its own, by exact name. */
export function ownMember<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
