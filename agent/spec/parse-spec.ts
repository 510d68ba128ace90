import { checkSpec } from "./check-spec.ts";
import { POINTER_NAMES, pointerKindOf, type PointerKind } from "./content-pointer.ts";
import { decodeText } from "./decode-text.ts";
import { specDigest } from "./digest.ts";
import { toMessage, unquotedMessage } from "./finding.ts";
import type { Finding, ValuePath } from "./finding.ts";
import { MAX_PROBLEMS } from "./mark.ts";
import type { Mark } from "./mark.ts";
import { toProblems } from "./problems.ts";
import type { ProblemScope } from "./problems.ts";
import { readPlain } from "./read-plain.ts";
import { readYaml } from "./read-yaml.ts";
import type { ParseOptions, ParsedSpec } from "./room-spec.ts";
import { conflictMark, oddBlankMark } from "./text-hints.ts";
import type { RuleLimits } from "./rules/rule.ts";
import { unwrapPosted } from "./unwrap-posted.ts";

const DEFAULT_MAX_ENTITIES = 1000;

/** Bounds time and memory: a file of `maxBytes` may not be denser than this. Specs as people write them have 4 to 6. */
const BYTES_PER_TOKEN = 4;

/** A short file gets this many whatever the limit is. */
const MIN_TOKENS = 1000;

function pointerMark(kind: PointerKind): Mark {
  const message = `the file is ${POINTER_NAMES[kind]}, and the content behind it is not read: commit the spec itself`;
  return { line: 1, column: 1, message };
}

/**
 * The bytes of a spec file (YAML 1.2 or JSON) as a RoomSpec, or all its errors with their places, and the warnings in both
 * cases. Pure and total: it never throws, whatever the bytes are.
 */
export function parseSpec(bytes: Uint8Array, options: ParseOptions): ParsedSpec {
  const pointer = pointerKindOf(bytes);
  if (pointer !== null) return refused([pointerMark(pointer)], options);
  const decoded = decodeText(bytes, options.maxBytes);
  if (decoded.kind === "refused") return refused([decoded.mark], options);
  const maxTokens = Math.max(MIN_TOKENS, Math.ceil(options.maxBytes / BYTES_PER_TOKEN));
  const plain = parsePlain(decoded.text, maxTokens, options);
  if (plain !== null) return plain;
  const parsed = parseText(decoded.text, maxTokens, options);
  if (parsed.kind === "valid") return parsed;
  const conflict = conflictMark(decoded.text);
  return conflict === null ? parsed : refused([conflict], options);
}

/** A spec without anything to say of it: it needs no places. Null for any other text. */
function parsePlain(text: string, maxTokens: number, options: ParseOptions): ParsedSpec | null {
  const read = options.posted === true ? null : readPlain(text, maxTokens);
  if (read === null) return null;
  const { spec, warnings } = checkSpec(read.value, limitsOf(options));
  if (spec === null || warnings.length > 0) return null;
  return { kind: "valid", spec, digest: specDigest(spec), warnings: [] };
}

function parseText(text: string, maxTokens: number, options: ParseOptions): ParsedSpec {
  const read = readYaml(text, maxTokens);
  const oddBlank = oddBlankMark(text);
  const hints = oddBlank === null ? [] : [oddBlank];
  if (read.kind === "refused") return refused([...hints, ...read.marks], options);
  return judge(
    {
      ...read,
      hints,
      // A file that YAML had to guess at may put a room's name where its author did not.
      trusted: read.problems.length === 0 || mentionsOneRoom(text),
    },
    options,
  );
}

interface Candidate {
  readonly value: unknown;
  readonly problems: readonly Mark[];
  /** What may be behind the errors; no errors by themselves. */
  readonly hints: readonly Mark[];
  readonly complete: boolean;
  readonly trusted: boolean;
  sourceOf(path: ValuePath): string | null;
  locate(finding: Finding): Mark;
}

function judge(candidate: Candidate, options: ParseOptions): ParsedSpec {
  const { value, prefix, strays } =
    options.posted === true
      ? unwrapPosted(candidate.value)
      : { value: candidate.value, prefix: [], strays: [] };
  const checked = checkSpec(value, limitsOf(options));
  const place = (finding: Finding): Mark => {
    const path = [...prefix, ...finding.path];
    const source = finding.unquoted === true ? candidate.sourceOf(path) : null;
    const message = source === null ? finding.message : unquotedMessage(source);
    return {
      ...candidate.locate({ ...finding, path }),
      message: toMessage({ ...finding, message }),
    };
  };
  const found = candidate.complete ? distinct(checked.errors) : [];
  const warned = candidate.complete ? distinct(checked.warnings) : [];
  const judged = [
    ...(candidate.complete ? strays.map((stray) => candidate.locate(stray)) : []),
    ...found.slice(0, MANY).map(place),
  ];
  const marks = [...candidate.problems, ...judged];
  const errors = toProblems(marks.length === 0 ? [] : [...candidate.hints, ...marks], {
    ...scopeOf(options),
    unplaced: Math.max(found.length - MANY, 0),
    stopped: candidate.problems.length >= MAX_PROBLEMS,
  });
  const warnings = toProblems(warned.slice(0, MANY).map(place), {
    ...scopeOf(options),
    unplaced: Math.max(warned.length - MANY, 0),
  });
  if (errors.length === 0 && checked.spec !== null) {
    return { kind: "valid", spec: checked.spec, digest: specDigest(checked.spec), warnings };
  }
  return { kind: "invalid", roomId: candidate.trusted ? checked.roomId : null, errors, warnings };
}

function limitsOf({ roomIdPattern, maxEntities = DEFAULT_MAX_ENTITIES }: ParseOptions): RuleLimits {
  return { roomIdPattern, maxEntities };
}

/** Finding a place costs a walk, so only so many findings get one; `toProblems` keeps fewer still, and counts the rest. */
const MANY = 10 * MAX_PROBLEMS;

/** Each once: two findings of one member in the same words are one. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length < 2) return findings;
  return [...new Map(findings.map((finding) => [toMessage(finding), finding])).values()];
}

function refused(marks: readonly Mark[], options: ParseOptions): ParsedSpec {
  const stopped = marks.length >= MAX_PROBLEMS;
  const errors = toProblems(marks, { ...scopeOf(options), stopped });
  return { kind: "invalid", roomId: null, errors, warnings: [] };
}

function scopeOf({ path, maxFindings = MAX_PROBLEMS }: ParseOptions): ProblemScope {
  return { path, most: maxFindings };
}

function mentionsOneRoom(text: string): boolean {
  return text.split("roomId", 3).length === 2;
}
