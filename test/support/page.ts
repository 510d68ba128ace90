import { readFileSync } from "node:fs";
import path from "node:path";

export const PROJECT = path.resolve(import.meta.dirname, "../..");

/** A document of the project, or a part of one, taken apart as its readers see it. */
export class Page {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** `name` is its path from the top level. */
  static read(name: string): Page {
    return new Page(readFileSync(path.join(PROJECT, name), "utf8"));
  }

  /** What stands under a heading, up to the next one of its level or above. Throws when there is no such heading. */
  section(title: string): Page {
    const headings = this.#headings();
    const position = headings.findIndex((heading) => heading.title === title);
    const begin = headings[position];
    if (begin === undefined) throw new Error(`no heading "${title}"`);
    const next = headings.slice(position + 1).find(({ level }) => level <= begin.level);
    return new Page(
      this.text
        .split("\n")
        .slice(begin.line + 1, next?.line)
        .join("\n"),
    );
  }

  /** Headings that are none because they stand in a fenced block are left out. */
  #headings(): readonly {
    readonly line: number;
    readonly level: number;
    readonly title: string;
  }[] {
    let fenced = false;
    return this.text.split("\n").flatMap((text, line) => {
      if (text.startsWith("```")) fenced = !fenced;
      const [, marks = "", title = ""] = /^(#+) (.*)$/.exec(text) ?? [];
      return fenced || marks === "" ? [] : [{ line, level: marks.length, title }];
    });
  }

  get headings(): readonly string[] {
    return this.#headings().map(({ title }) => title);
  }

  /** The fenced blocks of a language. */
  blocks(language: string): readonly string[] {
    return this.fences(language).map(({ text }) => text);
  }

  /** The same, with what stands after the language on the first line. */
  fences(language: string): readonly { readonly mark: string; readonly text: string }[] {
    const fences = this.text.matchAll(/^```(\w*)(?: ([^\n]*))?\n([^]*?)^```$/gm);
    return [...fences].flatMap(([, name, mark = "", text = ""]) =>
      name === language ? [{ mark, text }] : [],
    );
  }

  /** The only block of a language. */
  block(language: string): string {
    const [block, ...more] = this.blocks(language);
    if (block === undefined || more.length > 0) throw new Error(`not one block of ${language}`);
    return block;
  }

  /** The cells of all table rows, without heads. */
  rows(): readonly (readonly string[])[] {
    const lines = withoutBlocks(this.text);
    return lines
      .filter((line, index) => line.startsWith("| ") && !(lines[index + 1] ?? "").startsWith("|-"))
      .map((line) =>
        line
          .slice(1, -1)
          .split(/(?<!\\)\|/)
          .map((cell) => cell.trim()),
      );
  }

  /** The targets of its links. */
  get links(): readonly string[] {
    const prose = withoutBlocks(this.text).join("\n");
    return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? "");
  }
}

/** What stands in backquotes. */
export function codes(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "");
}

function withoutBlocks(text: string): readonly string[] {
  return text.replaceAll(/^```[^]*?^```$/gm, "").split("\n");
}
