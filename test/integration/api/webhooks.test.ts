import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { z } from "zod";
import type { statusAnswer } from "../../../agent/api/status-contract.ts";
import type { deliveriesAnswer, webhookAnswer } from "../../../agent/api/webhook-contract.ts";
import {
  giteaHeaders,
  githubHeaders,
  hmacOf,
  pushBody,
  type Headers,
  type Push,
} from "../../support/a-delivery.ts";
import { aWebhook, secretOf } from "../../support/a-webhook.ts";
import { aVerifiedRoom } from "../../support/a-verified-room.ts";
import { byContract, byProblem, startApi, type RunningApi } from "../../support/running-api.ts";

const MIB = 1024 ** 2;

describe("POST /webhooks/{source}", () => {
  let api: RunningApi;
  let webhook: ReturnType<typeof aWebhook>;

  beforeEach(async () => {
    api = await startApi();
    webhook = aWebhook();
    api.operator.webhooks.set("specs", webhook.receiver);
  });

  afterEach(() => api.stop());

  const post = (headers: Headers, body: string | Uint8Array, path = "/webhooks/specs") =>
    api.ask(path, { method: "POST", headers: Object.fromEntries(headers), body });
  const push = (given: Push = {}, secret?: string) => {
    const body = pushBody(given);
    return post(giteaHeaders(body, given, secret), body);
  };
  const answerOf = async (given: Push) =>
    byContract("webhook", await push(given)) as z.infer<typeof webhookAnswer>;

  it("answers 202 and polls the source for a push of what it follows", async () => {
    const reply = await push();
    expect(reply.status).to.equal(202);
    const answer = byContract("webhook", reply) as z.infer<typeof webhookAnswer>;
    expect(answer).to.include({ source: "specs", result: "accepted" });
    expect(webhook.announced).to.have.length(1);
  });

  it("answers 202 and why nothing is polled for another repository or ref", async () => {
    expect((await answerOf({ repository: "ops/other" })).why).to.match(/"ops\/other"/);
    expect((await answerOf({ ref: "refs/heads/dev" })).why).to.match(/not for the followed ref/);
    expect(webhook.announced).to.deep.equal([]);
  });

  it("answers 200 for tests of each forge", async () => {
    const same = "1".repeat(40);
    expect((await push({ before: same, after: same })).status).to.equal(200);
    const body = JSON.stringify({ zen: "x", hook_id: 1, repository: { full_name: "ops/specs" } });
    const reply = await post(githubHeaders(body, { event: "ping" }), body);
    expect(reply.status).to.equal(200);
    expect(byContract("webhook", reply)).to.include({ result: "ping" });
  });

  it("answers 200 for what was sent twice, and polls once", async () => {
    await push();
    const reply = await push();
    expect(reply.status).to.equal(200);
    expect((byContract("webhook", reply) as { why: string }).why).to.match(/^seen before/);
    expect(webhook.announced).to.have.length(1);
  });

  it("answers 403 for a signature that is wrong, missing or doubled, before it parses the body", async () => {
    expect(byProblem(await push({}, "guessed"))).to.include({
      status: 403,
      code: "WebhookRefused",
    });
    const json: Headers = [["Content-Type", "application/json"]];
    expect(byProblem(await post(json, "{")).code).to.equal("WebhookRefused");
    expect(byProblem(await post(json, "")).code).to.equal("WebhookRefused");
    const body = pushBody();
    const twice = await fetch(`${api.url}/webhooks/specs`, {
      method: "POST",
      headers: [...githubHeaders(body), ["X-Hub-Signature-256", `sha256=${hmacOf(body)}`]].map(
        ([name = "", value = ""]): [string, string] => [name, value],
      ),
      body,
    });
    expect(twice.status).to.equal(403);
    expect(webhook.announced).to.deep.equal([]);
  });

  for (const [name, body] of [
    ["nothing", ""],
    ["a list", "[]"],
    ["null", "null"],
    ["no JSON", "{"],
    ["wrong types", JSON.stringify({ ref: 7, after: null })],
    ["1 MiB without end", `{"ref": "${"x".repeat(MIB - 20)}`],
  ] as const) {
    it(`answers 400 for a signed body of ${name}`, async () => {
      const problem = byProblem(await post(githubHeaders(body), body));
      expect(problem).to.include({ status: 400, code: "InvalidBody" });
    });
  }

  it("reads a body of 1 MiB and refuses one byte more", async () => {
    const start = pushBody();
    const body = start + " ".repeat(MIB - start.length);
    expect((await post(githubHeaders(body), body)).status).to.equal(202);
    const problem = byProblem(await post(githubHeaders(`${body} `), `${body} `));
    expect(problem).to.include({ status: 413, code: "BodyTooLarge" });
    expect(problem.detail).to.include("1048576 bytes");
    expect(webhook.counted).to.deep.equal(["specs accepted", "specs unreadable"]);
  });

  it("refuses forms, other charsets and compressed bodies", async () => {
    const form = `payload=${encodeURIComponent(pushBody())}`;
    const typed = (type: string, body: string | Uint8Array): Headers => [
      ["Content-Type", type],
      ["X-GitHub-Event", "push"],
      ["X-Hub-Signature-256", `sha256=${hmacOf(body)}`],
    ];
    const formType = "application/x-www-form-urlencoded";
    const packed = gzipSync(pushBody());
    for (const reply of [
      await post(typed(formType, form), form),
      await post(typed("application/json; charset=latin1", "{}"), "{}"),
      await post([...typed("application/json", packed), ["Content-Encoding", "gzip"]], packed),
    ])
      expect(byProblem(reply)).to.include({ status: 415, code: "UnsupportedMediaType" });
    expect(webhook.receiver.deliveries.map(({ result }) => result)).to.deep.equal([
      "unreadable",
      "unreadable",
      "unreadable",
    ]);
  });

  it("answers the same 404 for a source that is unknown, without a secret, or no name", async () => {
    const body = pushBody();
    const details = new Set<string>();
    for (const path of ["/webhooks/other", "/webhooks/a%2fb", "/webhooks/__proto__"]) {
      for (const headers of [giteaHeaders(body), [["Content-Type", "text/plain"]] as const]) {
        const problem = byProblem(await post(headers, body, path));
        expect(problem).to.include({ status: 404, code: "NotFound" });
        details.add(problem.detail);
      }
      const deliveries = byProblem(await api.ask(`${path}/deliveries`));
      expect(deliveries.status).to.equal(404);
      details.add(deliveries.detail);
    }
    expect(details.size).to.equal(1);
  });

  it("limits one address to 300 deliveries in a minute, whatever a proxy says", async () => {
    const body = pushBody();
    const statuses: number[] = [];
    for (let at = 0; at < 301; at += 1) {
      const headers = [
        ...githubHeaders(body, { id: `${at}` }),
        ["X-Forwarded-For", `10.0.0.${at % 200}`],
      ] as const;
      const reply = await post(headers, body);
      statuses.push(reply.status);
      if (at < 300) continue;
      expect(byProblem(reply)).to.include({ status: 429, code: "TooManyRequests" });
      expect(Number(reply.headers["retry-after"])).to.be.within(1, 60);
    }
    expect(statuses.slice(0, 300).every((status) => status === 202)).to.equal(true);
    expect(webhook.counted.at(-1)).to.equal("specs limited");
    expect((await api.ask("/webhooks/specs/deliveries")).status).to.equal(200);
  }).timeout(60_000);

  it("says nothing of its files when a secret cannot be read", async () => {
    const missing = { kind: "file", path: "/nowhere/hook-secret", holds: "password" } as const;
    api.operator.webhooks.set("specs", aWebhook({ secret: missing }).receiver);
    const problem = byProblem(await push());
    expect(problem).to.include({ status: 503, code: "WebhookUnavailable" });
    expect(problem.detail).not.to.include("/nowhere");
  });

  it("is reached by whatever name a forge knows this machine under, and by no web page", async () => {
    const body = pushBody();
    const headers = giteaHeaders(body);
    const named = await post([...headers, ["Host", "agent.example.org"]], body);
    expect(named.status).to.equal(202);
    const list = await api.ask("/webhooks/specs/deliveries", {
      headers: { Host: "agent.example.org" },
    });
    expect(byProblem(list).code).to.equal("ForbiddenHost");
    const page = await post([...headers, ["Origin", "http://evil.example"]], body);
    expect(byProblem(page).code).to.equal("ForbiddenOrigin");
    const site = await post([...headers, ["Sec-Fetch-Site", "cross-site"]], body);
    expect(byProblem(site).code).to.equal("ForbiddenOrigin");
  });

  it("is a POST and nothing else", async () => {
    expect((await api.ask("/webhooks/specs")).status).to.equal(405);
  });
});

describe("an announced commit that is missing", () => {
  it("is in status, health and explain in the same words", async () => {
    const api = await startApi();
    try {
      const { receiver, state } = aWebhook();
      const message = "a webhook announced commit c1, and 10 polls since then do not show it";
      const since = "2026-01-01T00:00:00.000Z";
      state.missing = { reason: "AnnouncedCommitMissing", message, since };
      const live = {
        name: "specs",
        lastPoll: since,
        nextPoll: null,
        warnings: [],
        webhook: receiver,
      };
      api.operator.state = { ...api.operator.state, sources: [live] };
      await api.store.write([{ kind: "room", row: aVerifiedRoom({ roomId: "lab-01" }) }]);
      const status = byContract("status", await api.ask("/status")) as z.infer<typeof statusAnswer>;
      expect(status.sources[0]?.warnings).to.deep.include({
        reason: "AnnouncedCommitMissing",
        message,
      });
      expect(status.health).to.equal("Degraded");
      expect((await api.ask("/health")).text).to.include(`AnnouncedCommitMissing: ${message}`);
      const explained = await api.ask("/rooms/lab-01/explain");
      expect(byContract("explain", explained)).to.include({ atHead: null });
      expect(explained.text).to.include(`source specs: ${message}`);
    } finally {
      await api.stop();
    }
  });
});

describe("webhook deliveries", () => {
  it("are shown newest first, with the result and the secret, and the newest 5 in /status", async () => {
    const api = await startApi();
    try {
      const { receiver } = aWebhook({ secret: secretOf("new"), previous: secretOf("old") });
      api.operator.webhooks.set("specs", receiver);
      api.operator.state = {
        ...api.operator.state,
        sources: [
          { name: "specs", lastPoll: null, nextPoll: null, warnings: [], webhook: receiver },
        ],
      };
      for (let at = 0; at < 6; at += 1) {
        const body = pushBody();
        const headers = giteaHeaders(body, { id: `d-${at}` }, "old");
        await api.ask("/webhooks/specs", {
          method: "POST",
          headers: Object.fromEntries(headers),
          body,
        });
      }
      const all = byContract("deliveries", await api.ask("/webhooks/specs/deliveries")) as z.infer<
        typeof deliveriesAnswer
      >;
      expect(all.deliveries.map(({ deliveryId }) => deliveryId)).to.have.members(
        [0, 1, 2, 3, 4, 5].map((at) => `d-${at}`),
      );
      expect(all.deliveries[0]).to.include({
        forge: "gitea",
        event: "push",
        matchedSecret: "previous",
      });
      const status = byContract("status", await api.ask("/status")) as z.infer<typeof statusAnswer>;
      expect(status.sources[0]?.webhook?.deliveries).to.have.length(5);
      expect(status.sources[0]?.webhook?.deliveryCount).to.equal(6);
    } finally {
      await api.stop();
    }
  });
});
