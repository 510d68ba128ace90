import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { watchRooms } from "../../../agent/cli/demo-watch.ts";
import { confirmRequest } from "../../../agent/guardrail/how-to-confirm.ts";
import { RecordedIo } from "../../support/command-io.ts";

describe("what the demo shows", () => {
  it("is when a source begins to fail and when it recovers, once each", async () => {
    let asked = 0;
    const well = {
      name: "specs",
      observedRevision: null,
      lastError: null,
      specErrors: [],
      specErrorCount: 0,
      warnings: [],
    };
    const failing = { ...well, lastError: { message: "connection refused" } };
    const stop = new AbortController();
    const server = createServer((_request, answer) => {
      asked += 1;
      if (asked > 5) stop.abort();
      const source = asked > 2 ? well : failing;
      answer.end(JSON.stringify({ rooms: [], sources: [source] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const io = Object.assign(new RecordedIo("/"), { signal: stop.signal });
      const watching = { url: `http://127.0.0.1:${port}`, once: false, convergeWithinMs: 60_000 };
      await watchRooms({ ...watching, onConverged: () => undefined }, io);
      expect(io.lines.map((line) => line.slice(10))).to.deep.equal([
        "source specs fails: connection refused",
        "source specs: recovered",
      ]);
    } finally {
      server.close();
    }
  });

  it("is why a room that is converged needs a person, which fails --once", async () => {
    const room = {
      roomId: "lab-01",
      verifiedRevision: null,
      lastOutcome: "converged",
      wouldRemove: [],
      howToConfirm: null,
      refusals: [],
      needsPerson: { reason: "SeedMissing", message: "artifact/a: no such file" },
      conditions: [{ type: "Ready", status: "True", reason: "Converged", message: "" }],
    };
    const server = createServer((request, answer) => {
      const isStatus = request.url === "/status";
      answer.end(JSON.stringify(isStatus ? { rooms: [room], sources: [] } : { entries: [] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const io = new RecordedIo("/");
      const watching = { url: `http://127.0.0.1:${port}`, once: true, convergeWithinMs: 5000 };
      const code = await watchRooms({ ...watching, onConverged: () => undefined }, io);
      expect(io.lines[0]).to.include(
        "lab-01: Converged, not verified yet; needs a person: SeedMissing: artifact/a: no such file",
      );
      expect(code).to.equal(1);
    } finally {
      server.close();
    }
  });

  const notRead: readonly (readonly [string, string, number])[] = [
    ["RoomSpecNotRead", "a file has kind: RoomSpec: lab.yaml", 1],
    ["SpecNameIgnored", "a file is not read: lab.room.YAML", 1],
    ["SpecsIgnored", "a spec is kept out", 0],
  ];
  for (const [reason, message, want] of notRead) {
    it(`ends --once with ${want} where every room is converged and a source warns of ${reason}`, async () => {
      const room = {
        roomId: "desk-01",
        verifiedRevision: "local@sha256:1",
        lastOutcome: "converged",
        wouldRemove: [],
        howToConfirm: null,
        refusals: [],
        needsPerson: null,
        conditions: [{ type: "Ready", status: "True", reason: "Converged", message: "" }],
      };
      const source = {
        name: "specs",
        lastError: null,
        specErrors: [],
        specErrorCount: 0,
        warnings: [{ reason, message }],
      };
      let asked = 0;
      const server = createServer((request, answer) => {
        asked += 1;
        // The warnings of a source are not known before all of it was read.
        const read = asked > 1 ? source : { ...source, warnings: [] };
        const sources = [{ ...read, observedRevision: asked > 1 ? "local@sha256:1" : null }];
        const isStatus = request.url === "/status";
        answer.end(JSON.stringify(isStatus ? { rooms: [room], sources } : { entries: [] }));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      try {
        const { port } = server.address() as AddressInfo;
        const io = new RecordedIo("/");
        const watching = { url: `http://127.0.0.1:${port}`, once: true, convergeWithinMs: 5000 };
        const code = await watchRooms({ ...watching, onConverged: () => undefined }, io);
        expect(code).to.equal(want);
        const said = `not all specs are in force: source specs warns: ${message}\n`;
        expect(io.err).to.equal(want === 0 ? "" : said);
      } finally {
        server.close();
      }
    });
  }

  it("ends --once where nothing that was read names a room, and shows a request that can be copied", async () => {
    const source = {
      name: "specs",
      observedRevision: "local@sha256:1",
      lastError: null,
      specErrors: [],
      specErrorCount: 0,
      warnings: [{ reason: "NoSpecsFound", message: 'Path "." holds no spec' }],
    };
    const room = {
      roomId: "lab-01",
      verifiedRevision: null,
      lastOutcome: "refused",
      wouldRemove: ["entity/a"],
      howToConfirm: `Confirm: \`git push\`. Without git: ${confirmRequest("lab-01")}.`,
      refusals: [{ reason: "KickLimitExceeded" }],
      needsPerson: null,
      conditions: [{ type: "Ready", status: "False", reason: "KickLimitExceeded", message: "" }],
    };
    let rooms: readonly unknown[] = [];
    const server = createServer((_request, answer) => {
      answer.end(JSON.stringify({ rooms, sources: [source] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}`;
      const watch = async (convergeWithinMs: number) => {
        const io = new RecordedIo("/");
        const watching = { url, once: true, convergeWithinMs, onConverged: () => undefined };
        return { code: await watchRooms(watching, io), io };
      };
      const empty = await watch(60_000);
      expect(empty.code).to.equal(1);
      expect(empty.io.err).to.equal(
        'no spec names a room: source specs warns: Path "." holds no spec\n',
      );
      rooms = [room];
      const refused = await watch(0);
      expect(refused.io.out).to.include(
        `Without git: curl -X POST ${url}/apply -H 'Content-Type: application/json' -H 'X-Confirm: true' -d '{"roomId":"lab-01"}'\n`,
      );
    } finally {
      server.close();
    }
  });
});
