import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { explain } from "../../../agent/cli/explain.ts";
import type { Room } from "../../../agent/room/room.ts";
import type { SourceRow } from "../../../agent/room/rows.ts";
import { aReadySource, aVerifiedRoom, HEAD, theInputs } from "../../support/a-verified-room.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { byContract, byProblem, type RunningApi, startApi } from "../../support/running-api.ts";

const SINCE = "2026-01-01T00:00:00.000Z";

/** A room whose newest spec is a rehearsal, in a source whose last poll failed. */
const held: Partial<Room> = {
  head: theInputs({ digest: "newer" }),
  dryRun: { commit: HEAD },
  conditions: [
    {
      type: "Ready",
      status: "False",
      reason: "DryRun",
      message: "a dry run",
      lastTransitionTime: SINCE,
    },
  ],
};
const unreachable: Partial<SourceRow> = {
  lastError: { reason: "Unreachable", message: "connection refused", since: SINCE },
};

async function startWith(room: Partial<Room>, source: Partial<SourceRow> = {}) {
  const api = await startApi();
  await api.store.write([
    { kind: "room", row: aVerifiedRoom(room) },
    { kind: "source", row: aReadySource(source) },
  ]);
  api.operator.state = {
    ...api.operator.state,
    sources: [{ name: "specs", lastPoll: SINCE, nextPoll: null, webhook: null, warnings: [] }],
  };
  return api;
}

describe("GET /rooms/{roomId}/explain", () => {
  let api: RunningApi;
  afterEach(() => api.stop());

  const ask = async (roomId = "lab-01") => {
    const reply = await api.ask(`/rooms/${roomId}/explain`);
    expect(reply.status, reply.text).to.equal(200);
    byContract("explain", reply);
    return reply.json as ExplainAnswer;
  };

  it("says of a room that is not known which source may hold it, and why that is not read", async () => {
    const cases: readonly {
      row: Partial<SourceRow> | null;
      polled: string | null;
      says: RegExp;
    }[] = [
      {
        row: null,
        polled: null,
        says: /source specs was not read yet since .*: its rooms get no pass until its first poll has ended, .* \(NotYetPolled\)/,
      },
      {
        row: null,
        polled: SINCE,
        says: /source specs was polled, and what it holds was not read yet/,
      },
      {
        row: unreachable,
        polled: SINCE,
        says: /source specs: connection refused\. .* \(Unreachable\)/,
      },
      {
        row: { warnings: [{ reason: "NoSpecsFound", message: 'Path "romos" holds no spec' }] },
        polled: SINCE,
        says: /source specs: Path "romos" holds no spec \(NoSpecsFound\)/,
      },
      {
        row: {
          specErrorCount: 1,
          specErrors: [{ path: "a.room.yaml", line: 1, column: 2, message: "bad" }],
        },
        polled: SINCE,
        says: /source specs: 1 error in spec files: a\.room\.yaml:1:2: bad/,
      },
    ];
    for (const { row, polled, says } of cases) {
      api = await startWith({}, row === null ? { name: "gone" } : row);
      const sources = api.operator.state.sources.map((one) => ({ ...one, lastPoll: polled }));
      api.operator.state = { ...api.operator.state, sources };
      for (const path of [
        "/rooms/lab-99/explain",
        "/status/rooms/lab-99",
        "/rooms/lab-99/history",
      ]) {
        const { detail, code } = byProblem(await api.ask(path));
        expect(code).to.equal("UnknownRoom");
        expect(detail, path).to.match(says).and.include("Its spec may be in what is not read");
      }
      await api.stop();
    }
    api = await startWith({});
    const { detail } = byProblem(await api.ask("/rooms/lab-99/explain"));
    expect(detail).not.to.include("not read:");
  });

  it("names a source with files that are not read where no spec names the room any more", async () => {
    const warnings = [{ reason: "SpecNameIgnored" as const, message: "a.room.YAML is not read" }];
    api = await startWith({ owner: null }, { warnings });
    const { blockedBy } = await ask();
    expect(blockedBy.map(({ reason }) => reason)).to.deep.equal(["Orphaned", "SpecNameIgnored"]);
    expect(blockedBy[1]?.message).to.equal("source specs: a.room.YAML is not read");
  });

  it("says of a room at head that nothing holds it back", async () => {
    api = await startWith({});
    expect(await ask()).to.deep.include({ roomId: "lab-01", atHead: true, blockedBy: [] });
  });

  it("gathers room, source, queue and agent", async () => {
    api = await startWith(held, unreachable);
    api.operator.places.set("lab-01", { kind: "running" });
    api.operator.state = {
      ...api.operator.state,
      stopping: true,
      roomServer: { ok: false, message: "the RoomServer answered readState with 503" },
    };
    const { atHead, blockedBy } = await ask();
    expect(atHead).to.equal(false);
    expect(blockedBy.map(({ reason }) => reason)).to.deep.equal([
      "ShuttingDown",
      "DryRun",
      "Unreachable",
      "RoomServerUnavailable",
      "PassRunning",
    ]);
  });

  it("tells of a source that the agent has not looked at yet", async () => {
    api = await startWith({});
    api.operator.state = { ...api.operator.state, sources: [] };
    expect((await ask()).blockedBy.map(({ reason }) => reason)).to.deep.equal(["NotYetPolled"]);
  });

  it("tells of a room whose source is not configured any more", async () => {
    const since = "2026-01-01T00:00:00.000Z";
    const lostOwner = { source: "old", path: "x", reason: "SourceNotConfigured", since } as const;
    api = await startWith({ owner: null, lostOwner });
    const { source, blockedBy } = await ask();
    expect(source).to.equal(null);
    expect(blockedBy.map(({ reason }) => reason)).to.deep.equal(["SourceNotConfigured"]);
  });

  it("answers 404 for a room it does not know", async () => {
    api = await startWith({});
    const reply = await api.ask("/rooms/lab-99/explain");
    expect(reply.status).to.equal(404);
    expect(byProblem(reply)).to.deep.include({ code: "UnknownRoom" });
  });
});

describe("room-operator explain", () => {
  let api: RunningApi;
  afterEach(() => api.stop());

  async function run(...args: string[]) {
    const io = new RecordedIo("/");
    const { signal } = new AbortController();
    const code = await explain(args, { ...running(io), signal, env: {} });
    return { code, out: io.out, err: io.err };
  }

  it("ends with 0 for a room at head", async () => {
    api = await startWith({});
    const { code, out } = await run("lab-01", "--url", api.url);
    expect(code).to.equal(0);
    expect(out).to.equal(
      [
        "lab-01 is at head",
        "  source    specs, rooms/lab.room.yaml",
        `  head      main@sha1:${HEAD}`,
        "  polled    at 2026-01-01T00:00:00.000Z",
        `  verified  main@sha1:${HEAD}`,
        "",
      ].join("\n"),
    );
  });

  it("ends with 0 for an orphan, and does not say that it is at head", async () => {
    api = await startWith({ owner: null });
    const { code, out } = await run("lab-01", "--url", api.url);
    expect(out).to.match(/^lab-01 has no owner: it is not managed\n {2}source {4}none\n/);
    expect(out).not.to.include("is at head");
    expect(code).to.equal(0);
  });

  it("ends with 1 and tells what holds the room back and what would end it", async () => {
    api = await startWith(held, unreachable);
    const { code, out } = await run("--url", `${api.url}/`, "lab-01");
    expect(code).to.equal(1);
    expect(out).to.match(/^lab-01 is not at head\n/);
    expect(out).to.match(
      /\n\n1\. DryRun, since 2026-.*\n {3}commit a+ asks for a dry run.*\n {3}Next step: /,
    );
    expect(out).to.match(/\n\n2\. Unreachable, since /);
  });

  it("prints no control characters of a message", async () => {
    api = await startWith({
      head: theInputs({ digest: "newer" }),
      conditions: [
        {
          type: "Ready",
          status: "False",
          reason: "Refused",
          message: "\u001b[2Jgone",
          lastTransitionTime: SINCE,
        },
      ],
    });
    const { out } = await run("lab-01", "--url", api.url);
    expect(out).to.include("gone");
    expect(out).not.to.include("\u001b");
  });

  it("takes the agent's address from ROOM_OPERATOR_URL too", async () => {
    api = await startWith({});
    const io = new RecordedIo("/");
    const { signal } = new AbortController();
    const env = { ROOM_OPERATOR_URL: api.url };
    expect(await explain(["lab-01"], { ...running(io), signal, env })).to.equal(0);
  });

  it("ends with 2 for a room the agent does not know", async () => {
    api = await startWith({});
    const { code, out, err } = await run("lab-99", "--url", api.url);
    expect([code, out]).to.deep.equal([2, ""]);
    expect(err).to.match(
      /^UnknownRoom: no room "lab-99" is known here; did you mean "lab-01"\? GET .* names end in \.room\.yaml/,
    );
  });

  it("ends with 2 when called wrongly", async () => {
    api = await startWith({});
    for (const { args, says } of [
      { args: [], says: /^Missing argument ROOM\. Usage/ },
      { args: ["a", "b"], says: /^Unexpected argument "b"\. Usage/ },
    ]) {
      const { code, err } = await run(...args);
      expect(code).to.equal(2);
      expect(err).to.match(says);
    }
  });

  it("ends with 2 and says so when no agent answers, or something else does", async () => {
    api = await startWith({});
    const tls = await run("lab-01", "--url", api.url.replace("http:", "https:"));
    expect(tls.code).to.equal(2);
    expect(tls.err).to.match(/^AgentUnreachable: https.* does not speak TLS: try http:.*\n$/);
    await api.stop();
    const gone = await run("lab-01", "--url", api.url);
    expect(gone.code).to.equal(2);
    expect(gone.err).to.match(
      /^AgentUnreachable: no agent answers at http:.* \(ECONNREFUSED\): start it, or .*--url, or its configuration with --config\n$/,
    );
    const { code, err } = await run("lab-01", "--url", "ftp://x");
    expect([code, err]).to.deep.equal([
      2,
      'AgentUnreachable: --url "ftp://x" is not an http or https address: write it as http://127.0.0.1:8080\n',
    ]);
    for (const [status, body] of [
      [200, "<html>"],
      [404, "{}"],
      [302, "{}"],
      [200, "{}"],
    ] as const) {
      const other = createServer((_request, response) => {
        response.writeHead(status, { Location: "/" }).end(body);
      });
      const told = await run("lab-01", "--url", await listen(other));
      await new Promise((resolve) => other.close(resolve));
      expect(told.code, `${status} ${body}`).to.equal(2);
      expect(told.err).to.match(/not an answer of an agent: check --url|of another version/);
    }
  });
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function running({ stdout, stderr, cwd }: RecordedIo) {
  return { stdout, stderr, cwd };
}
