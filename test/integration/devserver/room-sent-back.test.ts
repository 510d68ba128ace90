import { expect } from "chai";
import { createDevserver, type Devserver } from "../../../devserver/devserver.ts";
import { joinEntity } from "../../support/devserver-client.ts";

describe("A room of the devserver that is sent back", () => {
  const A = "/_dev/rooms/room-a";
  let devserver: Devserver;
  let url: string;

  beforeEach(async () => {
    devserver = createDevserver({ port: 0 });
    ({ url } = await devserver.start());
  });

  afterEach(() => devserver.stop());

  async function put(path: string, body: object) {
    const answer = await fetch(url + path, { method: "PUT", body: JSON.stringify(body) });
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  }

  async function show() {
    await joinEntity(url, "room-a", "E-1");
    const state = await fetch(`${url}/room/room-a/state`);
    const { entities } = JSON.parse(await state.text());
    const artifacts = [{ name: "notes", content: "hello", tags: ["a"], isPromoted: true }];
    const resources = [{ name: "search", type: "mcp-tool", config: { at: "x" } }];
    return (await put(A, { entities, artifacts, resources, policies: { p: 1 } })).body;
  }

  it("is as it was where nothing was changed", async () => {
    const shown = await show();
    const { status, body } = await put(A, shown);
    expect(status).to.equal(200);
    expect(body).to.deep.equal({ ...shown, lastUpdated: body.lastUpdated });
  });

  it("has the content that was added, in place of the hash that was shown", async () => {
    const shown = await show();
    const artifacts = [{ ...shown.artifacts[0], content: "other." }];
    const [notes] = (await put(A, { ...shown, artifacts })).body.artifacts;
    expect(notes.hash).to.not.equal(shown.artifacts[0].hash);
    expect(notes.size).to.equal(6);
  });

  it("is refused under another name, with what to send", async () => {
    const { status, body } = await put("/_dev/rooms/room-b", await show());
    expect(status).to.equal(400);
    expect(body.message).to.include("leave roomId out");
  });

  for (const path of ["/room/room-a/state", "/room/room-a"])
    it(`is refused at ${path}, with where to send it`, async () => {
      const { status, body } = await put(path, await show());
      expect(status).to.be.within(404, 405);
      expect(body.message).to.include("PUT /_dev/rooms/{id}");
    });
});
