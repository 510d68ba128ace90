import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { watchRooms, type Watching } from "../../../agent/cli/demo-watch.ts";
import { confirmRequest } from "../../../agent/guardrail/how-to-confirm.ts";
import { RecordedIo } from "../../support/command-io.ts";

const A_ROOM = {
  roomId: "lab-01",
  verifiedRevision: null,
  lastOutcome: "converged",
  wouldRemove: [],
  howToConfirm: null,
  refusals: [],
  intentIgnored: [] as readonly object[],
  needsPerson: null,
  conditions: [{ type: "Ready", status: "True", reason: "Converged", message: "" }],
};
const A_SOURCE = {
  name: "specs",
  observedRevision: null,
  lastError: null,
  specErrors: [],
  specErrorCount: 0,
  warnings: [],
};

interface Status {
  readonly rooms: readonly unknown[];
  readonly sources: readonly unknown[];
}

/** Runs `work` at the URL of an agent that answers `/status` with what `status` gives, and has no audit. */
async function atAgent(status: () => Status, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((request, answer) => {
    answer.end(JSON.stringify(request.url === "/status" ? status() : { entries: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
}

/** Watches it as `demo --once` does, unless `given` says otherwise. */
async function watched(url: string, given: Partial<Watching> = {}, io = new RecordedIo("/")) {
  const watching = { url, once: true, convergeWithinMs: 5000, onConverged: () => undefined };
  return { code: await watchRooms({ ...watching, ...given }, io), io };
}

describe("what the demo shows", () => {
  it("is when a source begins to fail and when it recovers, once each", async () => {
    let asked = 0;
    const failing = { ...A_SOURCE, lastError: { message: "connection refused" } };
    const stop = new AbortController();
    const status = () => {
      asked += 1;
      if (asked > 5) stop.abort();
      return { rooms: [], sources: [asked > 2 ? A_SOURCE : failing] };
    };
    await atAgent(status, async (url) => {
      const io = Object.assign(new RecordedIo("/"), { signal: stop.signal });
      await watched(url, { once: false }, io);
      expect(io.lines.map((line) => line.slice(10))).to.deep.equal([
        "source specs fails: connection refused",
        "source specs: recovered",
      ]);
    });
  });

  it("is a line of a commit that does not count, once, and that a source warns no more", async () => {
    const stop = new AbortController();
    const commit = "0479e7f5c1d2aa00bb11cc22dd33ee44ff550066";
    const mistaken = { commit, line: "confirm: lab-01", reason: "Write `Confirm: lab-01`." };
    const warned = { ...A_SOURCE, warnings: [{ reason: "IntentIgnored", message: "a line" }] };
    let asked = 0;
    const status = () => {
      asked += 1;
      if (asked > 5) stop.abort();
      return asked < 3
        ? { rooms: [{ ...A_ROOM, intentIgnored: [mistaken] }], sources: [warned] }
        : { rooms: [A_ROOM], sources: [A_SOURCE] };
    };
    await atAgent(status, async (url) => {
      const io = Object.assign(new RecordedIo("/"), { signal: stop.signal });
      await watched(url, { once: false }, io);
      expect(io.lines.map((line) => line.slice(10))).to.deep.equal([
        "source specs warns: a line",
        "lab-01: Converged, not verified yet",
        `lab-01: \`confirm: lab-01\` of commit ${commit} does not count: Write \`Confirm: lab-01\`.`,
        "source specs: no warnings any more",
      ]);
    });
  });

  it("does not count removals where there are none to confirm", async () => {
    const refused = {
      ...A_ROOM,
      howToConfirm: "Confirm: `git push`.",
      refusals: [{ reason: "SpecVersionRegressed" }],
      conditions: [{ type: "Ready", status: "False", reason: "SpecVersionRegressed", message: "" }],
    };
    const status = () => ({ rooms: [refused], sources: [] });
    await atAgent(status, async (url) => {
      const { io } = await watched(url, { convergeWithinMs: 10 });
      expect(io.lines[0]).to.include("lab-01: waiting for confirmation (SpecVersionRegressed)");
    });
  });

  it("is what waits for a confirmation once, however the ways to give it change", async () => {
    const refused = {
      ...A_ROOM,
      wouldRemove: ["entity/a"],
      refusals: [{ reason: "KickLimitExceeded" }],
      conditions: [{ type: "Ready", status: "False", reason: "KickLimitExceeded", message: "" }],
    };
    const stop = new AbortController();
    let asked = 0;
    const status = () => {
      asked += 1;
      if (asked > 6) stop.abort();
      const howToConfirm = `Confirm: commit ${asked < 3 ? "one" : "two"}.`;
      const wouldRemove = asked < 5 ? ["entity/a"] : ["entity/a", "entity/b"];
      return { rooms: [{ ...refused, howToConfirm, wouldRemove }], sources: [] };
    };
    await atAgent(status, async (url) => {
      const io = Object.assign(new RecordedIo("/"), { signal: stop.signal });
      await watched(url, { once: false }, io);
      expect(
        io.lines.filter((line) => line.includes("waiting")).map((line) => line.slice(10)),
      ).to.deep.equal([
        "lab-01: waiting for confirmation, 1 item would be removed (KickLimitExceeded)",
        "lab-01: waiting for confirmation, 2 items would be removed (KickLimitExceeded)",
      ]);
    });
  });

  it("ends --once as soon as every room that is not converged needs a person", async () => {
    const broken = {
      ...A_ROOM,
      roomId: "lab-02",
      needsPerson: { reason: "SpecInvalid", message: "line 3" },
      conditions: [{ type: "Ready", status: "False", reason: "SpecInvalid", message: "line 3" }],
    };
    const read = { ...A_SOURCE, observedRevision: "local@sha256:1" };
    const waits = { ...A_ROOM, conditions: [{ ...broken.conditions[0], reason: "Superseded" }] };
    let asked = 0;
    const status = () => {
      asked += 1;
      return { rooms: [asked < 3 ? waits : A_ROOM, broken], sources: [read] };
    };
    await atAgent(status, async (url) => {
      const { code, io } = await watched(url, { convergeWithinMs: 60_000 });
      expect([code, asked]).to.deep.equal([1, 3]);
      expect(io.err).to.equal("not converged: lab-02: SpecInvalid (not verified yet): line 3\n");
    });
  });

  it("is why a room that is converged needs a person, which fails --once", async () => {
    const needsPerson = { reason: "SeedMissing", message: "artifact/a: no such file" };
    const status = () => ({ rooms: [{ ...A_ROOM, needsPerson }], sources: [] });
    await atAgent(status, async (url) => {
      const { code, io } = await watched(url);
      expect(io.lines[0]).to.include(
        "lab-01: Converged, not verified yet; needs a person: SeedMissing: artifact/a: no such file",
      );
      expect(code).to.equal(1);
    });
  });

  const notRead: readonly (readonly [string, string, number])[] = [
    ["RoomSpecNotRead", "a file has kind: RoomSpec: lab.yaml", 1],
    ["SpecNameIgnored", "a file is not read: lab.room.YAML", 1],
    ["SpecsIgnored", "a spec is kept out", 0],
  ];
  for (const [reason, message, want] of notRead) {
    it(`ends --once with ${want} where every room is converged and a source warns of ${reason}`, async () => {
      let asked = 0;
      const read = {
        ...A_SOURCE,
        observedRevision: "local@sha256:1",
        warnings: [{ reason, message }],
      };
      // The warnings of a source are not known before all of it was read.
      const status = () => {
        asked += 1;
        return { rooms: [A_ROOM], sources: [asked > 1 ? read : A_SOURCE] };
      };
      await atAgent(status, async (url) => {
        const { code, io } = await watched(url);
        expect(code).to.equal(want);
        const said = `not all specs are in force: source specs warns: ${message}\n`;
        expect(io.err).to.equal(want === 0 ? "" : said);
      });
    });
  }

  it("ends --once where nothing that was read names a room, and shows a request that can be copied", async () => {
    const source = {
      ...A_SOURCE,
      observedRevision: "local@sha256:1",
      warnings: [{ reason: "NoSpecsFound", message: 'Path "." holds no spec' }],
    };
    const refused = {
      ...A_ROOM,
      lastOutcome: "refused",
      wouldRemove: ["entity/a"],
      howToConfirm: `Confirm: \`git push\`. Without git: ${confirmRequest("lab-01")}.`,
      refusals: [{ reason: "KickLimitExceeded" }],
      conditions: [{ type: "Ready", status: "False", reason: "KickLimitExceeded", message: "" }],
    };
    let rooms: readonly unknown[] = [];
    const status = () => ({ rooms, sources: [source] });
    await atAgent(status, async (url) => {
      const empty = await watched(url, { convergeWithinMs: 60_000 });
      expect(empty.code).to.equal(1);
      expect(empty.io.err).to.equal(
        'no spec names a room: source specs warns: Path "." holds no spec\n',
      );
      rooms = [refused];
      const { code, io } = await watched(url, { convergeWithinMs: 0 });
      expect([code, io.err.startsWith("not converged within 0 s: ")]).to.deep.equal([1, true]);
      expect(io.out).to.include(
        `Without git: curl -X POST ${url}/apply -H 'Content-Type: application/json' -H 'X-Confirm: true' -d '{"roomId":"lab-01"}'\n`,
      );
    });
  });
});
