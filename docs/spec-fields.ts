import { z } from "zod";
import { roomSpecJsonSchema } from "../agent/spec/json-schema.ts";

/** One field of a RoomSpec, as a page shows it. All cells are Markdown. */
export interface SpecField {
  /** `spec.entities[].id`. */
  readonly field: string;
  readonly range: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** The part of JSON Schema that the schema of RoomSpec uses. */
const node = z.looseObject({
  description: z.string().default(""),
  default: z.json().optional(),
  deprecated: z.boolean().default(false),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  required: z.array(z.string()).default([]),
  get properties() {
    return z.record(z.string(), node).optional();
  },
  get items() {
    return node.optional();
  },
  get anyOf() {
    return z.array(node).default([]);
  },
});

type Node = z.infer<typeof node>;

/** Every field, in the order of the schema; other spellings of a field are left out. */
export function specFields(): readonly SpecField[] {
  return membersOf(node.parse(roomSpecJsonSchema()), "");
}

function membersOf(schema: Node, prefix: string): readonly SpecField[] {
  const object = alternatives(schema).find(({ properties }) => properties !== undefined);
  return Object.entries(object?.properties ?? {})
    .filter(([, member]) => !member.deprecated)
    .flatMap(([name, member]) => {
      const field = prefix + name;
      const required = object?.required.includes(name) === true;
      return [toField(field, member, required), ...membersBelow(field, member)];
    });
}

function membersBelow(field: string, member: Node): readonly SpecField[] {
  const list = alternatives(member).find(({ items }) => items !== undefined);
  if (list?.items !== undefined) return membersOf(list.items, `${field}[].`);
  return membersOf(member, `${field}.`);
}

function toField(field: string, member: Node, required: boolean): SpecField {
  return {
    field: `\`${field}\``,
    range: rangeOf(member),
    fallback: required ? "required" : fallbackOf(member),
    meaning: member.description,
  };
}

function fallbackOf({ default: fallback }: Node): string {
  if (fallback === undefined || fallback === null) return "none";
  return `\`${typeof fallback === "string" ? fallback : JSON.stringify(fallback)}\``;
}

function rangeOf(member: Node): string {
  const values = alternatives(member).flatMap((each) => each.enum ?? each.const ?? []);
  if (values.length > 0) return values.map((value) => `\`${value}\``).join(", ");
  const [shape] = alternatives(member).filter(({ type }) => type !== undefined && type !== "null");
  const [type] = [shape?.type ?? "object"].flat();
  if (type === "array") {
    const isText = alternatives(shape?.items ?? member).some((item) => item.type === "string");
    return isText ? "a list of names" : "a list";
  }
  if (type === "integer") return `a whole number from ${shape?.minimum ?? 0}`;
  return { string: "text", boolean: "`true` or `false`", object: "a mapping" }[type ?? ""] ?? "any";
}

/** A schema and what it offers instead. */
function alternatives(schema: Node): readonly Node[] {
  return [schema, ...schema.anyOf];
}
