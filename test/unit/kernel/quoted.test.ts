import { expect } from "chai";
import { quoted } from "../../../agent/kernel/quoted.ts";

const TEXTS: readonly { readonly text: string; readonly want: string }[] = [
  { text: "plain", want: '"plain"' },
  { text: "", want: '""' },
  { text: 'a "b" \\', want: '"a \\"b\\" \\\\"' },
  { text: "relatório 日本", want: '"relatório 日本"' },
  { text: "\n\u0000", want: '"\\n\\u0000"' },
  { text: "\u007f", want: '"\\u007f"' },
  { text: "\u009b2J", want: '"\\u009b2J"' },
  { text: "\u202egnp", want: '"\\u202egnp"' },
  { text: "\u2028", want: '"\\u2028"' },
  { text: "\ud800", want: '"\\ud800"' },
  { text: "\u{e0041}", want: '"\\udb40\\udc41"' },
];

describe("quoted", () => {
  for (const { text, want } of TEXTS) {
    it(`shows ${want}, which is JSON of the same text`, () => {
      expect(quoted(text)).to.equal(want);
      expect(JSON.parse(quoted(text))).to.equal(text);
    });
  }
});
