import { expect } from "chai";
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

  const leaks: readonly (readonly [string, unknown])[] = [
    ["a field", { anything: CANARY }],
    ["a nested field", { a: { b: { c: [CANARY] } } }],
    ["an error's message", { error: new Error(`401 for ${CANARY}`) }],
    ["an error's cause", { error: new Error("401", { cause: new Error(CANARY) }) }],
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
