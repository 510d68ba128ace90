import { once } from "node:events";
import { Agent, get } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { ROUTES } from "../../../agent/api/routes.ts";
import { createExpressApp } from "../../../agent/api/express-app.ts";
import type { ApplyAnswer } from "../../../agent/request/requests.ts";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { aReport, reported } from "../../support/fake-operator.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";
import { rejection } from "../../support/rejection.ts";
import { type RunningApi, byProblem, startApi } from "../../support/running-api.ts";

describe("every answer", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  for (const path of ["/livez", "/status", "/nope", "/audit?count=0"]) {
    it(`carries the protective headers and no word of what made it: ${path}`, async () => {
      const { headers } = await api.ask(path);
      expect(headers).to.include({
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
      });
      expect(headers).not.to.have.any.keys("x-powered-by", "etag", "access-control-allow-origin");
    });
  }

  it("echoes a sane correlation id", async () => {
    const { headers } = await api.ask("/livez", { headers: { "X-Correlation-Id": "abc.DEF_1-2" } });
    expect(headers["x-correlation-id"]).to.equal("abc.DEF_1-2");
  });

  for (const odd of ["", "a b", "<script>", "x".repeat(129), "a, b"]) {
    it(`makes a correlation id instead of ${JSON.stringify(odd.slice(0, 9))}`, async () => {
      const { headers } = await api.ask("/livez", { headers: { "X-Correlation-Id": odd } });
      expect(headers["x-correlation-id"]).to.match(/^made-\d+$/);
    });
  }

  it("answers HEAD as GET without a body", async () => {
    const reply = await api.ask("/livez", { method: "HEAD" });
    expect([reply.status, reply.text]).to.deep.equal([200, ""]);
    expect(Number(reply.headers["content-length"])).to.be.above(0);
  });

  it("does not go to a page of another site, nor to a rebound name", async () => {
    const page = await api.ask("/status", { headers: { Origin: "https://evil.example" } });
    expect(byProblem(page)).to.include({ status: 403, code: "ForbiddenOrigin" });
    const rebound = await api.ask("/status", { headers: { Host: "evil.example" } });
    expect(byProblem(rebound)).to.include({ status: 403, code: "ForbiddenHost" });
  });

  it("lets no page of another site change a thing", async () => {
    const reply = await api.apply({ roomId: "lab-01" }, { "Sec-Fetch-Site": "cross-site" });
    expect(byProblem(reply)).to.include({ status: 403, code: "ForbiddenOrigin" });
    expect(api.operator.rooms).to.deep.equal([]);
  });
});

describe("the routes", () => {
  it("are those of the contract and no other", () => {
    const app = createExpressApp({
      handlers: Object.fromEntries(
        Object.keys(ROUTES).map((id) => [id, async () => ({})]),
      ) as never,
      host: "127.0.0.1",
      maxBodyBytes: () => 1,
      webhookGate: [(_request, _response, next) => next()],
      ids: () => "id",
      log: { warn: () => {}, error: () => {} },
    });
    const served = app.router.stack.flatMap(({ route }) => {
      if (route === undefined) return [];
      const methods = route.stack.map(({ method }) => method).filter((method) => method);
      return [...new Set(methods)].map((method) => `${method} ${route.path}`);
    });
    const listed = Object.values(ROUTES).map(({ method, path }) => `${method} ${path}`);
    expect(served.toSorted()).to.deep.equal(listed.toSorted());
  });
});

describe("the server", () => {
  it("gives the same address to every start, and stops twice without harm", async () => {
    const api = await startApi();
    expect(await Promise.all([api.start(), api.start()])).to.deep.equal([
      { url: api.url },
      { url: api.url },
    ]);
    expect((await api.ask("/livez")).status).to.equal(200);
    await Promise.all([api.stop(), api.stop()]);
    await api.stop();
    const refused = await rejection(api.ask("/livez"));
    expect(refused).to.have.property("code", "ECONNREFUSED");
    expect(await rejection(api.start())).to.have.property("code", "ApiStopped");
  });

  it("says which port is in use and what to do", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as AddressInfo;
    try {
      const error = await rejection(startApi({ port }));
      expect(error).to.be.instanceOf(OperatorError).with.property("code", "PortInUse");
      expect(error.message).to.match(new RegExp(`port ${port} of 127\\.0\\.0\\.1 .*HttpApi__Port`));
    } finally {
      holder.close();
    }
  });

  it("says when the address is none of this machine", async () => {
    const error = await rejection(startApi({ host: "192.0.2.1" }));
    expect(error).to.have.property("code", "CannotListen");
    expect(error.message).to.match(/192\.0\.2\.1.*HttpApi\.Host/);
  });

  it("closes connections that are kept alive when it stops", async () => {
    const api = await startApi();
    const agent = new Agent({ keepAlive: true });
    try {
      const [response] = await once(get(`${api.url}/livez`, { agent }), "response");
      response.resume();
      await once(response, "end");
      await eventually("the socket is kept", () => Object.keys(agent.freeSockets).length === 1);
      const startedMs = performance.now();
      await api.stop();
      expect(performance.now() - startedMs).to.be.below(1500);
    } finally {
      agent.destroy();
    }
  });

  it("lets a running request end before it stops", async () => {
    const api = await startApi();
    let finish: ((answer: ApplyAnswer) => void) | undefined;
    api.operator.answer = () => new Promise((resolve) => (finish = resolve));
    const asked = api.apply({ roomId: "lab-01" });
    await eventually("the operator is asked", () => finish !== undefined);
    const stopped = api.stop();
    const given = { roomId: "lab-01", correlationId: "c" };
    finish?.(reported(aReport({ kind: "converged" }, given)));
    expect((await asked).status).to.equal(200);
    await stopped;
  });

  it("cuts off a request that does not end", async () => {
    const clock = new FakeClock();
    const api = await startApi({ clock });
    let asked = false;
    api.operator.answer = () => {
      asked = true;
      return new Promise(() => {});
    };
    const cut = rejection(api.apply({ roomId: "lab-01" }));
    await eventually("the operator is asked", () => asked);
    const stopped = api.stop();
    await settled();
    await clock.advance(3000);
    await stopped;
    expect(await cut).to.have.property("code", "ECONNRESET");
  });

  it("lets go of a caller after 35 s even if the operator does not", async () => {
    const clock = new FakeClock();
    const api = await startApi({ clock });
    try {
      let fail: (error: Error) => void = () => {};
      api.operator.answer = () => new Promise((_resolve, reject) => (fail = reject));
      const reply = api.apply({ roomId: "lab-01" });
      await eventually("the operator is asked", () => api.operator.rooms.length === 1);
      await clock.advance(35_000);
      expect((await reply).status).to.equal(202);
      expect((await reply).json).to.include({ outcome: "accepted" });
      fail(new Error("too late"));
      await eventually("the late error is logged", () => api.logged.length === 1);
    } finally {
      await api.stop();
    }
  });
});
