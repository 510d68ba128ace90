import { expect } from "chai";
import { createDevserver, type Devserver } from "../../../devserver/devserver.ts";
import { setFaults } from "../../support/devserver-client.ts";

describe("A fault with a target", () => {
  let devserver: Devserver;
  let url: string;

  before(async () => {
    devserver = createDevserver({ port: 0 });
    ({ url } = await devserver.start());
  });

  after(() => devserver.stop());

  async function join(entityId: string): Promise<number> {
    const body = JSON.stringify({ roomId: "room-a", entityId, kind: "agent" });
    return (await fetch(`${url}/room/room-a/join`, { method: "POST", body })).status;
  }

  async function kick(entityId: string): Promise<number> {
    const path = `${url}/room/room-a/entities/${entityId}`;
    return (await fetch(path, { method: "DELETE" })).status;
  }

  it("hits one thing of a room and nothing else, wherever the call names it", async () => {
    await setFaults(url, { kind: "status", operation: "join", target: "E-1", status: 403 });
    expect([await join("E-1"), await join("E-2")]).to.deep.equal([403, 200]);
    await setFaults(url, { kind: "status", target: "E-2", status: 403 });
    expect([await kick("E-2"), await kick("E-1")]).to.deep.equal([403, 404]);
  });
});
