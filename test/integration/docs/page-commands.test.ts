import { expect } from "chai";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { AgentWorld } from "../../support/agent-world.ts";
import { accepted } from "../../support/load-settings.ts";
import { eventually } from "../../support/eventually.ts";
import { freePort } from "../../support/free-port.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { Page, PROJECT } from "../../support/page.ts";
import { PageShell } from "../../support/page-shell.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const EXAMPLE = path.join(PROJECT, "specs-example");
const exampleFiles = () =>
  Object.fromEntries(
    globSync("{rooms,seeds}/*", { cwd: EXAMPLE }).map((file) => [
      file,
      readFileSync(path.join(EXAMPLE, file), "utf8"),
    ]),
  );
/** The example with the removal that many pages are about. */
const withoutSeason = () => {
  const files = exampleFiles();
  const file = "rooms/help-desk.room.yaml";
  const kept = (files[file] ?? "").split("\n").filter((line) => !line.includes("E-season-"));
  return { ...files, [file]: kept.join("\n").replace("version: 1", "version: 2") };
};
const AGENT = "http://127.0.0.1:8080";

describe("the commands that a document shows", function () {
  this.timeout(120_000);
  let world: AgentWorld;
  let shell: PageShell;
  let clone: string;

  beforeEach(async () => {
    world = await AgentWorld.create();
    clone = path.join(world.folder, "clone");
  });

  afterEach(async () => {
    await shell.stop();
    await world.remove();
  });

  /** An agent on these files, a clone of their repository, and a shell whose commands find the agent. */
  async function startOn(files: Readonly<Record<string, string>>): Promise<void> {
    const head = world.commit(files, "Describe our rooms");
    await world.start();
    await world.observed(head);
    shell = new PageShell(world.folder, { ROOM_OPERATOR_URL: world.url });
    await shell.run(`git clone -q ${world.git.url()} clone`, world.folder);
  }

  const answers = (pattern: RegExp) => (output: string) =>
    Promise.resolve(expect(output).to.match(pattern));

  it("work in docs/commit-trailers.md", async () => {
    await startOn(exampleFiles());
    await world.verified("help-desk-01");
    await world.verified("ai-lab-01");
    await shell.runPage(Page.read("docs/commit-trailers.md"), {
      folderOf: () => clone,
      replaced: {},
      after: {
        "Dry-Run: true": async () => {
          await world.reason("ai-lab-01", "DryRun");
          await world.verified("help-desk-01");
        },
        "Confirm: ai-lab-01": () =>
          eventually("the rename is carried out", async () => {
            const { conditions, dryRun } = await world.room("ai-lab-01");
            return dryRun === null && conditions.some(({ reason }) => reason === "Converged");
          }),
      },
    });
    expect((await world.contents("help-desk-01")).entities).to.have.length(4);
  });

  it("work in docs/pull-requests.md", async () => {
    await startOn(exampleFiles());
    await world.verified("help-desk-01");
    const removal = world.commit(withoutSeason(), "Send the season team home");
    await world.reason("help-desk-01", "KickLimitExceeded");
    await shell.runPage(Page.read("docs/pull-requests.md"), {
      folderOf: () => clone,
      replaced: {},
      after: {
        "Confirm: help-desk-01": () => world.verified("help-desk-01", removal),
      },
    });
  });

  it("work in docs/commands.md", async () => {
    shell = new PageShell(world.folder);
    await shell.runPage(Page.read("docs/commands.md"), {
      folderOf: () => PROJECT,
      replaced: {},
      after: { validate: answers(/2 files, 0 errors, 0 warnings/) },
    });
  });

  it("work in docs/moving.md", async () => {
    const other = GitRepository.create({ root: world.repository.root, name: "other.git" });
    other.commit({ "rooms/own.room.yaml": specYaml({ roomId: "own-01", version: 1 }) });
    world.settings({
      Git__Sources__1__Name: "other",
      Git__Sources__1__Url: world.git.url("other.git"),
      Git__Sources__1__IntervalSeconds: "0.2",
    });
    await startOn({
      "rooms/lab.room.yaml": specYaml({
        roomId: "lab-01",
        version: 1,
        entities: ["E-1", "E-2"],
        artifacts: ["lab-plan"],
      }),
      "seeds/lab-plan.md": "# Plan",
      "rooms/kept.room.yaml": specYaml({ roomId: "kept-01", version: 1 }),
    });
    await shell.run(`git clone -q ${world.git.url("other.git")} other-rooms`, world.folder);
    await world.verified("lab-01");
    const isReady = (roomId: string, source: string) =>
      eventually(`${roomId} is ready and owned by ${source}`, async () => {
        const room = await world.room(roomId);
        return (
          room.source === source && room.conditions.some(({ reason }) => reason === "Converged")
        );
      });
    await shell.runPage(Page.read("docs/moving.md"), {
      folderOf: (block) =>
        /Close the lab|Remove the lab/.test(block) ? path.join(world.folder, "other-rooms") : clone,
      replaced: { [AGENT]: world.url },
      after: {
        "Rename the lab's file": () =>
          eventually("the path is the new one", async () => {
            const room = await world.room("lab-01");
            return room.path === "rooms/laboratory.room.yaml";
          }),
        "Give the lab its new id": async () => {
          await world.verified("lab-02");
          await world.reason("lab-01", "Orphaned");
          expect((await world.contents("lab-01")).entities).to.deep.equal(["E-1", "E-2"]);
        },
        "rooms/lab-01": answers(/"forgotten"/),
        "Take over the lab": () =>
          eventually("the second claim is refused", async () => {
            const { sources } = await world.status();
            return sources[1]?.specErrors[0]?.message.includes("lab-02");
          }),
        "Hand over the lab": async () => {
          await isReady("lab-02", "other");
          expect((await world.contents("lab-02")).entities).to.deep.equal(["E-1", "E-2"]);
          expect((await world.room("lab-02")).blocked).to.deep.equal([]);
        },
        "Close the lab": () =>
          eventually("the room is empty", async () => {
            const { entities } = await world.contents("lab-02");
            return entities.length === 0 && (await isReady("lab-02", "other"));
          }),
        "Remove the lab": () => world.reason("lab-02", "Orphaned"),
        "rooms/lab-02": answers(/"forgotten"/),
      },
    });
  });

  it("let a source be renamed as docs/moving.md says", async () => {
    await startOn({
      "rooms/lab.room.yaml": specYaml({ roomId: "lab-01", version: 1, entities: ["E-1"] }),
    });
    await world.verified("lab-01");
    const writes = (await world.writes()).length;
    await world.stop();
    await world.start({ Git__Sources__0__Name: "renamed" });
    await eventually("the room is ready and owned by the new name", async () => {
      const room = await world.room("lab-01");
      return (
        room.source === "renamed" && room.conditions.some(({ reason }) => reason === "Converged")
      );
    });
    expect(await world.writes()).to.have.length(writes);
  });

  it("work in docs/sync-windows.md", async () => {
    const page = Page.read("docs/sync-windows.md");
    const { operator } = await accepted(page.block("json"), { ROOM_AUTH_TOKEN: "t" });
    expect(operator.syncWindows.map(({ kind }) => kind)).to.deep.equal(["deny", "allow"]);
    world.settings({
      Operator__SyncWindows__0__Kind: "deny",
      Operator__SyncWindows__0__Schedule: "0 22 * * *",
      Operator__SyncWindows__0__Duration: "25h",
      Operator__SyncWindowOverride__AllowedPersons__0: "kim@example.org",
    });
    await startOn(exampleFiles());
    await shell.runPage(page, {
      folderOf: () => clone,
      replaced: { [AGENT]: world.url },
      after: {
        "Override-Window": () => world.verified("help-desk-01"),
        "room-operator windows": answers(
          /0 {2}deny {2}on, and no change was found[^]*"waitingCount"/,
        ),
      },
    });
  });

  it("work in docs/webhooks.md", async () => {
    const page = Page.read("docs/webhooks.md");
    const { git } = await accepted(page.block("json"), { ROOM_AUTH_TOKEN: "t" });
    expect(git.sources[0]?.webhook?.previous).to.equal(null);
    world.settings({ Git__Sources__0__Webhook__SecretFile: "webhook-secret" });
    await startOn(exampleFiles());
    await shell.runPage(page, {
      folderOf: () => world.folder,
      replaced: { [AGENT]: world.url },
      after: {
        "openssl dgst": answers(/"result":"accepted"/),
        deliveries: answers(/"result":"accepted".*"matchedSecret":"current"/),
      },
    });
  });

  it("work in docs/install.md", async () => {
    world.commit(exampleFiles());
    const port = await freePort();
    shell = new PageShell(world.folder, { HttpApi__Port: String(port) });
    await shell.runPage(Page.read("docs/install.md"), {
      folderOf: () => world.folder,
      replaced: {
        "http://localhost:5000": world.roomServerUrl,
        "https://git.example.org/team/rooms.git": world.git.url(),
        [AGENT]: `http://127.0.0.1:${port}`,
        "/var/lib/room-operator": path.join(world.folder, "room-operator-data"),
        "/var/backups": world.folder,
      },
      after: {
        "room-operator run": () => shell.served("agent started"),
        "/readyz": answers(/"status":"(?:healthy|degraded)"/),
        sqlite3: () => shell.run("test -s room-operator.db", world.folder),
      },
    });
  });

  it("work in docs/operations.md", async () => {
    await startOn(exampleFiles());
    await world.verified("help-desk-01");
    await world.verified("ai-lab-01");
    const stranger = world.repository.commit(exampleFiles(), { branch: "stranger" });
    await shell.runPage(Page.read("docs/operations.md"), {
      folderOf: () => world.folder,
      replaced: {
        [AGENT]: world.url,
        "/var/lib/room-operator": world.data,
        "/var/backups": world.folder,
        "43873df0d2b1c1f6f0a0d2b1c1f6f0a0d2b1c1f6": stranger,
      },
      after: {
        "explain help-desk-01": answers(/is at head/),
        acknowledge: async () => {
          world.repository.forceBranch(stranger);
          await eventually("the history is unrelated", async () => {
            const [source] = (await world.status()).sources;
            return source?.lastError?.reason === "UnrelatedHistory";
          });
        },
        accept: () => world.observed(stranger),
      },
    });
  });
});
