import { expect } from "chai";
import { refusedAnswer } from "../../../../../agent/source/git/wire/git-refused-answer.ts";

const NOW_MS = Date.parse("2026-03-01T12:00:00Z");

function refused(status: number, retryAfter: string) {
  return refusedAnswer({
    url: new URL("https://git.test/a/b.git/info/refs"),
    status,
    headers: { "retry-after": retryAfter },
    text: "",
    contentType: "x-good",
    credentials: { kind: "none" },
    nowMs: NOW_MS,
  });
}

describe("a git server that asks to wait", () => {
  for (const status of [401, 404, 407, 500, 503]) {
    it(`is said not to be asked before, for ${status}`, () => {
      const { message, data } = refused(status, "1800");
      expect(message).to.include(
        " It asked to wait (Retry-After): nothing is asked before 2026-03-01T12:30:00.000Z.",
      );
      expect(message).to.not.include("asked again later");
      expect(data["retryAfterMs"]).to.equal(1_800_000);
    });

    it(`is said to be asked after an hour where it asks for a day, for ${status}`, () => {
      const { message, data } = refused(status, "86400");
      expect(message).to.include("nothing is asked before 2026-03-01T13:00:00.000Z.");
      expect(data["retryAfterMs"]).to.equal(3_600_000);
    });

    it(`is not said to for a minute, for ${status}`, () => {
      expect(refused(status, "60").message).to.not.include("Retry-After");
    });
  }

  it("leaves the advice at the end, where the words of what worked before take its place", () => {
    const { message, data } = refused(401, "1800");
    const { advice } = data;
    expect(typeof advice === "string" && message.endsWith(advice)).to.equal(true);
  });
});
