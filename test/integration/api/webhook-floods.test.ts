import { connect, type Socket } from "node:net";
import { expect } from "chai";
import { giteaHeaders, pushBody } from "../../support/a-delivery.ts";
import { aWebhook } from "../../support/a-webhook.ts";
import { eventually } from "../../support/eventually.ts";
import { startApi, type RunningApi } from "../../support/running-api.ts";

const MIB = 1024 ** 2;
const AT_ONCE = 64;

describe("a flood of webhook deliveries", () => {
  let api: RunningApi;
  let webhook: ReturnType<typeof aWebhook>;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    api = await startApi();
    webhook = aWebhook();
    api.operator.webhooks.set("specs", webhook.receiver);
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await api.stop();
  });

  /** Sends all of a large body but its last byte. Gives what is answered, once it is. */
  function sendSlowly(): { answer: string; readonly socket: Socket } {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    const sent = { answer: "", socket };
    socket.setEncoding("utf8").on("data", (text: string) => (sent.answer += text));
    socket.on("error", () => undefined);
    const head = `POST /webhooks/specs HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json`;
    socket.write(`${head}\r\nContent-Length: ${MIB}\r\n\r\n`);
    socket.write("x".repeat(MIB - 1));
    return sent;
  }

  const push = () => {
    const body = pushBody();
    const headers = Object.fromEntries(giteaHeaders(body));
    return api.ask("/webhooks/specs", { method: "POST", headers, body });
  };

  it("holds 64 bodies in memory at most, and takes the next ones once those are gone", async () => {
    const slow = Array.from({ length: 100 }, sendSlowly);
    await eventually("the others are turned away", () => {
      const answers = slow.map(({ answer }) => answer).filter((answer) => answer !== "");
      expect(answers.every((answer) => answer.startsWith("HTTP/1.1 429 "))).to.equal(true);
      return answers.length === 100 - AT_ONCE;
    });
    const turnedAway = await push();
    expect(turnedAway.status).to.equal(429);
    expect(turnedAway.headers["retry-after"]).to.equal("10");
    expect(webhook.counted.every((one) => one === "specs limited")).to.equal(true);
    expect((await api.ask("/livez")).status).to.equal(200);
    for (const { socket } of slow) socket.destroy();
    await eventually("deliveries are read again", async () => (await push()).status === 202);
  }).timeout(60_000);
});
