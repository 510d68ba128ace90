/** Deeper nesting is left to the library; a RoomSpec needs about ten levels. */
const MAX_DEPTH = 12;

/** What the library may count at most of a text: two tokens for each character and a few for its begin and end. */
const mostTokens = (text: string) => 2 * text.length + 16;

/** `---` at the begin says nothing. */
const START = /(?:---\n)?/y;
/** Blank lines and lines with nothing but a comment, up to the next content with its indentation. */
const TO_CONTENT = /(?: *(?:#.*)?\n)* */y;
const LINE_END = /(?: +#.*| *)(?:\n|$)/y;
const KEY = /([A-Za-z$][\w./$-]{0,99}):(?= |\n|$)/y;
const NUMBER = /(?:0|[1-9][0-9]{0,14})(?= *(?:[\n,\]}]|$))/y;
const QUOTED = /"([^"\\\n]*)"|'([^'\n]*)'(?!')/y;
/** Text without quotes that no rule of YAML reads as anything else: a colon or a blank only with more text behind it. */
const PLAIN = /(?:[A-Za-z_/]|\.\/)(?:[^\s:#]|:(?=[^\s])| +(?=[^\s#]))*/y;
/** The same in brackets, where commas and brackets end it. */
const PLAIN_IN_FLOW = /(?:[A-Za-z_/]|\.\/)(?:[^\s:#,[\]{}]|:(?=[^\s,[\]{}])| +(?=[^\s#,[\]{}]))*/y;
const FLOW_KEY = /([A-Za-z$][\w./$-]{0,99}): +/y;
const BLANKS = / */y;
/** Words of the core schema that are no text, in any case. */
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["null", null],
  ["true", true],
  ["false", false],
]);

/** What a text is worth, where that is as plain as this. */
export interface PlainValue {
  readonly value: unknown;
}

/**
 * A text in the plainest YAML (block mappings and lists, names, texts of one line, whole numbers, brackets on one line, comments)
 * as the value that the library reads there, in a twentieth of its time. Null: it holds anything else, or the library might find
 * something wrong with it; then the library decides. Pure.
 */
export function readPlain(text: string, maxTokens: number): PlainValue | null {
  // A tab or a carriage return counts in some places and not in others.
  if (mostTokens(text) > maxTokens || /[\t\r]/.test(text)) return null;
  return new PlainReader(text).read();
}

class PlainReader {
  readonly #text: string;
  #at = 0;
  /** Of the line that is read; -1 at the end. */
  #indent = 0;
  #depth = 0;
  #failed = false;

  constructor(text: string) {
    this.#text = text;
  }

  read(): PlainValue | null {
    this.#match(START);
    this.#toContent();
    const value = this.#indent === 0 ? this.#mapping(0) : this.#fail();
    return this.#failed || this.#indent !== -1 ? null : { value };
  }

  /** Whatever is read from here on does not count. */
  #fail(): null {
    this.#failed = true;
    this.#at = this.#text.length;
    this.#indent = -1;
    return null;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  #takes(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #toContent(): void {
    this.#match(TO_CONTENT);
    const isAtEnd = this.#at >= this.#text.length;
    const lineStart = this.#text.lastIndexOf("\n", this.#at - 1) + 1;
    this.#indent = isAtEnd ? -1 : this.#at - lineStart;
  }

  /** The rest of a line must be blank or a comment. */
  #endLine(): void {
    if (this.#match(LINE_END) === null) this.#fail();
    else this.#toContent();
  }

  get #isAtItem(): boolean {
    return this.#text.startsWith("- ", this.#at);
  }

  /** Members at `indent`; the first of them begins here. */
  #mapping(indent: number): unknown {
    const members: Record<string, unknown> = {};
    if (++this.#depth > MAX_DEPTH) return this.#fail();
    do {
      const key = this.#match(KEY)?.[1];
      if (key === undefined || WORDS.has(key.toLowerCase()) || Object.hasOwn(members, key))
        return this.#fail();
      members[key] = this.#memberValue(indent);
    } while (this.#indent === indent && !this.#isAtItem);
    this.#depth -= 1;
    return members;
  }

  #memberValue(indent: number): unknown {
    if (this.#match(LINE_END) === null) {
      this.#match(BLANKS);
      return this.#ofLine();
    }
    this.#toContent();
    if (this.#indent > indent) return this.#block(this.#indent);
    return this.#indent === indent && this.#isAtItem ? this.#list(indent) : null;
  }

  #block(indent: number): unknown {
    return this.#isAtItem ? this.#list(indent) : this.#mapping(indent);
  }

  /** Items at `indent`; the first of them begins here. */
  #list(indent: number): unknown {
    const items: unknown[] = [];
    if (++this.#depth > MAX_DEPTH) return this.#fail();
    do {
      const start = this.#at;
      this.#at += 1;
      this.#match(BLANKS);
      const begin = this.#at;
      const isMapping = this.#match(KEY) !== null;
      this.#at = begin;
      items.push(isMapping ? this.#mapping(indent + begin - start) : this.#ofLine());
    } while (this.#indent === indent && this.#isAtItem);
    this.#depth -= 1;
    return items;
  }

  /** A value that ends with its line. */
  #ofLine(): unknown {
    const value = this.#inline(PLAIN);
    this.#endLine();
    return value;
  }

  #inline(plain: RegExp): unknown {
    if (this.#takes("[")) return this.#flowList();
    if (this.#takes("{")) return this.#flowMapping();
    const number = this.#match(NUMBER);
    if (number !== null) return Number(number[0]);
    const quoted = this.#match(QUOTED);
    if (quoted !== null) return quoted[1] ?? quoted[2];
    const text = this.#match(plain)?.[0];
    if (text === undefined) return this.#fail();
    if (WORDS.has(text)) return WORDS.get(text);
    return WORDS.has(text.toLowerCase()) ? this.#fail() : text;
  }

  #flowList(): unknown {
    const items: unknown[] = [];
    if (++this.#depth > MAX_DEPTH) return this.#fail();
    this.#match(BLANKS);
    if (!this.#takes("]")) {
      do {
        this.#match(BLANKS);
        items.push(this.#inline(PLAIN_IN_FLOW));
        this.#match(BLANKS);
      } while (this.#takes(","));
      if (!this.#takes("]")) return this.#fail();
    }
    this.#depth -= 1;
    return items;
  }

  #flowMapping(): unknown {
    const members: Record<string, unknown> = {};
    if (++this.#depth > MAX_DEPTH) return this.#fail();
    this.#match(BLANKS);
    if (!this.#takes("}")) {
      do {
        this.#match(BLANKS);
        const key = this.#match(FLOW_KEY)?.[1];
        if (key === undefined || WORDS.has(key.toLowerCase()) || Object.hasOwn(members, key))
          return this.#fail();
        members[key] = this.#inline(PLAIN_IN_FLOW);
        this.#match(BLANKS);
      } while (this.#takes(","));
      if (!this.#takes("}")) return this.#fail();
    }
    this.#depth -= 1;
    return members;
  }
}
