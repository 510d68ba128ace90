import type { LineCounter } from "yaml";
import { escaped } from "../kernel/quoted.ts";
import { quoted } from "./finding.ts";
import { markAt } from "./mark.ts";
import type { Mark } from "./mark.ts";
import { indentationFault } from "./yaml-indentation.ts";

/** One thing that the YAML parser rejects, in its own words. */
export interface YamlFault {
  readonly offset: number;
  readonly message: string;
}

/** All that the parser says of one line. */
interface Place {
  readonly offset: number;
  /** Counts from 1. */
  readonly line: number;
  readonly text: string;
  /** Of the line, before the offset. */
  readonly before: string;
  readonly first: string;
  readonly messages: string;
}

interface Hint {
  readonly when: RegExp;
  /** What to do. Null: this is not it. */
  readonly says: (place: Place, found: RegExpExecArray) => string | null;
  /** True: what the parser says of later lines only follows from this one. */
  readonly ends?: true;
}

/** Longer lines are not searched further. */
const MAX_LINE = 300;

/** The first that fits one line says what to do. */
const HINTS: readonly Hint[] = [
  {
    when: /Nested mappings|Implicit (?:map )?keys/,
    says: ({ text }) => (/^\s*-[^\s-]/.test(text) ? "write a blank after `-`" : null),
    ends: true,
  },
  {
    when: /Nested mappings|Implicit (?:map )?keys/,
    says: ({ text }) => {
      const value = /^\s*(?:- +)*[^\s:]+: +([^\s"'[{].*:)\s*$/.exec(text)?.[1];
      return value === undefined
        ? null
        : `a value that ends with \`:\` needs quotes: write ${quoted(value)}`;
    },
    ends: true,
  },
  {
    when: /Implicit (?:map )?keys/,
    says: ({ text }) => {
      const name = /^\s*(?:- +)?([\w-]+)(?::\S.*)?$/.exec(text)?.[1];
      if (name === undefined) return null;
      return text.trimEnd().endsWith(name)
        ? `\`:\` is missing: write \`${name}:\``
        : `write a blank after \`${name}:\``;
    },
    ends: true,
  },
  {
    when: /Nested mappings/,
    says: ({ text, messages }) => (/Implicit/.test(messages) ? null : inQuotes(text)),
  },
  {
    when: /Unexpected \S+ at node end/,
    says: ({ before }) => {
      const quote = /(["'])\s*$/.exec(before)?.[1];
      if (quote === undefined) return "put the whole value in quotes";
      return `text follows the closing quote: write \`${quote === "'" ? "''" : '\\"'}\` for a \`${quote}\` that belongs to the text`;
    },
  },
  {
    when: /Plain value cannot start with .*?(\S+)$/,
    says: (_, [, what = ""]) =>
      what === "character"
        ? "a tab stands before the value: write a blank"
        : `a value may not begin with ${quoted(what)}: put it in quotes`,
  },
  {
    when: /Invalid escape sequence (\S+)/,
    says: (_, [, what = ""]) =>
      `\`${escaped(what)}\` stands in double quotes: write \`\\\\\` for a backslash, or use single quotes`,
  },
  {
    when: /Block scalar header includes extra/,
    says: () => "the text after `|` or `>` begins on the next line; or put the value in quotes",
  },
  {
    when: /Comments must be separated/,
    says: () => "write a blank before `#`, or put the value in quotes",
  },
  {
    when: /end with a ([\]}])/,
    says: (_, [, end = ""]) => `\`${end}\` is missing: close the \`${end === "]" ? "[" : "{"}\``,
    ends: true,
  },
  {
    when: /Block collections are not allowed within flow collections/,
    says: () =>
      "between brackets, entries need `,` and a text with `: ` needs quotes; or a bracket before this is not closed",
    ends: true,
  },
  {
    when: /Unexpected flow-(seq|map)-end/,
    says: (_, [, what]) =>
      `\`${what === "seq" ? "]" : "}"}\` closes nothing: remove it, or put the value in quotes`,
  },
  { when: /Missing , /, says: () => "`,` is missing before this", ends: true },
  { when: /Missing space after :/, says: () => "write a blank after `:`" },
];

/**
 * What the parser rejects, one mark for each mistake with what to do: the first of a line stands for the others, and what only
 * follows from a mistake is left out. At least one mark for at least one fault.
 */
export function explainFaults(
  faults: readonly YamlFault[],
  text: string,
  lines: LineCounter,
): readonly Mark[] {
  const mark = (offset: number, what: string) => markAt(lines, offset, `invalid YAML: ${what}`);
  const marks: Mark[] = [];
  for (const place of placesOf(faults, text, lines)) {
    const tab = faults.find(
      ({ offset, message }) =>
        message.startsWith("Tabs are not allowed") && lines.linePos(offset).line <= place.line + 1,
    );
    if (tab !== undefined)
      return [...marks, mark(tab.offset, "a tab stands in the indentation: indent with blanks")];
    const quote = /^Missing closing (["'])/.exec(place.first)?.[1];
    if (quote !== undefined) return [...marks, mark(...unclosed(quote, text, place.offset))];
    const hint = hintFor(place);
    if (hint !== null) {
      marks.push(mark(place.offset, hint.says));
      if (hint.ends === true) return marks;
      continue;
    }
    const odd = INDENTATION.test(place.first) ? indentationFault(text, place.line) : null;
    if (odd !== null) return [...marks, mark(odd.offset, odd.message)];
    return [...marks, mark(place.offset, `${place.first}: check this line and the one before it`)];
  }
  return marks;
}

/** What the parser says where a line begins at another column than it expects. */
const INDENTATION =
  /^(?:All \w+ items must start|Sequence item without|A block sequence may not|Implicit|Nested mappings)/;

function hintFor(place: Place): { readonly says: string; readonly ends?: true } | null {
  for (const { when, says, ends } of HINTS) {
    const found = when.exec(place.first);
    const said = found === null ? null : says(place, found);
    if (said !== null) return ends === true ? { says: said, ends } : { says: said };
  }
  return null;
}

/** One for each line that the parser says something of, in file order. */
function placesOf(
  faults: readonly YamlFault[],
  text: string,
  lines: LineCounter,
): readonly Place[] {
  const byLine = new Map<number, YamlFault[]>();
  for (const fault of [...faults].sort((a, b) => a.offset - b.offset)) {
    const { line } = lines.linePos(fault.offset);
    byLine.set(line, [...(byLine.get(line) ?? []), fault]);
  }
  return [...byLine].flatMap(([line, [first, ...others]]): readonly Place[] => {
    if (first === undefined) return [];
    const { offset, message } = first;
    const start = text.lastIndexOf("\n", offset - 1) + 1;
    const end = text.indexOf("\n", offset);
    return [
      {
        offset,
        line,
        text: text.slice(start, Math.min(end === -1 ? text.length : end, start + MAX_LINE)),
        before: text.slice(Math.max(start, offset - MAX_LINE), offset),
        first: message,
        messages: [first, ...others].map((one) => one.message).join("\n"),
      },
    ];
  });
}

/** A value of a line like `name: a: b`, as it has to be written. */
function inQuotes(text: string): string | null {
  const value = /^\s*(?:- +)*[^\s:]+:\s+(.*:\s.*?)\s*$/.exec(text)?.[1];
  if (value === undefined) return null;
  return value.length > 60
    ? "a value with `: ` in it needs quotes"
    : `a value with \`: \` in it needs quotes: write ${quoted(value)}`;
}

/** Where a text in quotes begins that is not closed before `end`. */
function unclosed(quote: string, text: string, end: number): readonly [number, string] {
  const begin = quote === '"' ? /(?:^|[:,[{]|-) *"(?=[^"\n]*$)/m : /(?:^|[:,[{]|-) *'(?=[^'\n]*$)/m;
  const found = begin.exec(text);
  const what = `a text that begins with \`${quote}\` is not closed: write \`${quote}\` at its end`;
  return [found === null ? end : found.index + found[0].length - 1, what];
}
