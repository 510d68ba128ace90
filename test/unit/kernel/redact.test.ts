import { expect } from "chai";
import { redactUrl } from "../../../agent/kernel/redact.ts";

describe("redactUrl", () => {
  for (const [text, want] of [
    ["https://git.test/a.git", "https://git.test/a.git"],
    ["https://kim:pw@git.test/a", "https://[redacted]@git.test/a"],
    ["https://git.test/a?token=x#y", "https://git.test/a"],
    ["https://k:a#b@c@git.test/a", "https://[redacted]@git.test/a"],
    ["git@git.test:a.git", "git@git.test:a.git"],
    ["", ""],
  ] as const) {
    it(`shows ${JSON.stringify(text)} as ${JSON.stringify(want)}`, () => {
      expect(redactUrl(text)).to.equal(want);
    });
  }
});
