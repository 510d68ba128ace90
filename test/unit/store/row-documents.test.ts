import { expect } from "chai";
import { fromStoredRoom, nextDocument, toStoredRoom } from "../../../agent/store/room-document.ts";
import {
  fromStoredFile,
  fromStoredHistory,
  toStoredFile,
  toStoredHistory,
} from "../../../agent/store/row-documents.ts";
import type { Room } from "../../../agent/room/room.ts";
import type { FileRow, HistoryRow } from "../../../agent/room/rows.ts";
import {
  aFileRow,
  aHistoryRow,
  anInput,
  aQuarantine,
  aRoomRow,
  ROW_MS,
} from "../../support/a-row.ts";

const asJson = (value: object) => JSON.parse(JSON.stringify(value)) as object;

const head = anInput("1");
const at = head.revision;
const appliedVersion = { specVersion: 1, specDigest: head.specDigest, lineage: "main/1" };
const atHead = {
  version: 3,
  head,
  enforced: head,
  verified: head,
  observedRevision: at,
  attemptedRevision: at,
  appliedRevision: at,
  verifiedRevision: at,
  lineage: "main/1",
  appliedVersion,
  planConfirmed: head.digest,
} as const;

describe("the document of a room", () => {
  const rooms: readonly (readonly [string, Partial<Room>])[] = [
    ["a room nothing is known of", {}],
    ["a room at its head", atHead],
    ["a room behind its head", { ...atHead, head: anInput("2"), observedRevision: "main@sha1:2" }],
    ["a room that lost its head", { ...atHead, head: null }],
    ["a room of another line", { ...atHead, lineage: "main/2" }],
    ["a room with seeds", { head: anInput("1", ["s"]), enforced: anInput("1", ["s"]) }],
    ["a room with members of its own", { quarantine: aQuarantine(), rehearsalsForgotten: true }],
    [
      "a room with refused updates",
      {
        refusedUpdates: [
          {
            item: "entity/E-1",
            inputs: head.digest,
            digest: "d",
            triedAt: "2026-01-01T00:00:00.000Z",
            status: 400,
            message: "no",
          },
        ],
      },
    ],
    ["a room with optional members", { planConfirmed: null, verifiedWithout: [], prune: null }],
  ];
  for (const [name, given] of rooms) {
    it(`gives back ${name}`, () => {
      const row = aRoomRow(given);
      expect(fromStoredRoom(asJson(toStoredRoom(row)))).to.deep.equal(row);
      expect(fromStoredRoom(asJson(row)), "as an older agent wrote it").to.deep.equal(row);
      const next = JSON.stringify(toStoredRoom({ ...row, version: row.version + 1 }));
      expect(nextDocument(JSON.stringify(toStoredRoom(row)), row)).to.equal(next);
    });
  }

  it("is short for a room at its head", () => {
    expect(toStoredRoom(aRoomRow(atHead))).to.deep.equal({
      roomId: "room-harbor7",
      version: 3,
      owner: { kind: "git", source: "main", path: "rooms/harbor7.room.yaml" },
      head,
      enforced: "head",
      verified: "head",
      observedRevision: "head",
      attemptedRevision: "head",
      appliedRevision: "head",
      verifiedRevision: "head",
      lineage: "main/1",
      appliedVersion: "head",
      planConfirmed: "head",
    });
  });
});

describe("the document of a file", () => {
  const { path } = head;
  const problem = { path: "a", line: 1, column: 2, message: "no" };
  const files: readonly (readonly [string, Partial<FileRow>])[] = [
    ["a file without inputs", { errors: [problem], valid: false }],
    ["a file with plain inputs", { inputs: { ...head, author: null, committedAt: null } }],
    ["a file with seeds and an author", { inputs: anInput("1", ["s"]), warnings: [problem] }],
    ["a file that keeps the inputs of another", { oid: "other", inputs: { ...head, path: "b" } }],
    ["a file that is ignored", { ignoredBy: "a line", asked: null, inputs: head }],
  ];
  for (const [name, given] of files) {
    it(`gives back ${name}`, () => {
      const row = aFileRow({ path: path ?? "", ...given });
      expect(fromStoredFile(asJson(toStoredFile(row)), row)).to.deep.equal(row);
      expect(fromStoredFile(asJson(row), row), "as an older agent wrote it").to.deep.equal(row);
    });
  }

  it("leaves out what its columns and its blob say", () => {
    const row = aFileRow({ inputs: { ...head, author: null, committedAt: null } });
    expect(toStoredFile(row)).to.have.all.keys("roomId", "valid", "inputs");
    const left = ["digest", "specOid", "specDigest", "specVersion", "revision"];
    expect(Reflect.get(toStoredFile(row), "inputs")).to.have.all.keys(...left);
  });
});

describe("the document of a row of history", () => {
  const rows: readonly HistoryRow[] = [aHistoryRow(), aHistoryRow({ author: "Ada", path: null })];
  for (const row of rows) {
    it(`gives back a row by ${row.author ?? "nobody known"}`, () => {
      const { roomId, inputsDigest, revision, outcome } = row;
      const columns = { roomId, inputsDigest, revision, outcome, timeMs: ROW_MS };
      expect(fromStoredHistory(asJson(toStoredHistory(row)), columns)).to.deep.equal(row);
      expect(fromStoredHistory(asJson(row), columns), "of an older agent").to.deep.equal(row);
      expect(toStoredHistory(row)).to.not.have.any.keys("roomId", "revision", "time");
    });
  }
});
