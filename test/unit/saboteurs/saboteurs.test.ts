import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { SABOTEURS } from "../../saboteurs/saboteurs.ts";
import { PROJECT } from "../../support/page.ts";

describe("the saboteurs", () => {
  for (const { name, file, text, replacement, tests } of SABOTEURS) {
    it(`find the place where ${name}`, () => {
      const pieces = readFileSync(join(PROJECT, file), "utf8").split(text);
      expect(pieces.length - 1, `${file}: ${text}`).to.equal(1);
      expect(replacement).to.not.equal(text);
      expect(tests).to.not.be.empty;
      for (const test of tests) expect(existsSync(join(PROJECT, test)), test).to.equal(true);
    });
  }

  it("are at least fifteen, each with a name of its own", () => {
    expect(new Set(SABOTEURS.map(({ name }) => name)).size)
      .to.equal(SABOTEURS.length)
      .and.to.be.at.least(15);
  });
});
