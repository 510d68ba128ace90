import { expect } from "chai";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { HealthBody } from "../../../agent/api/contract.ts";
import { ofAgent } from "../../../agent/run/doctor-agent.ts";
import type { Finding } from "../../../agent/run/doctor-finding.ts";
import { specErrorsText } from "../../../agent/spec/spec-errors-text.ts";

const UNREAD = "RoomSpecNotRead: a file has kind: RoomSpec: lab.yaml";
const UNRELATED = "UnrelatedHistory: main is at another history";

const errors = (count: number, first = "a") => ({
  specErrorCount: count,
  specErrors: Array.from({ length: count }, (_, line) => ({
    path: `${first}.room.yaml`,
    line,
    column: 1,
    message: "invalid YAML",
  })),
});
const byAgent = specErrorsText(errors(3));
const byDoctor = specErrorsText(errors(3), { max: 10, others: "" });

const of = (message: string, about = "source specs"): Finding => ({
  about,
  check: "read its specs",
  result: "missing",
  message,
});
const down: Finding = { ...of("502 for a room", "RoomServer"), reason: "RoomServerUnavailable" };

interface Row {
  readonly found?: Finding;
  readonly problem?: readonly [string, string];
  readonly warning?: readonly [string, string];
  readonly shown: readonly string[];
}

const SPECS = "source specs";
const HEALTHY = "ok is healthy";

const rows: Readonly<Record<string, Row>> = {
  "nothing where all is well": { shown: [HEALTHY] },
  "a problem": { problem: [SPECS, UNRELATED], shown: [`warning ${SPECS} ${UNRELATED}`] },
  "a problem of a source that has another one": {
    found: of(UNREAD),
    problem: [SPECS, UNRELATED],
    shown: [`warning ${SPECS} ${UNRELATED}`],
  },
  "a problem that another source has, too": {
    found: of(UNRELATED, "source others"),
    problem: [SPECS, UNRELATED],
    shown: [`warning ${SPECS} ${UNRELATED}`],
  },
  "no problem of the same reason": {
    found: of("UnrelatedHistory: in other words"),
    problem: [SPECS, UNRELATED],
    shown: [],
  },
  "no errors of specs that are the same, although fewer of them are named": {
    found: of(byDoctor),
    problem: [SPECS, byAgent],
    shown: [],
  },
  "other errors of specs": {
    found: of(specErrorsText(errors(3, "b"), { max: 10, others: "" })),
    problem: [SPECS, byAgent],
    shown: [`warning ${SPECS} ${byAgent}`],
  },
  "no RoomServer that is down in other words": {
    found: down,
    problem: ["roomServer", "RoomServerUnavailable: timeout"],
    shown: [],
  },
  "a RoomServer that fails for another reason": {
    found: down,
    problem: ["roomServer", "Unauthorized: 401"],
    shown: ["warning roomServer Unauthorized: 401"],
  },
  "a warning of an agent that is healthy": {
    warning: [SPECS, UNREAD],
    shown: [HEALTHY, `warning ${SPECS} ${UNREAD}`],
  },
  "no warning of the same reason": {
    found: { ...of(UNREAD), result: "warning" },
    warning: [SPECS, UNREAD],
    shown: [HEALTHY],
  },
};

describe("what doctor shows of the health of a running agent", () => {
  let server: Server;
  let health: HealthBody;

  before(async () => {
    server = createServer((_request, response) => response.end(JSON.stringify(health)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  const items = (item: Row["problem"]) =>
    item === undefined ? [] : [{ check: item[0], message: item[1] }];

  for (const [what, { found, problem, warning, shown }] of Object.entries(rows)) {
    it(what, async () => {
      health = {
        status: problem === undefined ? "healthy" : "degraded",
        timestamp: "2026-01-01T00:00:00.000Z",
        problems: items(problem),
        warnings: items(warning),
      };
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { signal } = new AbortController();
      const findings = await ofAgent(url, found === undefined ? [] : [found], signal);
      expect(
        findings.map(({ result, check, message }) => `${result} ${check} ${message}`.trim()),
      ).to.deep.equal(shown);
    });
  }
});
