import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { LoopDelay } from "../../support/cpu-time.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";

/** 8 to 25 were seen. */
const DELAY_MS = 200;

const FILES = 300;
const MEMBERS = 110;
const FOLDERS = Array.from({ length: 14 }, (_, at) => `${at}-${"f".repeat(60)}`).join("/");

/** A spec with 110 unknown members. */
const unknownMembers = (version: number) =>
  [
    `metadata: { version: ${version} }`,
    "spec:",
    "  roomId: evil-room",
    ...Array.from({ length: MEMBERS }, (_, at) => `  unknown${at}: true`),
    "",
  ].join("\n");

const evilFiles = (version: number) =>
  Object.fromEntries(
    Array.from({ length: FILES }, (_, at) => [
      `${FOLDERS}/${String(at).padStart(4, "0")}.room.yaml`,
      unknownMembers(version),
    ]),
  );

describe("a source with very many findings", function () {
  this.timeout(120_000);
  let world: AgentWorld;
  let evil: GitRepository;

  before(async () => {
    world = await AgentWorld.create();
    evil = GitRepository.create({ root: world.repository.root, name: "evil.git" });
    world.commit({ [PATH]: specYaml({ entities: ["E-01"] }) });
    evil.commit({ "README.md": "nothing yet" });
    await world.start({
      Git__Sources__1__Name: "evil",
      Git__Sources__1__Url: world.git.url("evil.git"),
      Git__Sources__1__IntervalSeconds: "0.2",
    });
    await world.verified(ROOM);
  });

  after(async () => {
    await world.remove();
  });

  const evilSource = async (oid: string) =>
    eventually(
      "the other source is ingested",
      async () => {
        const source = (await world.status()).sources.find(({ name }) => name === "evil");
        return source?.observedRevision === `main@sha1:${oid}` ? source : undefined;
      },
      60_000,
    );

  it("leaves the other source alone while 600 files ask for a dry run of a room that it has", async () => {
    const files = (version: number) => {
      const text = specYaml({ version, entities: ["E-AT"] });
      return Object.fromEntries(
        Array.from({ length: 600 }, (_, at) => [
          `claims/${at}.room.yaml`,
          text.replace("E-AT", `E-${at}`),
        ]),
      );
    };
    await evilSource(evil.commit(files(1), { message: `Claim\n\nDry-Run: ${ROOM}` }));
    const delay = new LoopDelay();
    await evilSource(evil.commit(files(2), { message: `Claim\n\nDry-Run: ${ROOM}` }));
    await evilSource(evil.commit({ "README.md": "again" }, { message: `Ask\n\nDry-Run: ${ROOM}` }));
    expect(delay.end(), "p99 of the event loop's delay in ms").to.be.below(DELAY_MS);
    await evilSource(evil.commit({ "README.md": "no claims" }, { fresh: true }));
  });

  for (const version of [1, 2]) {
    it(`keeps a bounded part and an exact count, and leaves the other source alone (push ${version})`, async () => {
      const delay = new LoopDelay();
      const head = evil.commit(evilFiles(version));
      world.commit({
        [PATH]: specYaml({ version: version + 1, entities: ["E-01", `E-1${version}`] }),
      });
      await world.verified(ROOM);
      const source = await evilSource(head);
      const delayMs = delay.end();
      expect(source.specErrors).to.have.length.within(1, 200);
      // Each file names the same room, too.
      expect(source.specErrorCount).to.equal(FILES * (MEMBERS + 1));
      const files = new Set(source.specErrors.map(({ path }) => path));
      expect(files).to.have.length(200);
      const text = await world.text("/status");
      expect(text.length).to.be.below(400_000);
      expect(delayMs, "p99 of the event loop's delay in ms").to.be.below(DELAY_MS);
    });
  }
});
