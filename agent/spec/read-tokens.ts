import { Lexer, Parser } from "yaml";
import type { CST, LineCounter } from "yaml";
import { quoted } from "./finding.ts";
import { MAX_PROBLEMS, markAt } from "./mark.ts";
import type { Mark } from "./mark.ts";
import type { YamlFault } from "./yaml-faults.ts";

/** Deeper nesting is refused: composing is recursive, and a RoomSpec needs about ten levels. */
export const MAX_DEPTH = 32;

/** What the lexer says before the text of a scalar. */
const SCALAR_FOLLOWS = "\x1f";

const CORE_TAG = /^!(!|<tag:yaml\.org,2002:)(str|int|float|bool|null|map|seq)>?$/;

const YAML_1_2 = /^%YAML[ \t]+1\.2[ \t]*$/;

export type YamlTokens =
  | { readonly kind: "refused"; readonly mark: Mark }
  | {
      readonly kind: "tokens";
      readonly tokens: readonly CST.Token[];
      /** What YAML itself rejects. */
      readonly faults: readonly YamlFault[];
      readonly forbidden: readonly Mark[];
      readonly incomplete: boolean;
    };

/** Splits a text into the tokens of one document; refuses it at the first sign of too many, too deep or a second document. */
export function readTokens(text: string, lines: LineCounter, maxTokens: number): YamlTokens {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const reader = new TokenReader(lines);
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const at = parser.offset;
    count += 1;
    reader.inspect(lexeme, at);
    for (const token of parser.next(lexeme)) reader.keep(token);
    const problem = tooMuch(parser, { count, maxTokens, ended: reader.ended });
    if (problem !== null) return { kind: "refused", mark: markAt(lines, at, problem) };
  }
  for (const token of parser.end()) reader.keep(token);
  const { tokens, faults, forbidden, incomplete } = reader;
  return { kind: "tokens", tokens, faults, forbidden, incomplete };
}

function tooMuch(
  parser: Parser,
  { count, maxTokens, ended }: { count: number; maxTokens: number; ended: boolean },
): string | null {
  if (count > maxTokens)
    return `more than ${maxTokens} YAML tokens: split the spec, or raise the limit SpecBytes`;
  if (ended && parser.stack[0]?.type === "document") {
    return "a second document begins here: write one RoomSpec per file";
  }
  const top = parser.stack.at(-1);
  const levels = parser.stack.length - (top !== undefined && isCollection(top) ? 1 : 2);
  return levels > MAX_DEPTH ? `nested deeper than ${MAX_DEPTH} levels: flatten the spec` : null;
}

function isCollection({ type }: CST.Token): boolean {
  return type === "block-map" || type === "block-seq" || type === "flow-collection";
}

class TokenReader {
  readonly tokens: CST.Token[] = [];
  readonly faults: YamlFault[] = [];
  readonly forbidden: Mark[] = [];
  /** True: something forbidden stands for a value. */
  incomplete = false;
  /** True: a document is complete. */
  ended = false;
  readonly #lines: LineCounter;
  #inScalar = false;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  inspect(lexeme: string, offset: number): void {
    const message = this.#inScalar ? null : forbiddenToken(lexeme);
    this.#inScalar = lexeme === SCALAR_FOLLOWS;
    if (message === null) return;
    if (!lexeme.startsWith("&")) this.incomplete = true;
    if (this.forbidden.length < MAX_PROBLEMS) {
      this.forbidden.push(markAt(this.#lines, offset, message));
    }
  }

  keep(token: CST.Token): void {
    if (token.type === "document") this.ended = true;
    if (token.type !== "error") this.tokens.push(token);
    else if (this.faults.length < MAX_PROBLEMS) {
      this.faults.push({ offset: token.offset, message: token.message });
    }
  }
}

/** Why a lexeme (not the text of a scalar) is not allowed in a spec, or null. */
function forbiddenToken(lexeme: string): string | null {
  switch (lexeme.charAt(0)) {
    case "&":
      return `anchors are not allowed in a spec: remove ${quoted(lexeme)}`;
    case "*":
      return `aliases are not allowed in a spec: write the value out instead of ${quoted(lexeme)}`;
    case "!":
      return CORE_TAG.test(lexeme)
        ? null
        : `the tag ${quoted(lexeme)} is not allowed in a spec: remove it`;
    case "%":
      return YAML_1_2.test(lexeme)
        ? null
        : `the directive ${quoted(lexeme)} is not allowed in a spec: remove it`;
    default:
      return null;
  }
}
