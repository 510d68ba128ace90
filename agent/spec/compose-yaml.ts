import { Composer, LineCounter, isScalar } from "yaml";
import type { CST, Document } from "yaml";
import { messageOf } from "../kernel/errors.ts";
import { MAX_PROBLEMS } from "./mark.ts";
import type { Mark } from "./mark.ts";
import { readTokens } from "./read-tokens.ts";
import { explainFaults } from "./yaml-faults.ts";
import type { YamlFault } from "./yaml-faults.ts";

export type ComposedYaml =
  /** Nothing of the file could be read; at least one mark. */
  | { readonly kind: "refused"; readonly marks: readonly Mark[] }
  | {
      readonly kind: "composed";
      readonly document: Document.Parsed;
      readonly lines: LineCounter;
      /** What YAML itself rejects: the document is a guess then. */
      readonly syntax: readonly Mark[];
      /** YAML that a spec may not use: anchors, aliases, tags of its own, directives. */
      readonly forbidden: readonly Mark[];
      /** True: something forbidden stands for a value, so the value is not known. */
      readonly incomplete: boolean;
    };

const EMPTY: Mark = {
  line: 1,
  column: 1,
  message: "the file is empty: write a RoomSpec, or delete the file to stop managing its room",
};

/**
 * One YAML document with positions. Safe on any text: tokens and nesting are counted before anything recursive runs, aliases
 * are never followed, errors are counted. Never throws.
 */
export function composeYaml(text: string, maxTokens: number): ComposedYaml {
  const lines = new LineCounter();
  const read = readTokens(withoutEmptyEnd(text), lines, maxTokens);
  if (read.kind === "refused") return { kind: "refused", marks: [read.mark] };
  const { tokens, forbidden, incomplete } = read;
  const { document, faults } = composeTokens(tokens);
  const syntax = explainFaults([...read.faults, ...faults], text, lines).slice(0, MAX_PROBLEMS);
  if (document !== null && (syntax.length > 0 || !isEmpty(document))) {
    return { kind: "composed", document, lines, syntax, forbidden, incomplete };
  }
  const marks = [...syntax, ...forbidden];
  return { kind: "refused", marks: marks.length > 0 ? marks : [EMPTY] };
}

/** A line that is not blank, not a comment and not a document marker. */
const CONTENT = /^[ \t]*(?!---\s*$|\.\.\.\s*$)[^#\s]/m;

/** A text without documents at its end that hold nothing: many tools close a file with `---`. */
function withoutEmptyEnd(text: string): string {
  const content = text.search(CONTENT);
  let kept = text;
  for (let at = text.length; at > 0;) {
    const start = at < 2 ? 0 : text.lastIndexOf("\n", at - 2) + 1;
    const line = text.slice(start, at).trimEnd();
    if (/^---(?:[ \t]+#.*)?$/.test(line)) {
      if (content === -1 || content >= start) break;
      kept = text.slice(0, start);
    } else if (!/^(?:[ \t]*(?:#.*)?|\.\.\.)$/.test(line)) break;
    at = start;
  }
  return kept;
}

function isEmpty({ contents }: Document.Parsed): boolean {
  return contents === null || (isScalar(contents) && contents.source === "");
}

/** Thrown to stop composing after enough errors: a hostile file has a million. */
class TooManyErrors extends Error {}

/** Where the composer says an error is: an offset, a range of offsets, or a token. */
type ErrorSource = number | readonly number[] | { readonly offset: number };

type ComposerFinding = [source: ErrorSource, code: string, message: string, warning?: boolean];

function composeTokens(tokens: readonly CST.Token[]): {
  document: Document.Parsed | null;
  faults: readonly YamlFault[];
} {
  const faults: YamlFault[] = [];
  const composer = new Composer({ uniqueKeys: false, merge: false, version: "1.2" });
  const onError = (...[source, , message, warning]: ComposerFinding) => {
    if (warning === true) return;
    if (faults.length >= MAX_PROBLEMS) throw new TooManyErrors();
    faults.push({ offset: startOf(source), message });
  };
  // The composer's own handler makes an Error with a stack of each finding: seconds and hundreds of MB on a hostile file.
  Object.assign(composer, { onError });
  try {
    const [document] = composer.compose(tokens);
    return { document: document ?? null, faults };
  } catch (error) {
    if (!(error instanceof TooManyErrors)) faults.push({ offset: 0, message: messageOf(error) });
    return { document: null, faults };
  }
}

function startOf(source: ErrorSource): number {
  if (typeof source === "number") return source;
  return "offset" in source ? source.offset : (source[0] ?? 0);
}
