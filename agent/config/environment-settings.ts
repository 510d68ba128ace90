import { quoted } from "../kernel/quoted.ts";
import type { z } from "zod";
import type { Environment } from "./environment.ts";
import { entryOf, membersOf, ownMember, unwrap } from "./key.ts";
import { nearest } from "../kernel/nearest.ts";
import { configSchema } from "./schema.ts";
import { toKey } from "./problem.ts";
import type { KeyPath, Problem } from "./problem.ts";

/** A setting that a variable makes. */
export interface EnvironmentSetting {
  readonly variable: string;
  readonly path: KeyPath;
  readonly text: string;
}

type Members = Readonly<Record<string, z.ZodType>>;

/** More are named by the list of all keys. */
const MOST_MEANT = 3;
const POSITION = /^(0|[1-9]\d{0,2})$/;

/**
 * The variables that are settings: `Section__Key__0__Sub`, whatever their case. Variables whose first part is none of our
 * sections, or that have no `__`, are ignored.
 */
export function readSettings(env: Environment): {
  readonly settings: readonly EnvironmentSetting[];
  readonly problems: readonly Problem[];
} {
  const settings = new Map<string, EnvironmentSetting>();
  const problems: Problem[] = [];
  for (const [variable, text] of Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (text === undefined || !isOurs(variable)) continue;
    const found = findPath(configSchema, variable.split("__"));
    if (found.kind === "unknown") {
      problems.push({ key: toKey([variable]), message: found.message });
      continue;
    }
    const id = JSON.stringify(found.path);
    const other = settings.get(id);
    if (other !== undefined && other.text !== text) {
      problems.push({
        key: toKey([variable]),
        message: `sets the same key as ${other.variable} to another value; keep one of them`,
      });
    }
    settings.set(id, { variable, path: found.path, text });
  }
  return { settings: [...settings.values()], problems };
}

function isOurs(variable: string): boolean {
  const [section, ...rest] = variable.split("__");
  const wanted = section?.toLowerCase();
  return (
    rest.length > 0 && Object.keys(configSchema.shape).some((name) => name.toLowerCase() === wanted)
  );
}

type Found =
  | { readonly kind: "found"; readonly path: KeyPath }
  | { readonly kind: "unknown"; readonly message: string };

function findPath(root: z.ZodType, parts: readonly string[]): Found {
  const path: (string | number)[] = [];
  let schema = root;
  for (const part of parts) {
    const members = membersOf(schema);
    const entry = entryOf(schema);
    if (members !== undefined) {
      const name = Object.keys(members).find((known) => known.toLowerCase() === part.toLowerCase());
      if (name === undefined) return unknownMember(part, members);
      path.push(name);
      schema = ownMember(members, name) ?? schema;
    } else if (entry !== undefined) {
      if (!POSITION.test(part)) {
        return unknown(
          `${quoted(part)} is not a position in a list; number entries from 0, as in __0`,
        );
      }
      path.push(Number(part));
      schema = entry;
    } else if (unwrap(schema).def.type === "unknown") {
      return { kind: "found", path };
    } else {
      return unknown(`there is nothing below ${path.join("__")}; end the name there`);
    }
  }
  if (membersOf(schema) !== undefined) {
    return unknown(`is a section; set its keys, as in ${path.join("__")}__<Key>`);
  }
  if (entryOf(schema) !== undefined) {
    return unknown(`is a list; set its entries, as in ${path.join("__")}__0`);
  }
  return { kind: "found", path };
}

function unknown(message: string): Found {
  return { kind: "unknown", message };
}

function unknownMember(part: string, members: Members): Found {
  return unknown(`${quoted(part)} is not a known key; ${suggestion(part, members, "__")}`);
}

/** What to do about a key that is none of `members`: one that is written nearly so, one of this name further below, or all. */
export function suggestion(name: string, members: Members, separator: "." | "__"): string {
  const known = Object.keys(members);
  const close = nearest(name, known);
  const meant =
    close === undefined ? keysBelow(name, members, separator).slice(0, MOST_MEANT) : [close];
  return meant.length === 0
    ? `known here: ${known.sort().join(", ")}`
    : `did you mean ${meant.join(" or ")}?`;
}

/** Paths below `members` that end with this name. */
function keysBelow(name: string, members: Members, separator: string): readonly string[] {
  return Object.entries(members).flatMap(([above, schema]) =>
    Object.entries(membersOf(schema) ?? {}).flatMap(([key, member]) => {
      const path = `${above}${separator}${key}`;
      const isNamed = key.toLowerCase() === name.toLowerCase();
      return [...(isNamed ? [path] : []), ...keysBelow(name, { [path]: member }, separator)];
    }),
  );
}
