import { expect } from "chai";
import type { HistoryEntry, VersionBody } from "../../../agent/api/history-contract.ts";
import { toIso } from "../../../agent/kernel/clock.ts";
import type { HistoryRow } from "../../../agent/room/rows.ts";
import { aHistoryRow, aRoomRow, ROW_MS } from "../../support/a-row.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";
import { type RunningApi, byContract, byProblem, startApi } from "../../support/running-api.ts";

const ROOM = "room-harbor7";

describe("the history of a room", () => {
  let api: RunningApi;
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(() => api.stop());

  /** Writes rows at ascending times; what is not given is that of version 1. */
  const told = async (...given: readonly Partial<HistoryRow>[]) => {
    const rows = given.map((row, at) =>
      aHistoryRow({ time: toIso(ROW_MS + at * 1000), revision: `main@sha1:${at}`, ...row }),
    );
    await api.store.write(rows.map((row) => ({ kind: "history", row })));
  };
  const text = (specOid: string, content: string) =>
    api.store.write([{ kind: "spec", specOid, text: Buffer.from(content), spec: aRoomSpec() }]);

  describe("GET /rooms/{roomId}/history", () => {
    const history = async (query = "") => {
      const reply = await api.ask(`/rooms/${ROOM}/history${query}`);
      expect(reply.status, reply.text).to.equal(200);
      byContract("history", reply);
      return reply.json as { roomId: string; entries: HistoryEntry[] };
    };

    it("tells each entry, newest first, of this room alone", async () => {
      await told(
        { specVersion: 1, outcome: "observed", author: "Ada <ada@example.org>" },
        { specVersion: 1, outcome: "verified" },
        { specVersion: 2, specDigest: "digest-2", outcome: "refused" },
        { roomId: "room-other" },
      );
      const { roomId, entries } = await history();
      expect(roomId).to.equal(ROOM);
      expect(entries.map((entry) => `${entry.specVersion} ${entry.outcome}`)).to.deep.equal([
        "2 refused",
        "1 verified",
        "1 observed",
      ]);
      expect(entries[2]).to.deep.equal({
        specVersion: 1,
        specDigest: "spec-digest-1",
        revision: "main@sha1:0",
        path: "rooms/harbor7.room.yaml",
        author: "Ada <ada@example.org>",
        outcome: "observed",
        time: toIso(ROW_MS),
      });
    });

    it("tells 100 unless it is asked for more or less", async () => {
      await told(...Array.from({ length: 130 }, (_, at) => ({ specVersion: at })));
      expect((await history()).entries).to.have.length(100);
      expect((await history("?count=1000")).entries).to.have.length(130);
      expect((await history("?count=1")).entries[0]).to.include({ specVersion: 129 });
    });

    it("is empty of a room of which nothing was ever valid", async () => {
      await api.store.write([{ kind: "room", row: aRoomRow() }]);
      expect((await history()).entries).to.deep.equal([]);
    });

    for (const query of ["?count=0", "?count=1001", "?count=x", "?count=-1", "?page=2"]) {
      it(`refuses ${query}`, async () => {
        const reply = await api.ask(`/rooms/${ROOM}/history${query}`);
        expect(byProblem(reply)).to.include({ status: 400, code: "InvalidQuery" });
      });
    }
  });

  describe("GET /rooms/{roomId}/versions/{specVersion}", () => {
    const version = async (specVersion: number, query = ""): Promise<VersionBody> => {
      const reply = await api.ask(`/rooms/${ROOM}/versions/${specVersion}${query}`);
      expect(reply.status, reply.text).to.equal(200);
      byContract("version", reply);
      return reply.json as VersionBody;
    };

    it("gives the text as it was written, and what became of it", async () => {
      await text("spec-1", "spec: één\n");
      await told({ outcome: "observed" }, { outcome: "verified" }, { specVersion: 2 });
      const { contents, ...rest } = await version(1);
      expect(rest).to.deep.equal({ roomId: ROOM, specVersion: 1 });
      expect(contents).to.have.length(1);
      expect(contents[0]).to.include({
        specDigest: "spec-digest-1",
        spec: "spec: één\n",
        note: null,
      });
      expect(contents[0]?.entries.map(({ outcome }) => outcome)).to.deep.equal([
        "verified",
        "observed",
      ]);
    });

    it("gives every content that a version was used with, newest first, and a revert as the newest", async () => {
      await text("spec-a", "a");
      await text("spec-b", "b");
      await told(
        { specOid: "spec-a", specDigest: "a" },
        { specOid: "spec-b", specDigest: "b" },
        { specOid: "spec-a", specDigest: "a", outcome: "verified" },
      );
      const { contents } = await version(1);
      expect(contents.map(({ spec, entries }) => [spec, entries.length])).to.deep.equal([
        ["a", 2],
        ["b", 1],
      ]);
      expect((await version(1, "?count=1")).contents.map(({ spec }) => spec)).to.deep.equal(["a"]);
    });

    it("gives the newest text of one meaning, and an older one where that is gone", async () => {
      await text("spec-a", "# as it was first\n");
      const same = { specDigest: "a" };
      await told({ ...same, specOid: "spec-a" }, { ...same, specOid: "spec-b" });
      expect((await version(1)).contents[0]?.spec).to.equal("# as it was first\n");
      await text("spec-b", "# with a comment\n");
      expect((await version(1)).contents[0]?.spec).to.equal("# with a comment\n");
    });

    it("says when a text is not kept any more", async () => {
      await told({ outcome: "verified" });
      const [content] = (await version(1)).contents;
      expect(content?.spec).to.equal(null);
      expect(content?.note).to.include("Store.RetentionDays");
      expect(content?.entries).to.have.length(1);
    });

    it("is a 404 that names where to look when the room has no such version", async () => {
      await told({ specVersion: 1 });
      await api.store.write([{ kind: "room", row: aRoomRow() }]);
      const problem = byProblem(await api.ask(`/rooms/${ROOM}/versions/7`));
      expect(problem).to.include({ status: 404, code: "UnknownVersion" });
      expect(problem.detail).to.include(`GET /rooms/${ROOM}/history`);
    });

    for (const bad of ["one", "-1", "1.5", "1e3", "99999999999999999", "%20"]) {
      it(`is a 400 for ${bad}`, async () => {
        await told({ specVersion: 1 });
        const problem = byProblem(await api.ask(`/rooms/${ROOM}/versions/${bad}`));
        expect(problem).to.include({ status: 400, code: "InvalidRequest" });
      });
    }
  });

  for (const path of ["history", "versions/1"]) {
    it(`is a 404 of a room that nobody knows: ${path}`, async () => {
      await told({ roomId: "room-other" });
      const problem = byProblem(await api.ask(`/rooms/nobody/${path}`));
      expect(problem).to.include({ status: 404, code: "UnknownRoom" });
      expect(problem.detail).to.include("GET /status");
    });

    it(`is only read: ${path}`, async () => {
      const reply = await api.ask(`/rooms/${ROOM}/${path}`, { method: "DELETE" });
      expect(byProblem(reply)).to.include({ status: 405, code: "MethodNotAllowed" });
      expect(reply.headers["allow"]).to.equal("GET, HEAD");
    });
  }
});
