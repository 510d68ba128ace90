import { valueAt } from "./check.ts";
import { forgeRepository } from "./forge-address.ts";
import { membersOf } from "./key.ts";
import { labelsSchema, planSchema } from "./forge-schema.ts";
import { toKey } from "./problem.ts";
import type { KeyPath, Problem } from "./problem.ts";

const APP = ["Id", "InstallationId", "PrivateKeyFile"] as const;

const LOGINS = ["Token", "TokenFile", "App"] as const;

/** Whether a source's `Forge` says who signs in to which forge, and nothing asks for a forge that is not named. */
export function checkForge(tree: unknown, position: number): readonly Problem[] {
  const source = ["Git", "Sources", position];
  const path = [...source, "Forge"];
  const at = (name: string) => valueAt(tree, [...path, name]);
  if (at("Kind") === undefined) return withoutForge(tree, source);
  const found = [...checkLogin(tree, path, at), ...checkLabelNames(tree, source)];
  const url = valueAt(tree, [...source, "Url"]);
  if (typeof url !== "string") return found;
  const isNamed = at("Repository") !== undefined || forgeRepository(url, "gitea") !== null;
  return isNamed
    ? found
    : [...found, problem([...path, "Repository"], "is required: Url has no owner and name")];
}

/** Without a forge no label is read and no plan is written: keys that ask for it would promise what is not kept. */
function withoutForge(tree: unknown, source: KeyPath): readonly Problem[] {
  const sections = { Labels: labelsSchema, Plan: planSchema };
  return Object.entries(sections).flatMap(([section, schema]) =>
    Object.keys(membersOf(schema) ?? {})
      .filter((name) => valueAt(tree, [...source, section, name]) !== undefined)
      .map((name) =>
        problem(
          [...source, section, name],
          "has no effect without Forge: write Forge.Kind and a token, or take it out",
        ),
      ),
  );
}

function checkLogin(
  tree: unknown,
  path: KeyPath,
  at: (name: string) => unknown,
): readonly Problem[] {
  const app = APP.filter((name) => valueAt(tree, [...path, "App", name]) !== undefined);
  const given = LOGINS.filter((name) => (name === "App" ? app.length > 0 : at(name) !== undefined));
  const [first, ...others] = given;
  if (first === undefined)
    return [problem([...path, "TokenFile"], "is required: a forge is asked with a token")];
  const twice = others.map((name) =>
    problem([...path, name], `is set as well as ${first}; keep one of them`),
  );
  if (app.length === 0) return twice;
  if (at("Kind") !== "github")
    return [
      ...twice,
      problem([...path, "App"], "has an effect with Kind `github` alone: use a token"),
    ];
  const missing = APP.filter((name) => !app.includes(name)).map((name) =>
    problem([...path, "App", name], "is required: an app signs in with all three"),
  );
  return [...twice, ...missing];
}

/** One label cannot ask for both. Forges do not tell upper from lower case. */
function checkLabelNames(tree: unknown, source: KeyPath): readonly Problem[] {
  const nameOf = (name: string, fallback: string) => {
    const value = valueAt(tree, [...source, "Labels", name]);
    return (typeof value === "string" ? value : fallback).toLowerCase();
  };
  return nameOf("Confirm", "confirm") === nameOf("DryRun", "dry-run")
    ? [problem([...source, "Labels", "DryRun"], "must be another label than Confirm")]
    : [];
}

function problem(path: KeyPath, message: string): Problem {
  return { key: toKey(path), message };
}
