import { expect } from "chai";
import { aCall } from "../../support/a-call.ts";
import { A_ROOM, anArtifact, anEntity } from "../../support/a-room-spec.ts";
import { FakeRoomServer, UNREACHABLE } from "../../support/fake-room-server.ts";
import { rejection } from "../../support/rejection.ts";

describe("FakeRoomServer", () => {
  const join = (server: FakeRoomServer, id: string) => server.join(A_ROOM, anEntity(id), aCall());
  const ids = (server: FakeRoomServer) => server.room(A_ROOM).entities.map(({ id }) => id);

  it("records calls and effects", async () => {
    const server = new FakeRoomServer();
    await server.readState(A_ROOM, aCall({ requestId: "read" }));
    await join(server, "E-1");
    await join(server, "E-1");
    await server.kick(A_ROOM, "E-2", aCall());
    expect(server.calls.map(({ call }) => call.requestId)[0]).to.equal("read");
    expect(server.writes).to.deep.equal(["join E-1", "join E-1", "kick E-2"]);
    expect(server.effects).to.deep.equal(["join E-1"]);
  });

  it("fails at the nth call of an operation and at no other", async () => {
    const server = new FakeRoomServer();
    server.failAt("join", 2, UNREACHABLE);
    const kinds = [];
    for (const id of ["E-1", "E-2", "E-3"]) kinds.push((await join(server, id)).kind);
    expect(kinds).to.deep.equal(["done", "unavailable", "done"]);
    expect(ids(server)).to.deep.equal(["E-1", "E-3"]);
  });

  it("fails as often as told, and until it is healed", async () => {
    const server = new FakeRoomServer();
    server.failAt("readState", 1, UNREACHABLE, 2);
    const kinds = [];
    for (let read = 0; read < 3; read += 1) {
      kinds.push((await server.readState(A_ROOM, aCall())).kind);
    }
    expect(kinds).to.deep.equal(["unavailable", "unavailable", "ok"]);
    server.failAt("join", 1, UNREACHABLE, Number.POSITIVE_INFINITY);
    expect((await join(server, "E-1")).kind).to.equal("unavailable");
    server.heal();
    expect((await join(server, "E-1")).kind).to.equal("done");
  });

  it("can do the work and lose the answer", async () => {
    const server = new FakeRoomServer();
    server.failAfterWorkAt("seed", 1, { ...UNREACHABLE, kind: "unavailable", maybeDone: true });
    const upload = { artifact: anArtifact("notes"), bytes: new Uint8Array() };
    expect(await server.seed(A_ROOM, upload, aCall())).to.include({ maybeDone: true });
    expect(server.effects).to.deep.equal(["seed notes"]);
  });

  it("can lie about a write", async () => {
    const server = new FakeRoomServer();
    server.lie("join");
    expect(await join(server, "E-1")).to.deep.equal({ kind: "done" });
    expect(ids(server)).to.deep.equal([]);
  });

  it("can show something other than the truth", async () => {
    const server = new FakeRoomServer();
    await join(server, "E-1");
    server.view = (state) => ({ ...state, entities: [] });
    const read = await server.readState(A_ROOM, aCall());
    expect(read).to.have.nested.property("value.entities").that.deep.equals([]);
    expect(ids(server)).to.deep.equal(["E-1"]);
  });

  it("lets somebody else act just before a call", async () => {
    const server = new FakeRoomServer();
    server.before = ({ operation }) => {
      if (operation === "join") server.change(A_ROOM, (room) => ({ ...room, policies: { a: 1 } }));
    };
    await join(server, "E-1");
    expect(server.room(A_ROOM).policies).to.deep.equal({ a: 1 });
  });

  it("leaves a call that is held up when its signal aborts, and does not do it", async () => {
    const server = new FakeRoomServer();
    server.before = () => new Promise(() => undefined);
    const controller = new AbortController();
    const call = aCall({ signal: controller.signal });
    const joining = rejection(server.join(A_ROOM, anEntity("E-1"), call));
    controller.abort(new Error("stopping"));
    expect((await joining).message).to.equal("stopping");
    expect(ids(server)).to.deep.equal([]);
  });
});
