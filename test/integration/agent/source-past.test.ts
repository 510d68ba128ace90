import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { specYaml } from "../../support/spec-yaml.ts";

describe("a source that worked before", function () {
  this.timeout(60_000);
  let world: AgentWorld;
  before(async () => {
    world = await AgentWorld.create({
      Git__Sources__0__Auth__Kind: "token",
      Git__Sources__0__Auth__Token: "good",
    });
    world.git.authorization = `Basic ${Buffer.from("x-access-token:good").toString("base64")}`;
    world.commit({ "a.room.yaml": specYaml({ roomId: "room-a", entities: ["E-01"] }) });
    await world.start();
    await world.verified("room-a");
  });
  after(async () => {
    await checkWorld(world);
    await world.remove();
  });
  afterEach(async () => {
    world.git.heal();
    await eventually("it works again", async () => (await error()) === null);
  });
  const error = async () => (await world.status()).sources[0]?.lastError ?? null;
  const says = (pattern: RegExp) =>
    eventually(`it says ${pattern}`, async () => pattern.test((await error())?.message ?? ""));

  it("says until when, and suspects the credential from the third 401 in a row", async () => {
    const messages = new Set<string>();
    world.git.break({ kind: "status", status: 401 });
    await eventually("the advice comes", async () => {
      const message = (await error())?.message;
      if (message !== undefined) messages.add(message);
      return message?.includes("Check the source's Auth");
    });
    const first = [...messages][0];
    const last = [...messages].at(-1);

    expect(first).to.match(
      /answered 401 .* It worked until 20.*Z with the same credential; it is asked again\.$/,
    );
    expect(last).to.match(/It worked until 20.*Z\. Check the source's Auth/);
  });

  it("says that a web page is a matter of account, sign-in or maintenance", async () => {
    const headers = { "content-type": "text/html" };
    world.git.break({
      kind: "status",
      status: 200,
      headers,
      body: "<title>Sign-In Prohibited</title>",
    });
    await says(
      /Sign-In Prohibited.*It worked until 20.*the server now sends a web page: account, sign-in or maintenance/,
    );
  });

  it("still knows it after a restart, and gives the advice at once: the credential may be another one", async () => {
    world.git.break({ kind: "status", status: 401 });
    await world.stop();
    await world.start();
    await says(/It worked until 20.*Z\. Check the source's Auth/);
  });
});
