import { quoted, shown } from "./finding.ts";
import type { Finding, ValuePath } from "./finding.ts";
import { MAX_PROBLEMS } from "./mark.ts";
import { MAX_DEPTH } from "./read-tokens.ts";

/**
 * What in a value JSON cannot carry exactly, or no spec may hold: other types, numbers that lose digits, half surrogate
 * pairs, a member called `__proto__`, nesting beyond the limit. Empty: the value is plain JSON.
 */
export function findNotJson(value: unknown): readonly Finding[] {
  const findings: Finding[] = [];
  visit(value, [], findings);
  return findings;
}

function visit(value: unknown, path: ValuePath, findings: Finding[]): void {
  if (findings.length >= MAX_PROBLEMS) return;
  if (typeof value !== "object" || value === null) {
    const message = scalarProblem(value);
    if (message !== null) findings.push({ path, message });
  } else if (path.length >= MAX_DEPTH) {
    findings.push({ path, message: `nested deeper than ${MAX_DEPTH} levels: flatten the spec` });
  } else if (Array.isArray(value)) {
    for (const [position, item] of value.entries()) visit(item, [...path, position], findings);
  } else {
    visitMembers(value, path, findings);
  }
}

function visitMembers(value: object, path: ValuePath, findings: Finding[]): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    findings.push({ path, message: "is not plain data: use text, numbers, lists and mappings" });
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    const memberPath = [...path, key];
    if (key === "__proto__" || !key.isWellFormed()) {
      findings.push({
        path: memberPath,
        message: `the name ${quoted(key)} is not allowed: rename the member`,
        atKey: true,
      });
    } else {
      visit(member, memberPath, findings);
    }
  }
}

function scalarProblem(value: unknown): string | null {
  switch (typeof value) {
    case "string":
      return value.isWellFormed() ? null : `${quoted(value)} holds half of a character: retype it`;
    case "number":
      if (!Number.isFinite(value)) return `${value} is not a number that JSON can hold: remove it`;
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        return `${value} has more digits than a number can carry exactly: put it in quotes`;
      }
      return null;
    case "boolean":
      return null;
    case "object":
      return null;
    case "undefined":
    case "bigint":
    case "symbol":
    case "function":
      return `${shown(value)} of type ${typeof value} is not plain data: remove it`;
  }
}
