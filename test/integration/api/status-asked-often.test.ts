import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { ROUTES } from "../../../agent/api/routes.ts";
import { createExpressApp } from "../../../agent/api/express-app.ts";
import { eventually } from "../../support/eventually.ts";
import { byProblem, startApi } from "../../support/running-api.ts";

describe("GET /status that many ask for at once", () => {
  for (const path of ["/status", "/status?source=specs", "/status?source=api"]) {
    it(`is made twice at most: ${path}`, async () => {
      const api = await startApi();
      const { store } = api;
      let made = 0;
      let release: () => void = () => {};
      const held = new Promise<void>((resolve) => (release = resolve));
      const read = store.readRooms.bind(store);
      store.readRooms = async (page) => {
        made += 1;
        await held;
        return read(page);
      };
      let asked = 0;
      const ask = async () => {
        asked += 1;
        return api.ask(path);
      };
      try {
        const first = ask();
        await eventually("the first is made", () => made === 1);
        const others = Array.from({ length: 30 }, ask);
        await eventually("all asked", () => asked === 31);
        // A request that is answered shows that those before it have arrived.
        await api.ask("/livez");
        release();
        const all = await Promise.all([first, ...others]);
        expect(all.map(({ status }) => status)).to.deep.equal(all.map(() => 200));
        expect(made).to.be.within(2, 3);
      } finally {
        await api.stop();
      }
    });
  }

  it("reads no room for a source that is not known", async () => {
    const api = await startApi();
    api.store.readRooms = () => Promise.reject(new Error("not to be read"));
    try {
      const answer = byProblem(await api.ask("/status?source=nope"));
      expect(answer).to.include({ status: 404, code: "UnknownSource" });
    } finally {
      await api.stop();
    }
  });
});

describe("an answer that comes after its caller hung up", () => {
  it("is not written", async () => {
    let reads = 0;
    let answer: () => void = () => {};
    let asked = 0;
    const status = () => {
      asked += 1;
      return new Promise((resolve) => {
        answer = () =>
          resolve({
            status: 200,
            contentType: "text/plain",
            get body() {
              reads += 1;
              return "long";
            },
          });
      });
    };
    const app = createExpressApp({
      handlers: Object.fromEntries(Object.keys(ROUTES).map((id) => [id, status])) as never,
      host: "127.0.0.1",
      maxBodyBytes: () => 1,
      webhookGate: [(_request, _response, next) => next()],
      ids: () => "id",
      log: { warn: () => {}, error: () => {} },
    });
    const server = createServer(app).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const closed = new Promise<void>((resolve) => {
      server.once("request", (_request, response) => response.once("close", resolve));
    });
    try {
      const gone = get(`http://127.0.0.1:${port}/status`).on("error", () => {});
      await eventually("asked", () => asked === 1);
      gone.destroy();
      await closed;
      answer();
      const stays = get(`http://127.0.0.1:${port}/status`);
      await eventually("asked again", () => asked === 2);
      expect(reads).to.equal(0);
      answer();
      const [response] = await once(stays, "response");
      response.resume();
      expect(reads).to.be.above(0);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
