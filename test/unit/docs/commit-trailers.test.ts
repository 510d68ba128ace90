import { expect } from "chai";
import { parseTrailers } from "../../../agent/intent/trailers.ts";
import { codes, Page } from "../../support/page.ts";

const page = Page.read("docs/commit-trailers.md");

describe("docs/commit-trailers.md", () => {
  it("shows lines that are read as its table says", () => {
    const [first = ""] = page.text.split("\n## ");
    const read = new Page(first).rows().map(([line]) => {
      const { trailers, override, ignored } = parseTrailers(`Subject\n\n${codes(line ?? "")[0]}`);
      expect(ignored).to.deep.equal([]);
      return trailers[0] ?? override;
    });
    expect(read).to.deep.equal([
      { kind: "confirm", scope: "all" },
      { kind: "confirm", scope: ["help-desk-01"] },
      { kind: "dryRun", scope: "all" },
      { kind: "dryRun", scope: ["ai-lab-01"] },
      "customer is waiting",
    ]);
  });

  it("names several rooms in one line", () => {
    const [line] = codes(/separated by commas: (.*)/.exec(page.text)?.[1] ?? "");
    expect(parseTrailers(`Subject\n\n${line}`).trailers).to.deep.equal([
      { kind: "confirm", scope: ["ai-lab-01", "help-desk-01"] },
    ]);
  });

  it("shows lines that do not count and are reported", () => {
    const lines = codes(/does not count \((`confirm[^)]*)\)/.exec(page.text)?.[1] ?? "");
    expect(lines).to.have.length(4);
    for (const line of lines) {
      const { trailers, ignored } = parseTrailers(`Subject\n\n${line}`);
      expect({ line, trailers, ignored: ignored.length }).to.deep.include({
        trailers: [],
        ignored: 1,
      });
    }
  });

  it("says in which commits the named forms alone count", () => {
    const begins = codes(/whose subject begins with ([^,]*)/.exec(page.text)?.[1] ?? "");
    expect(begins).to.have.length(2);
    for (const begin of begins) {
      expect(parseTrailers(`${begin}x"\n\nConfirm: true`).trailers).to.deep.equal([]);
      expect(parseTrailers(`${begin}x"\n\nConfirm: lab-01`).trailers).to.have.length(1);
    }
  });
});

describe("docs/pull-requests.md", () => {
  const fences = Page.read("docs/pull-requests.md").fences("text");

  for (const [mark, count] of [
    ["counts", 1],
    ["does-not-count", 0],
  ] as const) {
    it(`shows merge messages whose trailer ${mark.replaceAll("-", " ")}`, () => {
      const messages = fences.filter((fence) => fence.mark === mark);
      expect(messages).to.not.deep.equal([]);
      for (const { text } of messages) {
        const { trailers, ignored } = parseTrailers(text);
        expect(trailers, text).to.have.length(count);
        expect(ignored, text).to.have.length(1 - count);
      }
    });
  }
});
