import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { specYaml } from "../../support/spec-yaml.ts";
import { SshKeys } from "../../support/ssh-keys.ts";
import { SshServer } from "../../support/ssh-server.ts";

const SOURCE = "Git__Sources__0__";

describe("a source over ssh", () => {
  let world: AgentWorld;
  let server: SshServer;
  let keys: SshKeys;

  beforeEach(async () => {
    world = await AgentWorld.create();
    server = await SshServer.start();
    keys = new SshKeys();
    const keyFile = keys.make("client");
    server.authorized.push(keys.publicBlob("client"));
    world.settings({
      [`${SOURCE}Url`]: `ssh://git@127.0.0.1:${server.port}${world.repository.folder}`,
      [`${SOURCE}IntervalSeconds`]: "0.2",
      [`${SOURCE}Auth__Kind`]: "ssh",
      [`${SOURCE}Auth__KeyFile`]: keyFile,
      [`${SOURCE}Auth__KnownHostsFile`]: keys.write("known_hosts", server.knownHost()),
    });
  });
  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
    await server.stop();
    keys.remove();
  });

  const isVerified = (room: RoomStory, head: string) =>
    eventually("verified", async () => {
      const { verifiedRevision } = await room.status();
      return verifiedRevision === `main@sha1:${head}`;
    });
  const fails = (reason: string) =>
    eventually(reason, async () => {
      const error = (await world.status()).sources[0]?.lastError;
      return error?.reason === reason ? error : undefined;
    });

  it("is followed from push to verified, and recovers from each outage with its rooms as they were", async () => {
    const room = new RoomStory(world, "room-ssh");
    const push = (entities: string[]) =>
      world.commit({ [room.path]: specYaml({ roomId: room.id, entities }) });
    const first = push(["E-01"]);
    await world.spawn();
    await isVerified(room, first);
    expect((await world.status()).sources[0]?.url).to.match(/^ssh:\/\/git@127\.0\.0\.1:\d+\//);

    const { hostKey } = server;
    server.hostKey = generateKeyPairSync("ed25519").privateKey;
    const second = push(["E-01", "E-02"]);
    const refused = await fails("Unreachable");
    expect(refused.message).to.include("host key is not the one in Auth.KnownHostsFile");
    server.hostKey = hostKey;
    await isVerified(room, second);

    const [key] = server.authorized.splice(0);
    await fails("AuthenticationFailed");
    if (key !== undefined) server.authorized.push(key);
    server.fault = { kind: "close" };
    const third = push(["E-01"]);
    await fails("Unreachable");
    server.fault = null;
    await isVerified(room, third);
    expect(await room.entities()).to.deep.equal(["E-01"]);
  });
});
