import type { z } from "zod";
import type { Environment } from "./environment.ts";
import { suggestion } from "./environment-settings.ts";
import type { EnvironmentSetting } from "./environment-settings.ts";
import { expand } from "./expand.ts";
import { entryOf, membersOf, noteOf, ownMember, unwrap } from "./key.ts";
import { toKey } from "./problem.ts";
import type { KeyPath, Origin, Problem } from "./problem.ts";

/** A text that a variable gave: it becomes what its key wants. */
class FromVariable {
  readonly text: string;
  readonly variable: string;

  constructor(text: string, variable: string) {
    this.text = text;
    this.variable = variable;
  }
}

type Tree = Record<string, unknown>;

export interface Resolved {
  /** Known keys alone, texts filled in and coerced; not checked yet. */
  readonly tree: unknown;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** By key. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** The one value whose unset variable means "none". */
const OPTIONAL_VARIABLE = "Auth.Token";

/** Lays the variables over what the file holds. A place where the file has another shape stays as the file has it. */
export function overlay(file: unknown, settings: readonly EnvironmentSetting[]): unknown {
  return settings.reduce(
    (tree, { path, text, variable }) => place(tree, path, new FromVariable(text, variable)),
    file,
  );
}

function place(value: unknown, path: KeyPath, leaf: FromVariable): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return leaf;
  if (typeof part === "number") {
    if (value !== undefined && !Array.isArray(value)) return value;
    const list: unknown[] = value === undefined ? [] : value.slice();
    list[part] = place(list[part], rest, leaf);
    return list;
  }
  if (value !== undefined && !isTree(value)) return value;
  return { ...value, [part]: place(value?.[part], rest, leaf) };
}

/** Walks a tree along the schema: refuses unknown keys, fills in `${VAR}`, coerces texts that variables gave. */
export function resolve(schema: z.ZodType, tree: unknown, env: Environment): Resolved {
  const walk = new Walk(env);
  const resolved = walk.visit(schema, tree, []);
  return {
    tree: resolved,
    problems: walk.problems,
    warnings: walk.warnings,
    origins: walk.origins,
  };
}

class Walk {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly origins = new Map<string, Origin>();
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  visit(schema: z.ZodType, value: unknown, path: KeyPath): unknown {
    this.#judgeLater(schema, path);
    const members = membersOf(schema);
    if (members !== undefined && isTree(value)) return this.#visitMembers(members, value, path);
    const entry = entryOf(schema);
    if (entry !== undefined && Array.isArray(value)) return this.#visitEntries(entry, value, path);
    if (value instanceof FromVariable) {
      this.origins.set(toKey(path), { text: value.variable, expanded: false });
      return this.#fill(schema, { text: value.text, path, coerced: true });
    }
    return typeof value === "string"
      ? this.#fill(schema, { text: value, path, coerced: false })
      : value;
  }

  /** What is not built yet has no effect. */
  #judgeLater(schema: z.ZodType, path: KeyPath): void {
    if (noteOf(schema)?.later !== true) return;
    this.warnings.push({
      key: toKey(path),
      message: "has no effect yet; it belongs to a later version",
    });
  }

  #visitMembers(members: Readonly<Record<string, z.ZodType>>, tree: Tree, path: KeyPath): Tree {
    const visited: [string, unknown][] = [];
    for (const [name, value] of Object.entries(tree)) {
      const member = ownMember(members, name);
      if (member === undefined) {
        this.#problem(
          [...path, name],
          `is not a known key; ${suggestion(name, members, { path, writtenAs: "key" })}`,
        );
      } else {
        visited.push([name, this.visit(member, value, [...path, name])]);
      }
    }
    return Object.fromEntries(visited);
  }

  #visitEntries(entry: z.ZodType, list: readonly unknown[], path: KeyPath): unknown[] {
    return Array.from(list, (value, position) => {
      if (position in list) return this.visit(entry, value, [...path, position]);
      this.#problem([...path, position], "is missing; number the entries from 0 without a gap");
      return undefined;
    });
  }

  #fill(
    schema: z.ZodType,
    { text, path, coerced }: { text: string; path: KeyPath; coerced: boolean },
  ): unknown {
    if (takesVariable(text) && noteOf(schema)?.secret !== true) {
      this.#problem(
        path,
        `takes no \${VAR}: only keys that hold a secret do; write the value here, or set the variable ${path.join("__")}`,
      );
      return undefined;
    }
    const filled = expand(text, this.#env);
    switch (filled.kind) {
      case "plain":
        return coerced ? coerce(schema, text) : text;
      case "expanded":
        this.origins.set(toKey(path), { text: "a ${VAR} in it", expanded: true });
        return coerce(schema, filled.text);
      case "unset":
        if (toKey(path) !== OPTIONAL_VARIABLE) {
          this.#problem(
            path,
            `needs the variable ${filled.variable}, which is not set; set it or take \${${filled.variable}} out`,
          );
        }
        return undefined;
      case "malformed":
        this.#problem(
          path,
          `has a "\${" that begins no \${NAME}; write "$\${" where those two letters are meant`,
        );
        return undefined;
    }
  }

  #problem(path: KeyPath, message: string): void {
    this.problems.push({ key: toKey(path), message });
  }
}

/** Whether a text would be filled in from the environment; `$${` stands for two letters. */
function takesVariable(text: string): boolean {
  return /\$\{[A-Za-z_]\w*\}/.test(text.replaceAll("$${", ""));
}

function isTree(value: unknown): value is Tree {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof FromVariable)
  );
}

/** A text as the type its key has; a text that does not look like it stays, for the schema to refuse. */
function coerce(schema: z.ZodType, text: string): unknown {
  const wanted = unwrap(schema).def.type;
  if (wanted === "number" && /^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
  if (wanted === "boolean" && /^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  return text;
}
