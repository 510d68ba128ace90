import { expect } from "chai";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { Secret } from "../../../agent/kernel/secret.ts";
import { createLogger } from "../../../agent/telemetry/logger.ts";
import type { LoggerOptions } from "../../../agent/telemetry/logger.ts";
import { createRedactor } from "../../../agent/telemetry/redactor.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const CANARY = "ghp_canary7secret";

function logging(level: LoggerOptions["level"] = "info") {
  const lines: string[] = [];
  const redactor = createRedactor();
  redactor.remember(CANARY);
  const logger = createLogger({
    level,
    name: "agent-7",
    clock: new FakeClock(),
    redactor,
    output: { write: (line) => lines.push(line) },
  });
  return { logger, lines, parsed: () => lines.map((line) => JSON.parse(line) as unknown) };
}

describe("createLogger", () => {
  it("writes one line of JSON with time, level, name, fields and message", () => {
    const { logger, lines, parsed } = logging();
    logger.child({ room: "ai-lab-01" }).info({ actions: 3 }, "plan computed");
    expect(parsed()).to.deep.equal([
      {
        level: "info",
        time: "2026-01-01T00:00:00.000Z",
        name: "agent-7",
        room: "ai-lab-01",
        actions: 3,
        message: "plan computed",
      },
    ]);
    expect(lines[0]).to.match(/\n$/);
  });

  it("writes what is at least as severe as its level", () => {
    const { logger, lines } = logging("warn");
    logger.info("no");
    logger.warn("yes");
    logger.error("yes");
    expect(lines).to.have.length(2);
    const silent = logging("silent");
    silent.logger.fatal("no");
    expect(silent.lines).to.deep.equal([]);
  });

  it("keeps a message with control characters on one line and out of the terminal", () => {
    const { logger, lines } = logging();
    logger.info({ room: "a\n\u001b[2J" }, "x\ny");
    expect(lines[0]?.trimEnd()).to.not.match(/\p{Cc}/u);
  });

  const missing = Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT" });
  const expected: readonly (readonly [string, Error, object])[] = [
    [
      "without a stack where it is expected",
      new OperatorError("CredentialUnreadable", "The file /t cannot be read (ENOENT).", {
        cause: missing,
      }),
      { message: "The file /t cannot be read (ENOENT)." },
    ],
    [
      "with its cause where the message does not have it",
      new OperatorError("CredentialUnreadable", "The file /t cannot be read.", { cause: missing }),
      { message: "The file /t cannot be read.", cause: "ENOENT: no such file" },
    ],
    [
      "without a cause where it has none",
      new OperatorError("CredentialUnreadable", "The file /t is empty."),
      { message: "The file /t is empty." },
    ],
  ];
  for (const [name, error, members] of expected) {
    it(`writes an error ${name}`, () => {
      const { logger, parsed } = logging();
      logger.warn({ error }, "credential cannot be read");
      logger.warn({ err: error }, "credential cannot be read");
      const shown = { type: "OperatorError", code: "CredentialUnreadable", ...members };
      const [first, second] = parsed();
      expect(first).to.have.deep.property("error", shown);
      expect(second).to.have.deep.property("err", shown);
    });
  }

  for (const error of [new TypeError("x"), new OperatorError("StoreRefused", "x")]) {
    it(`writes where a defect came from: ${error.name}`, () => {
      const { logger, lines } = logging();
      logger.error({ error }, "pass failed");
      expect(JSON.parse(lines[0] ?? ""))
        .to.have.nested.property("error.stack")
        .that.includes("logger.test");
    });
  }

  const leaks: readonly (readonly [string, unknown])[] = [
    ["a field", { anything: CANARY }],
    ["a nested field", { a: { b: { c: [CANARY] } } }],
    ["an error's message", { error: new Error(`401 for ${CANARY}`) }],
    ["an error's cause", { error: new Error("401", { cause: new Error(CANARY) }) }],
    [
      "an expected error's cause",
      { error: new OperatorError("A", "b", { cause: new Error(CANARY) }) },
    ],
    ["an address", { url: `https://kim:${CANARY}@git.test/a` }],
    ["a header", { headers: { authorization: `Bearer ${CANARY}` } }],
    ["a field's name", { [CANARY]: 1 }],
  ];
  for (const [name, fields] of leaks) {
    it(`lets no secret out through ${name}`, () => {
      const { logger, lines, parsed } = logging();
      logger.info(fields, "told");
      expect(lines.join("")).to.include("[redacted]").and.not.include("canary");
      expect(parsed()).to.have.length(1);
    });
  }

  it("lets no secret out through the message or a child's fields", () => {
    const { logger, lines } = logging();
    logger.child({ token: "unknown-to-the-redactor", by: CANARY }).info(`hello ${CANARY}`);
    logger.child({ token: ["unknown-to-the-redactor"] }).info("hello");
    expect(lines.join("")).to.not.match(/canary|unknown-to/);
  });

  it("hides members that are secrets by their name, whatever their value", () => {
    const { logger, parsed } = logging();
    logger.info(
      {
        password: "x",
        headers: { authorization: "y", "Set-Cookie": ["S"] },
        secret: new Secret("z"),
        token: { value: ["S"] },
      },
      "told",
    );
    expect(parsed()[0]).to.deep.include({
      password: "[redacted]",
      headers: { authorization: "[redacted]", "Set-Cookie": "[redacted]" },
      secret: "[redacted]",
      token: "[redacted]",
    });
  });
});
