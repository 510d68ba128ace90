import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { verifySignature } from "../../../agent/forge/webhook-signature.ts";
import { eventually } from "../../support/eventually.ts";
import { ForgeClone } from "../../support/forge/forge-clone.ts";
import { GiteaPerson } from "../../support/forge/gitea-person.ts";
import { GiteaStandIn } from "../../support/forge/gitea-stand-in.ts";
import { recordedDelivery, recordedNames } from "../../support/forge/recorded-gitea.ts";
import { shapeOf } from "../../support/forge/shape-of.ts";

interface Delivery {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Not sent in the same way by the program that delivers here. */
const NOT_COMPARED = new Set(["host", "content-length", "accept-encoding", "connection"]);

/** Whether a commit names files of a kind depends on what it changes. */
const FILE_NAMES = /^.*\.(?:added|removed|modified)\[\]: string\n/gm;

describe("the stand-in for Gitea delivers like a real 1.26.3", () => {
  let gitea: GiteaStandIn;
  let receiver: Server;
  const arrived: Delivery[] = [];
  const clone = new ForgeClone();
  const named = new Map<string, Delivery>();

  before(async () => {
    gitea = await GiteaStandIn.start();
    receiver = createServer((request, response) => {
      void text(request).then((body) => {
        const pairs = Object.entries(request.headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]);
        arrived.push({ headers: new Map(pairs), body });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    await story();
  });

  after(async () => {
    clone.remove();
    await gitea.stop();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  /** The deliveries that came since the last call, under these names. */
  const take = async (...names: readonly string[]) => {
    await eventually("they came", () => arrived.length >= names.length);
    for (const name of names) {
      const delivery = arrived.shift();
      if (delivery !== undefined) named.set(name, delivery);
    }
    expect(arrived.map(({ body }) => body.slice(0, 100))).to.deep.equal([]);
  };

  async function story(): Promise<void> {
    const { apiUrl } = gitea;
    const ops = GiteaPerson.withPassword(apiUrl, "ops", "opspass1234");
    await ops.done("POST", "/user/repos", { name: "specs" });
    const specs = "/repos/ops/specs";
    const to = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks/gitea`;
    const url = `${gitea.url.replace("//", "//ops:opspass1234@")}/ops/specs.git`;
    const commit = (files: Record<string, string>, branch = "main", on = branch) =>
      clone.commit(files, branch, [clone.head(on)]);
    const first = clone.commit({ "rooms/a.yaml": "a: 1\n" }, "main", []);
    await clone.push(url, "main");
    const hook = (secret: string) => ({
      type: "gitea",
      active: true,
      config: { url: to, content_type: "json", secret },
      events: [
        "push",
        "delete",
        "create",
        "pull_request_only",
        "pull_request_label",
        "pull_request_sync",
      ],
    });
    await ops.done("POST", `${specs}/hooks`, hook(""));
    await ops.done("POST", `${specs}/hooks/1/tests`);
    await take("test-without-secret");
    await ops.done("DELETE", `${specs}/hooks/1`);
    await ops.done("POST", `${specs}/hooks`, hook("test-secret"));
    await ops.done("POST", `${specs}/hooks/2/tests`);
    await take("test");
    const pushed = async (branch: string, ref?: string) => clone.push(url, branch, ref);
    commit({ "rooms/a.yaml": "a: 2\n" });
    await pushed("main");
    await take("push");
    commit({ "rooms/é.yaml": "a: ü\n" });
    await pushed("main");
    await take("push-non-ascii");
    clone.commit({ "rooms/b.yaml": "b: 1\n" }, "main", [first]);
    await pushed("main");
    await take("push-forced");
    clone.point("topic", clone.head("main"));
    commit({ "rooms/t.yaml": "t: 1\n" }, "topic");
    await pushed("topic");
    await take("branch-created-1-create", "branch-created-2-push");
    await clone.drop(url, "refs/heads/topic");
    await take("branch-deleted");
    await pushed("main", "refs/tags/v1");
    await take("tag-created-1-push", "tag-created-2-create");
    await pushed("topic", "refs/tags/v1");
    await take("tag-moved-1-push", "the create of a moved tag");
    await clone.drop(url, "refs/tags/v1");
    await take("tag-deleted-1-push", "tag-deleted-2-delete");
    await clone.tag(url, "v2", "a note");
    await take("tag-annotated-1-push", "the create of an annotated tag");
    await pulls(ops, url);
  }

  async function pulls(ops: GiteaPerson, url: string): Promise<void> {
    const specs = "/repos/ops/specs";
    clone.commit({ "rooms/one.yaml": "1\n" }, "one", [clone.head("main")]);
    await clone.push(url, "one");
    await take("the create of one", "the push of one");
    await ops.done("POST", `${specs}/labels`, { name: "confirm", color: "#2da44e" });
    await ops.done("POST", `${specs}/pulls`, { title: "One", head: "one", base: "main" });
    await take("pull-opened");
    await ops.done("POST", `${specs}/issues/1/labels`, { labels: [1] });
    await take("pull-label-added");
    clone.commit({ "rooms/one.yaml": "2\n" }, "one", [clone.head("one")]);
    await clone.push(url, "one");
    await take("the second push of one", "pull-synchronized");
    await ops.done("DELETE", `${specs}/issues/1/labels`);
    await take("pull-labels-cleared");
    await ops.done("POST", `${specs}/issues/1/labels`, { labels: [1] });
    await take("the label once more");
    await ops.done("POST", `${specs}/pulls/1/merge`, { do: "merge" });
    await take("pull-closed-merged", "pull-merged-push");
  }

  // A push whose message is not UTF-8, and one from a fork, differ from these in values alone.
  const others = new Set(["push-message-not-utf8", "pull-opened-from-fork-with-label"]);
  for (const name of recordedNames("deliveries").filter((each) => !others.has(each))) {
    it(name, () => {
      const recorded = recordedDelivery(name);
      const given = named.get(name);
      expect(given, "the story has it").to.not.equal(undefined);
      if (given === undefined) return;
      const real = new Map(
        recorded.headers.map(([header, value]) => [header.toLowerCase(), value]),
      );
      const compared = [...real.keys()].filter((header) => !NOT_COMPARED.has(header));
      for (const header of compared) {
        expect(given.headers.has(header), header).to.equal(true);
      }
      for (const header of ["x-gitea-event", "x-gitea-event-type", "content-type"]) {
        expect(given.headers.get(header), header).to.equal(real.get(header));
      }
      for (const header of ["x-gitea-signature", "x-hub-signature-256"]) {
        expect(given.headers.get(header)?.length, header).to.equal(real.get(header)?.length);
      }
      const shape = (body: string) => shapeOf(JSON.parse(body)).replace(FILE_NAMES, "");
      expect(shape(given.body)).to.equal(shape(recorded.body));
      if (name !== "test-without-secret") {
        const values = (header: string) => [given.headers.get(header) ?? []].flat();
        const delivery = { values, body: Buffer.from(given.body) };
        const secrets = { current: "test-secret", previous: null };
        expect(verifySignature(delivery, secrets, 0)).to.include({ kind: "valid" });
      }
      expect(given.body.includes("\n  ")).to.equal(recorded.body.includes("\n  "));
    });
  }
});
