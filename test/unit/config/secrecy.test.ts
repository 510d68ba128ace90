import { inspect } from "node:util";
import { expect } from "chai";
import { parseFile } from "../../../agent/config/parse-file.ts";
import { Secret } from "../../../agent/kernel/secret.ts";
import { accepted, loadSettings, settingAt, withSource } from "../../support/load-settings.ts";
import { revealed } from "../../support/revealed.ts";

const CANARY = "ghp_canary7secret";

/** Everything a result says, as a log or a terminal would show it. */
function shown(value: unknown): string {
  return `${JSON.stringify(value)}\n${inspect(value, { depth: 20, showHidden: true })}\n${String(value)}`;
}

describe("secrets in the configuration", () => {
  it("are not printed by a configuration that is accepted", async () => {
    const config = await accepted(
      withSource({ Auth: { Kind: "basic", Username: "kim", Password: CANARY } }),
      { ROOM_AUTH_TOKEN: CANARY },
    );
    expect(revealed(config.auth.token)).to.equal(CANARY);
    expect(shown(config)).to.include("[redacted]").and.not.include(CANARY);
  });

  const mistakes: readonly (readonly [string, unknown, Record<string, string>])[] = [
    ["a token with a blank", settingAt("Auth.Token", `${CANARY} `), {}],
    ["a token with a line break", {}, { ROOM_AUTH_TOKEN: `${CANARY}\n` }],
    ["a token in place of its section", { Auth: CANARY }, {}],
    ["a token in its type", settingAt("Auth.TokenType", `Bearer ${CANARY}`), {}],
    ["a token in an address", withSource({ Url: `https://kim:${CANARY}@git.test/a` }), {}],
    ["a token alone in an address", withSource({ Url: `https://${CANARY}@git.test/a` }), {}],
    ["a token in an odd address", withSource({ Url: `https:/kim:${CANARY}@git.test/a` }), {}],
    ["a # in a password of an address", withSource({ Url: `https://k:#${CANARY}@git.test` }), {}],
    ["a token in a query", withSource({ Url: `https://git.test/a?private_token=${CANARY}` }), {}],
    ["a token in the server's address", settingAt("RoomServer.BaseUrl", `http://${CANARY}@r`), {}],
    ["a filled in value", settingAt("HttpApi.Port", "${T}"), { T: CANARY }],
    ["a user with a colon", withSource({ Auth: { Kind: "token", Username: `${CANARY}:` } }), {}],
    ["a number of tokens", withSource({ Auth: { Kind: "token", Token: [CANARY] } }), {}],
    ["an unknown key's value", settingAt("Auth.Tokn", CANARY), {}],
    ["a forge's token", withSource({ Forge: { Token: `${CANARY}\n` } }), {}],
    ["a list that is none", { Git: { Sources: CANARY } }, {}],
  ];
  for (const [name, file, env] of mistakes) {
    it(`are not told by the refusal of ${name}`, async () => {
      const loaded = await loadSettings(file, env);
      expect(loaded.ok).to.equal(false);
      expect(shown(loaded)).to.not.include(CANARY);
    });
  }

  for (const text of [
    `{"Auth":{"Token":"${CANARY}" "x":1}}`,
    `{"Auth":{"Token":${CANARY}}}`,
    `{"Auth":{"Token":"${CANARY}\n"}}`,
    `{"Auth":{"Token":"${CANARY}`,
  ]) {
    it(`are not told by the syntax error of ${JSON.stringify(text.replace(CANARY, "…"))}`, () => {
      expect(shown(parseFile(text)))
        .to.match(/is not valid JSON at/)
        .and.not.include("canary");
    });
  }
});

describe("Secret", () => {
  it("shows its value to nobody who does not ask for it", () => {
    const secret = new Secret(CANARY);
    expect(shown({ secret, list: [secret] })).to.not.include(CANARY);
    expect(Object.keys(secret)).to.deep.equal([]);
    expect(secret.reveal()).to.equal(CANARY);
  });
});
