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

/** Places that are named for a key; more are left out. */
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
      if (name === undefined) return unknownMember(part, members, path);
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

function unknownMember(part: string, members: Members, path: KeyPath): Found {
  const hint = suggestion(part, members, { path, writtenAs: "variable" });
  return unknown(`${quoted(part)} is not a known key; ${hint}`);
}

/**
 * What to do about a key that is none of `members`: one that is written nearly so or, by its whole path, one of this name further
 * below; else all there are. `at` leads to them.
 */
export function suggestion(
  name: string,
  members: Members,
  at: { readonly path: KeyPath; readonly writtenAs: "key" | "variable" },
): string {
  const known = Object.keys(members);
  const close =
    nearest(name, known) ??
    known.find((key) => endsWith(key, name)) ??
    known.find((key) => beginsWith(key, name));
  const below = close === undefined ? keysBelow(name, members) : [];
  const named = below.map((keys) => {
    const path = [...at.path, ...keys];
    return at.writtenAs === "variable" ? path.join("__") : toKey(path);
  });
  const meant = close === undefined ? named.slice(0, MOST_MEANT) : [close];
  return meant.length === 0
    ? `known here: ${known.sort().join(", ")}`
    : `did you mean ${meant.join(" or ")}?`;
}

/** Where below `members` a key has this name; of a list, in its first entry. */
function keysBelow(name: string, members: Members): readonly KeyPath[] {
  return Object.entries(members).flatMap(([above, schema]) => {
    const entry = entryOf(schema);
    const path = entry === undefined ? [above] : [above, 0];
    const inside = membersOf(entry ?? schema) ?? {};
    const here = Object.keys(inside).filter((key) => key.toLowerCase() === name.toLowerCase());
    return [...here.map((key) => [key]), ...keysBelow(name, inside)].map((keys) => [
      ...path,
      ...keys,
    ]);
  });
}

/** `Timeout` for `TimeoutSeconds`. */
function beginsWith(key: string, name: string): boolean {
  return name.length > 2 && key.toLowerCase().startsWith(name.toLowerCase());
}

function endsWith(key: string, name: string): boolean {
  return name !== "" && key.toLowerCase().endsWith(name.toLowerCase());
}
