import { once } from "node:events";
import { Agent, request } from "node:http";
import { expect } from "chai";
import { aReport, reported } from "../../support/fake-operator.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { startApi } from "../../support/running-api.ts";

describe("the stop of the server", () => {
  it("lets a running request end, and then does not wait for its connection", async () => {
    // The clock stands still, so only the end of the request can end the stop.
    const api = await startApi({ clock: new FakeClock() });
    const agent = new Agent({ keepAlive: true });
    let finish: (() => void) | undefined;
    api.operator.answer = ({ roomId, correlationId }) =>
      new Promise((resolve) => {
        finish = () => resolve(reported(aReport({ kind: "converged" }, { roomId, correlationId })));
      });
    try {
      const asked = request(`${api.url}/apply`, {
        agent,
        method: "POST",
        headers: { "Content-Type": "application/json" },
      });
      asked.end('{"roomId":"lab-01"}');
      await eventually("the operator is asked", () => finish !== undefined);
      const stopped = api.stop();
      finish?.();
      const [response] = await once(asked, "response");
      expect(response.statusCode).to.equal(200);
      response.resume();
      await stopped;
    } finally {
      agent.destroy();
    }
  });
});
