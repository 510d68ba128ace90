import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import {
  giteaHeaders,
  githubHeaders,
  gitlabHeaders,
  pushBody,
  SECRET,
  SIGNING_TOKEN,
  type Push,
} from "../../../support/a-delivery.ts";
import { aWebhook, received, secretOf } from "../../../support/a-webhook.ts";

const A = "1".repeat(40);
const B = "2".repeat(40);
const gitea = (push: Push = {}, secret = SECRET) => {
  const body = pushBody(push);
  return received(giteaHeaders(body, push, secret), body);
};

describe("WebhookReceiver", () => {
  it("makes the source be polled for a push of the followed ref, and says which secret signed it", async () => {
    const { receiver, announced, counted, logged } = aWebhook();
    const answer = await receiver.receive(gitea());
    expect(answer).to.deep.equal({
      result: "accepted",
      why: "about what source specs follows: it is polled now",
    });
    expect(announced).to.deep.equal([{ commit: B, before: A }]);
    expect(counted).to.deep.equal(["specs accepted"]);
    expect(receiver.deliveries).to.have.length(1);
    expect(receiver.deliveries[0]).to.include({
      forge: "gitea",
      event: "push",
      deliveryId: "070942f7-dcfa-4295-be77-d15965edc022",
      result: "accepted",
      matchedSecret: "current",
    });
    expect(logged.map(({ message }) => message)).to.deep.equal(["webhook received"]);
  });

  it("says when the source is polled where its server asked to wait", async () => {
    const { receiver, state, announced } = aWebhook();
    state.waitsUntil = "2026-01-01T01:00:00.000Z";
    const { result, why } = await receiver.receive(gitea());
    expect(result).to.equal("accepted");
    expect(why).to.equal(
      "about what source specs follows: it is polled at 2026-01-01T01:00:00.000Z, since its server asked to wait until then",
    );
    expect(announced).to.deep.equal([{ commit: B, before: A }]);
  });

  for (const [name, delivery, result, why] of [
    ["another branch", gitea({ ref: "refs/heads/dev" }), "otherRef", /not for the followed ref/],
    ["another repository", gitea({ repository: "ops/other" }), "otherRepository", /"ops\/other"/],
    ["a test", gitea({ before: A, after: A }), "ping", /^works: the signature is right/],
    [
      "a test of another repository",
      gitea({ before: A, after: A, repository: "ops/other" }),
      "ping",
      /works, but is about the repository "ops\/other"/,
    ],
    ["another event", gitea({ event: "issues" }), "ignored", /moves no branch/],
    ["a body that is none", received(giteaHeaders("[]"), "[]"), "invalid", /not a JSON object/],
    ["an unsigned body that is none", received([], "["), "refused", /is not signed/],
    ["another secret", gitea({}, "guessed"), "refused", /is not of this secret/],
  ] as const) {
    it(`polls nothing for ${name}, and says why`, async () => {
      const { receiver, announced, counted } = aWebhook();
      const answer = await receiver.receive(delivery);
      expect(answer.result).to.equal(result);
      expect(answer.why).to.match(why);
      expect(announced).to.deep.equal([]);
      expect(counted).to.deep.equal([`specs ${result}`]);
      expect(receiver.deliveries[0]).to.include({ result, why: answer.why });
    });
  }

  it("makes pull requests be looked at where plans of them are made, once for each delivery", async () => {
    const woken: (number | null)[] = [];
    const { receiver, announced } = aWebhook({ wakePlans: () => (number) => woken.push(number) });
    const body = JSON.stringify({ number: 7, repository: { full_name: "ops/specs" } });
    const push = { event: "pull_request" };
    const delivery = received(giteaHeaders(body, push), body);
    expect((await receiver.receive(delivery)).result).to.equal("pullRequest");
    expect((await receiver.receive(delivery)).result).to.equal("replayed");
    expect(woken).to.deep.equal([7]);
    expect(announced).to.deep.equal([]);
    const without = aWebhook();
    expect(await without.receiver.receive(delivery)).to.deep.equal({
      result: "ignored",
      why: "about pull request 7, and no plans of them are made",
    });
  });

  it("notices a delivery that is sent twice, and nothing else", async () => {
    const { receiver, announced } = aWebhook();
    const results: string[] = [];
    for (const delivery of [
      gitea({ id: "1" }),
      gitea({ id: "1" }),
      // Sent again by a person: Gitea gives it a new id.
      gitea({ id: "2" }),
      gitea({ id: "1", after: "3".repeat(40) }),
    ])
      results.push((await receiver.receive(delivery)).result);
    expect(results).to.deep.equal(["accepted", "replayed", "accepted", "accepted"]);
    expect(announced).to.have.length(3);
  });

  it("notices a replay of GitLab although time and signature are others", async () => {
    const { receiver, clock } = aWebhook({ secret: secretOf(SIGNING_TOKEN) });
    const body = JSON.stringify({ ref: "refs/heads/main", before: A, after: B });
    const send = async () =>
      (await receiver.receive(received(gitlabHeaders(body, clock.nowMs()), body))).result;
    expect(await send()).to.equal("accepted");
    await clock.advance(2000);
    expect(await send()).to.equal("replayed");
  });

  it("does not remember what was refused or not acted on", async () => {
    const { receiver } = aWebhook();
    await receiver.receive(gitea({ id: "1" }, "guessed"));
    expect((await receiver.receive(gitea({ id: "1" }))).result).to.equal("accepted");
    const dev = gitea({ id: "2", ref: "refs/heads/dev" });
    await receiver.receive(dev);
    expect((await receiver.receive(dev)).result).to.equal("otherRef");
  });

  it("polls again for a replay while polls do not show what was announced", async () => {
    const { receiver, state } = aWebhook();
    await receiver.receive(gitea({ id: "1" }));
    const since = "2026-01-01T00:00:00.000Z";
    state.missing = { reason: "AnnouncedCommitMissing", message: "not shown", since };
    expect((await receiver.receive(gitea({ id: "1" }))).result).to.equal("accepted");
    state.missing = null;
    expect((await receiver.receive(gitea({ id: "1" }))).result).to.equal("replayed");
  });

  it("remembers the newest 1000 deliveries", async () => {
    const { receiver } = aWebhook();
    for (let id = 0; id <= 1000; id += 1) await receiver.receive(gitea({ id: `d-${id}` }));
    expect((await receiver.receive(gitea({ id: "d-1" }))).result).to.equal("replayed");
    expect((await receiver.receive(gitea({ id: "d-0" }))).result).to.equal("accepted");
  });

  it("polls for each of two requests of a program, which have no id", async () => {
    const { receiver } = aWebhook();
    const body = "{}";
    const headers = githubHeaders(body).filter(([name]) => name === "X-Hub-Signature-256");
    for (const _ of [1, 2])
      expect((await receiver.receive(received(headers, body))).result).to.equal("accepted");
  });

  it("accepts the secret before while it is rotated, and not after", async () => {
    const during = aWebhook({ secret: secretOf("new"), previous: secretOf(SECRET) }).receiver;
    expect((await during.receive(gitea())).result).to.equal("accepted");
    expect(during.deliveries[0]?.matchedSecret).to.equal("previous");
    const after = aWebhook({ secret: secretOf("new") }).receiver;
    expect((await after.receive(gitea())).result).to.equal("refused");
  });

  it("reads the files of secrets again for each delivery, and says so when one cannot be read", async () => {
    const folder = mkdtempSync(join(tmpdir(), "room-operator-webhook-"));
    try {
      const file = (name: string) =>
        ({ kind: "file", path: join(folder, name), holds: "password" }) as const;
      const webhook = { secret: file("now"), previous: file("before") };
      const { receiver, audited, warnings } = aWebhook(webhook);
      expect((await receiver.receive(gitea())).result).to.equal("noSecret");
      writeFileSync(join(folder, "now"), `${SECRET}\n`);
      expect((await receiver.receive(gitea({ id: "1" }))).result).to.equal("accepted");
      writeFileSync(join(folder, "now"), "renewed");
      // Whether the secret before signed it is not known.
      const unknown = await receiver.receive(gitea({ id: "2" }));
      expect(unknown.result).to.equal("noSecret");
      expect(unknown.why).to.match(/before cannot be read \(it does not exist\)/);
      expect(warnings.list.map(({ message }) => message).join()).to.match(
        /^deliveries that the previous secret signed are refused: .*before cannot be read/,
      );
      writeFileSync(join(folder, "before"), SECRET);
      expect((await receiver.receive(gitea({ id: "3" }))).result).to.equal("accepted");
      expect(warnings.list).to.deep.equal([]);
      expect(audited.map(({ action }) => action)).to.deep.equal([
        "source.warned",
        "webhook.refused",
        "source.warned",
        "webhook.verified",
        "source.warningEnded",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("audits and logs the begin and the end of refusals, however many there are", async () => {
    const { receiver, audited, logged, counted, clock } = aWebhook();
    for (let at = 0; at < 500; at += 1) await receiver.receive(gitea({}, "guessed"));
    await receiver.receive(gitea());
    expect(counted).to.have.length(501);
    expect(audited.map(({ action }) => action)).to.deep.equal([
      "webhook.refused",
      "webhook.verified",
    ]);
    expect(audited[0]?.metadata).to.include({
      source: "specs",
      result: "refused",
      from: "127.0.0.1",
    });
    expect(audited[1]?.metadata).to.include({ refused: 500 });
    // One between each two good ones is not worth a record for each.
    for (let at = 0; at < 50; at += 1) {
      await receiver.receive(gitea({}, "guessed"));
      await receiver.receive(gitea());
    }
    expect(audited).to.have.length(2);
    await clock.advance(600_001);
    await receiver.receive(gitea({}, "guessed"));
    expect(audited).to.have.length(3);
    expect(logged.filter(({ level }) => level === "warn")).to.have.length(2);
  });

  it("keeps the newest 50 deliveries, of which refused ones push out few", async () => {
    const { receiver } = aWebhook();
    for (let id = 0; id < 60; id += 1) await receiver.receive(gitea({ id: `d-${id}` }));
    expect(receiver.deliveries).to.have.length(50);
    expect(receiver.deliveries[0]?.deliveryId).to.equal("d-59");
    for (let at = 0; at < 200; at += 1) await receiver.receive(gitea({}, "guessed"));
    expect(receiver.deliveries).to.have.length(50);
    const verified = receiver.deliveries.filter(({ matchedSecret }) => matchedSecret !== null);
    expect(verified).to.have.length(40);
    expect(receiver.count).to.equal(260);
  });

  it("says neither secret nor signature anywhere", async () => {
    const { receiver, logged, audited } = aWebhook();
    await receiver.receive(gitea());
    await receiver.receive(gitea({}, "guessed"));
    const shown = JSON.stringify([receiver.deliveries, logged, audited]);
    expect(shown)
      .not.to.include(SECRET)
      .and.not.match(/[0-9a-f]{64}/);
  });
});
