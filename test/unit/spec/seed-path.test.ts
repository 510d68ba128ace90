import { expect } from "chai";
import { toSeedPath } from "../../../agent/spec/seed-path.ts";

const accepted = [
  ["seeds/plan.md", "seeds/plan.md"],
  ["./seeds/plan.md", "seeds/plan.md"],
  ["././plan.md", "plan.md"],
  ["plan.md", "plan.md"],
  ["a..b/...", "a..b/..."],
  [".github/plan", ".github/plan"],
  ["a b/ü.md", "a b/ü.md"],
  ["~/x", "~/x"],
] as const;

const refused = [
  ["", "blank"],
  [" ", "blank"],
  ["../plan.md", ".."],
  ["seeds/../../plan.md", ".."],
  ["seeds/..", ".."],
  ["./../plan.md", ".."],
  ["/etc/passwd", "absolute"],
  ["//host/x", "absolute"],
  ["C:/x", "absolute"],
  ["c:x", "absolute"],
  ["seeds\\plan.md", "backslash"],
  ["..\\plan.md", "backslash"],
  ["seeds//plan.md", "empty segment"],
  ["seeds/", "empty segment"],
  ["./", "empty segment"],
  [".", "segment `.`"],
  ["seeds/./plan.md", "segment `.`"],
  [".git/config", ".git"],
  ["a/.GIT/config", ".git"],
  ["./.git", ".git"],
  ["a\nb", "U+000A"],
  ["a\0b", "U+0000"],
  ["a\u007Fb", "U+007F"],
  ["a\u2028b", "U+2028"],
  ["file:///etc/passwd", "empty segment"],
  ["x".repeat(1025), "longer than 1024"],
  [`seeds/${"x".repeat(257)}`, "segment longer than 256"],
  ["a\ud800b", "surrogate"],
] as const;

describe("toSeedPath", () => {
  for (const [text, path] of accepted) {
    it(`takes ${JSON.stringify(text)} as ${path}`, () => {
      expect(toSeedPath(text)).to.deep.equal({ kind: "path", path });
    });
  }

  for (const [text, why] of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 30))} because of: ${why}`, () => {
      const seed = toSeedPath(text);
      expect(seed.kind).to.equal("refused");
      expect(seed).to.have.property("message").that.includes(why);
    });
  }
});
