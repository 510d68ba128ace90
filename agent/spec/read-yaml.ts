import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Document, Pair } from "yaml";
import { composeYaml } from "./compose-yaml.ts";
import { quoted, toMessage } from "./finding.ts";
import type { Finding, ValuePath } from "./finding.ts";
import { MAX_PROBLEMS, markAt } from "./mark.ts";
import type { Mark } from "./mark.ts";

export type YamlReading =
  | { readonly kind: "refused"; readonly marks: readonly Mark[] }
  | {
      readonly kind: "read";
      /** Best effort where `problems` is not empty. Not yet known to be JSON. */
      readonly value: unknown;
      readonly problems: readonly Mark[];
      /** Whether `value` is worth judging: false after a syntax error or where a value is not known. */
      readonly complete: boolean;
      /** The file's text for a value; null where there is none. */
      sourceOf(path: ValuePath): string | null;
      /** Gives a finding its place in the file. */
      locate(finding: Finding): Mark;
    };

/** A YAML (or JSON) text as a value, with every structural problem and the way back from a path to its place. */
export function readYaml(text: string, maxTokens: number): YamlReading {
  const composed = composeYaml(text, maxTokens);
  if (composed.kind === "refused") return composed;
  const { document, lines, syntax, forbidden, incomplete } = composed;
  const problems: Mark[] = [...syntax, ...forbidden];
  let merged = false;
  const report = (offset: number, message: string) => {
    if (message === MERGE_KEY) merged = true;
    if (problems.length < MAX_PROBLEMS) problems.push(markAt(lines, offset, message));
  };
  const value = toValue(document.contents, syntax.length > 0 ? () => {} : report);
  return {
    kind: "read",
    value,
    problems,
    complete: syntax.length === 0 && !incomplete && !merged,
    sourceOf: (path) => sourceOf(document, path),
    locate: (finding) => markAt(lines, offsetOf(document, finding), toMessage(finding)),
  };
}

type Report = (offset: number, message: string) => void;

const MERGE_KEY = "merge keys (<<) are not allowed in a spec: write the members out";

/** Recursion is bounded by the nesting limit of `composeYaml`. */
function toValue(node: unknown, report: Report): unknown {
  if (isScalar(node)) return node.value;
  if (isMap(node)) return toMapping(node.items, report);
  if (isSeq(node)) return node.items.map((item) => toValue(item, report));
  return null;
}

function toMapping(pairs: readonly Pair[], report: Report): unknown {
  const members = new Map<string, unknown>();
  for (const pair of pairs) {
    const at = startOf(pair.key) ?? 0;
    const key = isScalar(pair.key) ? pair.key.value : undefined;
    if (typeof key !== "string") {
      const source = isScalar(pair.key) ? (pair.key.source ?? "") : "";
      const example = source === "" ? "" : ` (${quoted(source)})`;
      report(at, `a member's name must be text: put it in quotes${example}`);
    } else if (isMergeKey(pair.key)) {
      report(at, MERGE_KEY);
    } else if (members.has(key)) {
      report(at, `${quoted(key)} is given twice in one mapping: keep one of them`);
    } else {
      members.set(key, toValue(pair.value, report));
    }
  }
  return Object.fromEntries(members);
}

/** Only `<<` without quotes would merge. */
function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === "<<" && key.type === "PLAIN";
}

function startOf(node: unknown): number | null {
  if (!(isScalar(node) || isMap(node) || isSeq(node) || isAlias(node))) return null;
  return node.range?.[0] ?? null;
}

/** Whether a node has any text of its own; `key:` alone has a value without one. */
function hasText(node: unknown): boolean {
  if (!(isScalar(node) || isMap(node) || isSeq(node) || isAlias(node))) return false;
  const range = node.range;
  return range !== undefined && range !== null && range[1] > range[0];
}

/** The offset of what a finding is about: its value, its key, or where it is missing the nearest parent's key. */
function offsetOf(document: Document.Parsed, finding: Finding): number {
  let node: unknown = document.contents;
  let nearest = startOf(node) ?? 0;
  for (const [position, step] of finding.path.entries()) {
    const next = stepInto(node, step);
    if (next === null) return nearest;
    nearest = next.offset ?? nearest;
    node = next.node;
    if (finding.atKey === true && position === finding.path.length - 1) return nearest;
  }
  return hasText(node) ? (startOf(node) ?? nearest) : nearest;
}

function sourceOf(document: Document.Parsed, path: ValuePath): string | null {
  let node: unknown = document.contents;
  for (const step of path) node = stepInto(node, step)?.node;
  return isScalar(node) && hasText(node) ? (node.source ?? null) : null;
}

/** One step down: the node, and the offset of its key or of the list item. Null where there is no such member. */
function stepInto(
  node: unknown,
  step: ValuePath[number],
): { node: unknown; offset: number | null } | null {
  if (isMap(node)) {
    const pair = node.items.find((each) => isScalar(each.key) && each.key.value === step);
    return pair === undefined ? null : { node: pair.value, offset: startOf(pair.key) };
  }
  if (isSeq(node) && typeof step === "number" && step < node.items.length) {
    const item = node.items[step];
    return { node: item, offset: startOf(item) };
  }
  return null;
}
