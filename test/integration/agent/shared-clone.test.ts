import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const NAMES = Array.from({ length: 20 }, (_, index) => `team-${index}`);
/** No poll comes by itself in a test that takes less. */
const LONG_SECONDS = "3600";

describe("twenty sources of one repository", function () {
  this.timeout(120_000);
  let world: AgentWorld;
  beforeEach(async () => {
    world = await AgentWorld.create(
      Object.fromEntries(
        NAMES.flatMap((name, index) => [
          [`Git__Sources__${index}__Name`, name],
          [`Git__Sources__${index}__Path`, name],
          [`Git__Sources__${index}__IntervalSeconds`, index === 0 ? "0.2" : LONG_SECONDS],
        ]),
      ),
    );
    for (const index of NAMES.keys())
      world.settings({ [`Git__Sources__${index}__Url`]: world.git.url() });
  });
  afterEach(() => world.remove());

  const push = (version: number) =>
    world.commit(
      Object.fromEntries(
        NAMES.map((name) => [
          `${name}/a.room.yaml`,
          specYaml({ roomId: `room-${name}`, version, entities: ["E-lead"] }),
        ]),
      ),
    );
  const allVerified = async (oid: string) => {
    for (const name of NAMES) await world.verified(`room-${name}`, oid);
  };
  const packs = () => world.git.requests.filter(({ command }) => command === "fetch").length;

  it("converge by the polls and fetches of one, and see a push when the first of them does", async () => {
    const first = push(1);
    await world.start();
    await allVerified(first);
    expect(packs()).to.equal(1);
    const second = push(2);
    await allVerified(second);
    expect(packs()).to.equal(2);
    expect(readdirSync(join(world.data, "git"))).to.deep.equal(["team-0"]);
  });

  it("each show that the server fails, and that it is back", async () => {
    const first = push(1);
    await world.start();
    await allVerified(first);
    world.git.break({ kind: "status", status: 503 });
    await eventually("the one that polls fails", async () => {
      const { sources } = await world.status();
      return sources[0]?.lastError !== null;
    });
    await Promise.all(NAMES.slice(1).map((name) => world.apply({ roomId: `room-${name}` })));
    const { sources } = await world.status();
    for (const { lastError } of sources)
      expect(lastError).to.have.property("reason", "ServerError");
    world.git.heal();
    await eventually("all are back with the one that polls", async () =>
      (await world.status()).sources.every(({ lastError }) => lastError === null),
    );
  });
});
