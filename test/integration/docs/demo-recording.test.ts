import { readFileSync } from "node:fs";
import { expect } from "chai";
import { DEMO_TITLE, masked, recordDemo } from "../../../docs/demo-recording.ts";
import { readTerminal, renderTerminal } from "../../../docs/terminal-svg.ts";

const svg = readFileSync(new URL("../../../docs/demo.svg", import.meta.url), "utf8");

describe("docs/demo.svg", () => {
  it("is what the renderer makes of its own text", () => {
    const { title, lines } = readTerminal(svg);
    expect(renderTerminal(title, lines)).to.equal(svg);
    expect(title).to.equal(DEMO_TITLE);
  });

  it("shows what the demo prints now, ids and times aside (else: npm run docs:demo)", async function () {
    this.timeout(150_000);
    expect(masked(readTerminal(svg).lines)).to.deep.equal(masked(await recordDemo()));
  });

  it("escapes text, and breaks long lines only at blanks", () => {
    const lines = ["$ a && b <c>", "", `  ${"word ".repeat(60).trim()}`, "x".repeat(300)];
    expect(readTerminal(renderTerminal("a & b", lines))).to.deep.equal({ title: "a & b", lines });
  });
});
