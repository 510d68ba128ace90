import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { HttpAccess } from "../../../agent/http/http-access.ts";
import type { RoomServer } from "../../../agent/roomserver/room-server.ts";
import { aCall } from "../../support/a-call.ts";
import { aRestRoomServer } from "../../support/a-rest-room-server.ts";
import { Authority } from "../../support/certificates.ts";
import { ForwardProxy } from "../../support/forward-proxy.ts";
import { HttpBench } from "../../support/http-bench.ts";

describe("REST RoomServer: access", () => {
  let bench: HttpBench;
  let proxy: ForwardProxy;
  let folder: string;
  let server: RoomServer | undefined;
  beforeEach(async () => {
    bench = new HttpBench();
    proxy = await ForwardProxy.start();
    folder = mkdtempSync(join(tmpdir(), "room-operator-authority-"));
  });
  afterEach(async () => {
    await server?.close();
    await bench.stop();
    await proxy.stop();
    rmSync(folder, { recursive: true });
  });

  it("trusts its authority and uses its proxy, also on a new connection", async () => {
    const authority = new Authority(folder);
    const own = authority.issue("rooms", "IP:127.0.0.1", 1);
    const listener = createServer(own, (_request, response) => response.writeHead(404).end());
    const origin = await bench.listen(listener, "https");
    const access: HttpAccess = {
      tls: { ca: readFileSync(authority.file, "utf8") },
      proxy: { host: "127.0.0.1", port: proxy.port, setBy: "Proxy.Url" },
    };
    server = aRestRoomServer(origin.href, { access: async () => access });
    for (const newConnection of [false, true]) {
      const read = await server.readState("room-a", aCall({ newConnection }));
      expect(JSON.stringify(read)).to.include("404");
    }
    expect(proxy.asked).to.deep.equal([`CONNECT ${origin.host}`, `CONNECT ${origin.host}`]);
  });

  it("reports a file that cannot be used as a failed connection, and sends nothing", async () => {
    const { origin, seen } = await bench.serve((_request, response) => response.end());
    server = aRestRoomServer(origin.href, {
      access: () => Promise.reject(new Error("Tls.CaFile: the file /ca.pem cannot be read")),
    });
    const read = await server.readState("room-a", aCall());
    expect(JSON.stringify(read)).to.include("Tls.CaFile: the file /ca.pem cannot be read");
    expect(seen).to.deep.equal([]);
  });
});
