import { expect } from "chai";
import { eventually } from "../../support/eventually.ts";
import type { ForgeFault } from "../../support/forge/gitea-fault.ts";
import { PlanWorld } from "../../support/plan-world.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const PATH = "rooms/room-a.room.yaml";

describe("plans in pull requests while the forge does not answer well", () => {
  let world: PlanWorld;
  const room = (version: number, ...entities: readonly string[]) =>
    specYaml({ roomId: "room-a", version, entities });
  before(async () => {
    world = await PlanWorld.start(
      { [PATH]: room(1, "E-1", "E-2", "E-3") },
      { Git__Sources__0__Forge__TimeoutSeconds: "2.5" },
    );
    await eventually("the room is verified", async () =>
      (await world.agent.room("room-a")).verifiedRevision === null ? undefined : true,
    );
  });
  after(() => world.remove());
  afterEach(() => world.gitea.heal());

  /** On a busy machine an answer may come too late before the one that is meant comes. */
  const warning = (said: RegExp) =>
    eventually("the source warns of it", async () => {
      const { sources } = await world.agent.status();
      const found = sources[0]?.warnings.find(({ reason }) => reason === "PlanNotPublished");
      if (found?.message.match(said)) return found;
      throw new Error(found?.message ?? "no warning");
    });
  const noWarning = () =>
    eventually("the source warns no more", async () => {
      const { sources } = await world.agent.status();
      return sources[0]?.warnings.some(({ reason }) => reason === "PlanNotPublished") === false
        ? true
        : undefined;
    });
  let version = 1;

  for (const [name, fault, said] of [
    ["401", { kind: "status", status: 401, body: '{"message":"invalid"}' }, /token/],
    ["403", { kind: "status", status: 403, body: '{"message":"no"}' }, /403/],
    ["404", { kind: "status", status: 404, body: '{"message":"no"}' }, /404/],
    ["429", { kind: "status", status: 429, headers: { "retry-after": "1" } }, /429/],
    ["500", { kind: "status", status: 500, body: '{"message":""}' }, /500/],
    ["301", { kind: "status", status: 301, headers: { location: "/api/v1/repos/a/b" } }, /renamed/],
    ["a page for people", { kind: "html" }, /./],
    ["a cut answer", { kind: "cut" }, /./],
    ["no answer", { kind: "hang" }, /2\.5 s|2500 ms|in time/],
    ["a reset", { kind: "reset" }, /./],
  ] as const satisfies readonly (readonly [string, ForgeFault, RegExp])[]) {
    const places = ["403", "500", "no answer"].includes(name)
      ? ["the list", "comments", "statuses"]
      : ["the list"];
    for (const where of places) {
      it(`warns of ${name} of ${where}, harms no room, and publishes the plan afterwards`, async () => {
        version += 1;
        const isMeant = (path: string, method: string) =>
          where === "the list"
            ? path.includes("/pulls?")
            : where === "comments"
              ? method === "POST" && path.includes("/comments")
              : path.includes("/statuses/") && method === "POST";
        world.gitea.fault = ({ path, method }) => (isMeant(path, method) ? fault : undefined);
        const pull = await world.people.open({
          files: { [PATH]: room(version, "E-1", "E-2", "E-3", `E-${version}x`) },
        });
        await warning(said);
        expect(
          (await world.agent.room("room-a")).conditions?.find(({ type }) => type === "Ready")
            ?.status,
        ).not.to.equal("False");
        world.gitea.heal();
        await world.shows(pull, `- added \`entity/E-${version}x\``);
        await world.marked(await world.headOf(pull), "success");
        await noWarning();
        await world.people.close(pull);
      });
    }
  }

  it("shows the warning in status, health, log, audit, gauge and explain", async () => {
    world.gitea.break({ kind: "status", status: 403, body: '{"message":"no"}' }, ({ path }) =>
      path.includes("/pulls?"),
    );
    await warning(/^Pull requests are not planned:.*403/s);
    const health = await world.agent.text("/health");
    expect(health).to.contain("PlanNotPublished");
    const metrics = await world.agent.text("/metrics");
    expect(metrics).to.match(/source_warning\{[^}]*PlanNotPublished[^}]*\} 1/);
    expect(world.agent.said).to.contain('"reason":"PlanNotPublished"');
    const records = await world.agent.audit("source.warned");
    expect(records.at(-1)?.metadata).to.include({ source: "specs", reason: "PlanNotPublished" });
    expect(await world.agent.text("/rooms/room-a/explain")).to.contain(
      "Pull requests are not planned:",
    );
    world.gitea.heal();
    await noWarning();
    const ended = await world.agent.audit("source.warningEnded");
    expect(ended.at(-1)?.metadata).to.include({ reason: "PlanNotPublished" });
  });
});
