import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { giteaBootstrap } from "../../../agent/cli/gitea-bootstrap.ts";
import { BootstrapWorld, PASSWORD, WEBHOOK } from "../../support/bootstrap-world.ts";
import { RecordedIo } from "../../support/command-io.ts";

describe("gitea-bootstrap, what it cannot do", () => {
  let world: BootstrapWorld;

  beforeEach(async () => {
    world = await BootstrapWorld.start();
  });

  afterEach(() => world.stop());

  it("says that the admin's password is wrong, and how to correct it", async () => {
    writeFileSync(join(world.folder, "password"), "another\n");
    const { code, message } = await world.refusal();
    expect(code).to.equal("GiteaRefused");
    expect(message).to.include('the password of "ops"').and.include("--password-file");
  });

  it("lets an agent start that was set up, when a person changed the admin's password since", async () => {
    await world.run();
    const ops = world.gitea.state.users.get("ops");
    if (ops !== undefined) ops.password = "a new one";
    const lines = await world.run();
    expect(lines.at(-1)).to.match(/^sign-in: .*nothing was looked at/);
  });

  it("does not take an agent for set up whose setup was cut off, when the password is refused", async () => {
    await world.run();
    const ids = join(world.folder, "handover", "gitea-ids.json");
    const { isComplete: _cutOff, ...made } = JSON.parse(readFileSync(ids, "utf8"));
    writeFileSync(ids, JSON.stringify(made));
    const ops = world.gitea.state.users.get("ops");
    if (ops !== undefined) ops.password = "a new one";
    expect((await world.refusal()).message).to.include('the password of "ops"');
  });

  it("says what is wrong with an admin who is none", async () => {
    world.gitea.state.users.set("ada", { id: 9, isAdmin: false, password: PASSWORD, tokens: [] });
    const { code, message } = await world.refusal("--admin", "ada");
    expect(code).to.equal("GiteaRefused");
    expect(message).to.include('"ada" is not a site admin');
  });

  it("refuses a bot that is a site admin", async () => {
    world.gitea.state.users.set("boss", { id: 9, isAdmin: true, password: "x", tokens: [] });
    const { message } = await world.refusal("--bot", "boss");
    expect(message).to.include('"boss" is a site admin').and.include("--bot");
  });

  it("says that an organization's name is taken by a person", async () => {
    world.gitea.state.users.set("rooms", { id: 9, isAdmin: false, password: "x", tokens: [] });
    const { message } = await world.refusal();
    expect(message).to.include('the organization "rooms"').and.include("--organization");
  });

  it("says that a repository is archived", async () => {
    await world.run();
    world.specs.archived = true;
    expect((await world.refusal()).message).to.include("archived");
  });

  it("says that nothing answers, after the wait", async () => {
    const { code, message } = await world.refusal("--url", "http://127.0.0.1:9", "--wait", "1s");
    expect(code).to.equal("GiteaUnavailable");
    expect(message).to.include("http://127.0.0.1:9").and.include("connection refused");
  });

  for (const { name, answer, code, words } of [
    {
      name: "shows its install page",
      answer: { status: 404, body: "404 page not found\n", type: "text/plain" },
      code: "GiteaUnknown",
      words: "INSTALL_LOCK",
    },
    {
      name: "is another server",
      answer: { status: 200, body: "<html>hello</html>", type: "text/html" },
      code: "GiteaUnknown",
      words: "--url",
    },
    {
      name: "has another address",
      answer: { status: 301, body: "moved", type: "text/html" },
      code: "GiteaUnknown",
      words: "--url",
    },
  ]) {
    it(`says what answers when it ${name}`, async () => {
      world.gitea.mishap = ({ isDone }) => (isDone ? null : answer);
      const { code: got, message } = await world.refusal("--wait", "1s");
      expect(got).to.equal(code);
      expect(message).to.include(words);
    });
  }

  it("says that the account must change its password first", async () => {
    const answer = { status: 403, body: { message: "You must change your password." } };
    world.gitea.mishap = ({ count, isDone }) => (!isDone && count === 2 ? answer : null);
    const { code, message } = await world.refusal();
    expect(code).to.equal("GiteaRefused");
    expect(message).to.include("You must change your password").and.include("--admin");
  });

  it("says that it cannot write to the handover, before it asks Gitea anything", async () => {
    writeFileSync(join(world.folder, "handover"), "a file");
    const { code, message } = await world.refusal();
    expect(code).to.equal("SetupFilesUnusable");
    expect(message).to.include(join(world.folder, "handover")).and.include("--handover");
    expect(world.gitea.requests).to.deep.equal([]);
  });

  it("says that what an earlier run wrote is damaged", async () => {
    await world.run();
    writeFileSync(join(world.folder, "handover", "gitea-ids.json"), "{");
    expect((await world.refusal()).code).to.equal("SetupFilesUnusable");
  });

  it("says that the password's file cannot be read, or holds no password", async () => {
    for (const name of ["absent", "empty", "two-lines"]) {
      if (name === "empty") writeFileSync(join(world.folder, name), "\n");
      if (name === "two-lines") writeFileSync(join(world.folder, name), "a\nb\n");
      const { code, message } = await world.refusal("--password-file", name);
      expect(code).to.equal("SetupFilesUnusable");
      expect(message).to.include(join(world.folder, name));
    }
  });

  it("says which folder has no files to begin with, and makes no commit", async () => {
    mkdirSync(join(world.folder, "nothing"));
    const { code, message } = await world.refusal("--content", "nothing");
    expect(code).to.equal("SetupFilesUnusable");
    expect(message).to.include(join(world.folder, "nothing")).and.include("--content");
  });

  for (const { args, words } of [
    { args: ["--webhook", ""], words: "--webhook is missing" },
    { args: ["--url", "gitea:3000"], words: '--url "gitea:3000"' },
    { args: ["--url", "http://ops:secret@gitea:3000"], words: "without user, password" },
    { args: ["--organization", "a/b"], words: '--organization "a/b"' },
    { args: ["--bot", "ops"], words: "--bot and --admin" },
    { args: ["--wait", "soon"], words: '--wait "soon"' },
  ]) {
    it(`refuses ${args.join(" ")}`, async () => {
      const io = new RecordedIo(world.folder);
      const all = ["--password-file", "p", "--handover", "h", "--webhook", WEBHOOK, ...args];
      expect(await giteaBootstrap(all, io)).to.equal(2);
      expect(io.err).to.include(words);
    });
  }
});
