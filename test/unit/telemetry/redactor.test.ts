import { expect } from "chai";
import * as fc from "fast-check";
import { createRedactor } from "../../../agent/telemetry/redactor.ts";
import { cpuMs } from "../../support/cpu-time.ts";

const CANARY = 'c4nary+/="\\secret';

describe("createRedactor", () => {
  const forms = [
    ["as it is", CANARY],
    ["in JSON", JSON.stringify({ deep: [CANARY] })],
    ["in JSON inside JSON's reach", JSON.stringify(`got ${CANARY}, sorry`)],
    ["in an address", `https://git.test/?q=${encodeURIComponent(CANARY)}`],
    ["in Base64", Buffer.from(CANARY).toString("base64")],
    ["as a password", `https://kim:${encodeURIComponent(CANARY)}@git.test`],
  ] as const;
  for (const [name, text] of forms) {
    it(`takes out what it was told to remember, ${name}`, () => {
      const redactor = createRedactor();
      redactor.remember(CANARY);
      const shown = redactor.redact(text);
      expect(shown).to.include("[redacted]");
      expect(shown).to.not.match(/c4nary|YzRuYXJ5/);
    });
  }

  const patterns = [
    ["fetch https://kim:pw@git.test/a failed", "fetch https://[redacted]@git.test/a failed"],
    ["https://token@git.test", "https://[redacted]@git.test"],
    ["Authorization: Bearer abc.def-123", "Authorization: Bearer [redacted]"],
    ['{"a":"Basic a2ltOnB3"}', '{"a":"Basic [redacted]"}'],
    ["GET /a?access_token=abc&b=1", "GET /a?access_token=[redacted]&b=1"],
    ["GET /a?b=1&private_token=abc", "GET /a?b=1&private_token=[redacted]"],
    [String.raw`{"token":"a\"b","c":1}`, '{"token":"[redacted]","c":1}'],
    ['{"a":{"b":{"Password":7}}}', '{"a":{"b":{"Password":"[redacted]"}}}'],
    ['{"secret":{"token":"x"},"c":1}', '{"secret":"[redacted]","c":1}'],
    ['{"a":{"Token":["S",{"b":"T"}]},"c":1}', '{"a":{"Token":"[redacted]"},"c":1}'],
    [
      '{"set-cookie":["S"],"cookie":{},"c":1}',
      '{"set-cookie":"[redacted]","cookie":"[redacted]","c":1}',
    ],
    [String.raw`{"password":{"v":"]}\"}S"},"c":"]"}`, '{"password":"[redacted]","c":"]"}'],
    ['body {"token":["S","T', 'body {"token":"[redacted]"'],
  ] as const;
  for (const [text, want] of patterns) {
    it(`knows a credential by its place in ${JSON.stringify(text)}`, () => {
      expect(createRedactor().redact(text)).to.equal(want);
    });
  }

  for (const text of [
    "main@sha1:0123456789012345678901234567890123456789",
    "http://localhost:5000/room/a@b/state",
    "mail kim@example.test about it",
    "the basic idea",
    '{"url":"https://git.test","by":"kim@git.test"}',
    '{"tokens":3,"tokenType":"Bearer"}',
    String.raw`{"message":"\"token\": see /status"}`,
  ]) {
    it(`leaves ${JSON.stringify(text)} as it is`, () => {
      expect(createRedactor().redact(text)).to.equal(text);
    });
  }

  it("leaves short values to the patterns", () => {
    const redactor = createRedactor();
    redactor.remember("");
    redactor.remember("a");
    expect(redactor.redact("a plan")).to.equal("a plan");
  });

  it("keeps apart what is part of another secret", () => {
    const redactor = createRedactor();
    redactor.remember("secret");
    redactor.remember("secret-long");
    expect(redactor.redact("secret-long and secret")).to.equal("[redacted] and [redacted]");
  });

  it("lets no secret through, and leaves JSON what it was", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), fc.string(), (secret, around) => {
        const redactor = createRedactor();
        redactor.remember(secret);
        const line = JSON.stringify({ message: `${around}${secret}${around}`, n: 1 });
        const shown = redactor.redact(line);
        if (!/["{}:\\]|message|redacted/.test(secret)) {
          expect(() => JSON.parse(shown) as unknown).to.not.throw();
          expect(shown).to.not.include(JSON.stringify(secret).slice(1, -1));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is quick on text without end", () => {
    const redactor = createRedactor();
    const startedMs = cpuMs();
    const members = ['"token":[', '"token":[],', '"token":{"\\"', '"token":"\\"'];
    for (const piece of [
      "https://",
      "a:b@",
      "https://a",
      "?token=",
      "bearer ",
      "\\\\",
      ...members,
    ]) {
      redactor.redact(piece.repeat(20_000));
    }
    expect(cpuMs() - startedMs).to.be.lessThan(2000);
  });
});
