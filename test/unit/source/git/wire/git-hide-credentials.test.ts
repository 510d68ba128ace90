import { expect } from "chai";
import { hideCredentials } from "../../../../../agent/source/git/wire/git-hide-credentials.ts";

const TOKEN = {
  kind: "basic",
  username: "x-access-token",
  password: "t/ken-with+odd=sign",
} as const;
const BASIC = { kind: "basic", username: "kim", password: "pass word 7" } as const;
const PAIR = `${TOKEN.username}:${TOKEN.password}`;
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("hideCredentials", () => {
  for (const { name, text, credentials, shown } of [
    {
      name: "a token",
      text: `no entry for ${TOKEN.password}!`,
      credentials: TOKEN,
      shown: "no entry for [redacted]!",
    },
    {
      name: "a token in an address",
      text: `see https://x.test/?t=${encodeURIComponent(TOKEN.password)}&y`,
      credentials: TOKEN,
      shown: "see https://x.test/?t=[redacted]&y",
    },
    {
      name: "the header of a token, with and without padding",
      text: `Basic ${base64(PAIR)} ${base64(PAIR).replace(/=+$/, "")}.`,
      credentials: TOKEN,
      shown: "Basic [redacted]== [redacted].",
    },
    {
      name: "a password, twice",
      text: `${BASIC.password} and ${BASIC.password}`,
      credentials: BASIC,
      shown: "[redacted] and [redacted]",
    },
    {
      name: "the header of a password",
      text: base64(`kim:${BASIC.password}`),
      credentials: BASIC,
      shown: "[redacted]",
    },
    {
      name: "a password that was cut off",
      text: "so says pass wor… Check it.",
      credentials: BASIC,
      shown: "so says [redacted]… Check it.",
    },
  ]) {
    it(`takes out ${name}`, () => {
      const hidden = hideCredentials(text, credentials);
      expect(hidden).to.equal(shown);
    });
  }

  it("leaves a text alone that says nothing of them", () => {
    expect(hideCredentials("kim… was here", BASIC)).to.equal("kim… was here");
    expect(hideCredentials("anything", { kind: "none" })).to.equal("anything");
    expect(hideCredentials("anything", { ...BASIC, password: "" })).to.equal("anything");
  });
});
