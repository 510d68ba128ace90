import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import type { MadePullRequest } from "../../contract/forge/forge-world.ts";
import { eventually } from "../../support/eventually.ts";
import { PlanWorld } from "../../support/plan-world.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

/** Rooms with four entities, one for each story. */
const ROOMS = Array.from({ length: 13 }, (_, at) => `room-${at + 10}`);

const pathOf = (roomId: string) => `rooms/${roomId}.room.yaml`;
const specOf = (roomId: string, version: number, count: number) =>
  specYaml({ roomId, version, entities: entityIds(count) });

describe("labels of pull requests on a forge", function () {
  this.timeout(90_000);
  let world: PlanWorld;
  let room = "";
  const left = [...ROOMS];

  before(async () => {
    const files = ROOMS.map((roomId) => [pathOf(roomId), specOf(roomId, 1, 4)] as const);
    world = await PlanWorld.start(Object.fromEntries(files), { Git__Sources__0__Prune: "true" });
    await eventually("the rooms are verified", async () => {
      const { sources } = await world.agent.status();
      return sources[0]?.syncedRevision ?? undefined;
    });
  });
  beforeEach(() => {
    room = left.shift() ?? "";
  });
  after(() => world.remove());

  const change = (version: number, count: number) => ({
    [pathOf(room)]: specOf(room, version, count),
  });
  /** A label that is set while a plan is being written confirms nothing. */
  const shown = async (pull: MadePullRequest, text: string) => {
    await world.shows(pull, text);
    await world.planned(pull);
  };
  const entities = async () => (await world.agent.contents(room)).entities;
  const ignored = async () => (await world.agent.room(room)).intentIgnored?.[0];
  const refused = async (sha: string) => {
    await world.agent.observed(sha);
    await world.agent.reason(room, "ChangeThresholdExceeded");
    expect(await entities()).to.deep.equal(entityIds(4));
  };

  for (const style of ["merge", "rebase", "fast-forward"] as const) {
    it(`plan only what was merged by ${style} with the label dry-run`, async () => {
      const pull = await world.people.open({ files: change(2, 5) });
      await world.people.setLabel(pull, "dry-run", "ada");
      const sha = await world.people.merge(pull, style);
      await world.agent.observed(sha);
      const { conditions, dryRun } = await world.agent.reason(room, "DryRun");
      expect(dryRun).to.equal(sha);
      expect(conditions?.[0]?.message).to.include(`label dry-run of pull request #${pull.number}`);
      expect(await entities()).to.deep.equal(entityIds(4));
    });
  }

  for (const style of ["merge", "squash", "rebase"] as const) {
    it(`confirm what the plan showed, merged by ${style}`, async () => {
      const pull = await world.people.open({ files: change(2, 1) });
      await shown(pull, "Refused until a person confirms it");
      await world.people.setLabel(pull, "confirm", "ada");
      const sha = await world.people.merge(pull, style);
      await world.agent.verified(room, sha);
      expect(await entities()).to.deep.equal(entityIds(1));
      const confirm = (await world.agent.auditOf(room)).find(({ action }) => action === "confirm");
      expect(confirm?.metadata).to.include({
        via: `label confirm of pull request #${pull.number}`,
        commit: sha,
      });
      expect(confirm?.metadata["actor"]).to.match(/\(id \d+\)$/);
      await world.synced(sha, /^success: 10 rooms verified, 3 planned only \(dry run\)$/);
    });
  }

  it("confirm nothing after a push, which is refused with the new list", async () => {
    const pull = await world.people.open({ files: change(2, 1) });
    await shown(pull, "Refused until a person confirms it");
    await world.people.setLabel(pull, "confirm", "ada");
    await world.people.push(pull, change(3, 0));
    const sha = await world.people.merge(pull, "squash");
    await refused(sha);
    expect((await ignored())?.reason).to.match(/^ChangedAfterLabel: /);
    await world.synced(sha, new RegExp(`^failure: 1 of 13 rooms not synced: ${room}: Change`));
  });

  it("confirm nothing that a hidden push brought, although the history shows no push", async () => {
    const pull = await world.people.open({ files: change(2, 3) });
    await shown(pull, "removed `entity/E-04`");
    await world.people.setLabel(pull, "confirm", "ada");
    await world.people.close(pull);
    await world.people.push(pull, change(3, 1));
    await world.people.reopen(pull);
    await refused(await world.people.merge(pull, "squash"));
  });

  it("confirm nothing before there is a plan, nor by a person who may not write", async () => {
    const files = change(2, 1);
    const pull = await world.people.open({ files, labels: ["confirm"], by: "bob", isFork: true });
    await refused(await world.people.merge(pull, "squash"));
    const { line, reason } = (await ignored()) ?? {};
    expect(line).to.equal(`label confirm of pull request #${pull.number}`);
    expect(reason).to.match(/^NotAllowed: /);
  });

  it("prune no room, whatever the plan showed", async () => {
    const pull = await world.people.open({ files: { [pathOf(room)]: null } });
    await shown(pull, "not by a label");
    await world.people.setLabel(pull, "confirm", "ada");
    await world.people.merge(pull, "squash");
    await world.agent.reason(room, "PrunePending");
    expect((await ignored())?.reason).to.match(/^NothingRefused: /);
    expect(await entities()).to.deep.equal(entityIds(4));
  });

  it("are waited for with removals while the forge does not answer, which is said everywhere", async () => {
    // Only the agent asks which pull request a commit is from.
    const isLookup = ({ path }: { readonly path: string }) => /\/commits\/\w+\/pull$/.test(path);
    world.gitea.break({ kind: "status", status: 500 }, isLookup);
    const pull = await world.people.open({ files: change(2, 3) });
    const sha = await world.people.merge(pull, "squash");
    await world.agent.observed(sha);
    await world.agent.reason(room, "IntentUnknown");
    expect(await entities()).to.deep.equal(entityIds(4));

    const status = await world.agent.status();
    const warning = status.sources[0]?.warnings.find(({ reason }) => reason === "LabelsNotRead");
    expect(warning?.message).to.match(/^what labels say of 1 room changed up to main@sha1:/);
    const { body: health } = await world.agent.get<{ problems: { message: string }[] }>("/health");
    expect(health.problems.map(({ message }) => message).join()).to.include("LabelsNotRead");
    const { body } = await world.agent.get<ExplainAnswer>(`/rooms/${room}/explain`);
    const reasons = body.blockedBy.map(({ reason }) => reason);
    expect(reasons).to.include.members(["IntentUnknown", "LabelsNotRead"]);
    expect(await world.agent.text("/metrics")).to.match(
      /source_warning\{[^}]*LabelsNotRead[^}]*\} 1/,
    );
    const warned = (await world.agent.audit("source.warned")).at(-1);
    expect(warned?.metadata["reason"]).to.equal("LabelsNotRead");
    expect(world.agent.lines.some((line) => line.includes('"labels not read"'))).to.equal(true);

    world.gitea.heal();
    await world.agent.verified(room, sha);
    expect(await entities()).to.deep.equal(entityIds(3));
    await eventually("the warning ends", async () => {
      const { sources } = await world.agent.status();
      return sources[0]?.warnings.every(({ reason }) => reason !== "LabelsNotRead");
    });
  });

  it("take nothing out that was still waiting when the label dry-run could be read", async () => {
    world.gitea.break({ kind: "status", status: 500 }, ({ path }) => path.endsWith("/pull"));
    const left = entityIds(4).filter((id) => id !== "E-02");
    const files = {
      [pathOf(room)]: specYaml({ roomId: room, version: 2, entities: [...left, "E-05"] }),
    };
    const pull = await world.people.open({ files });
    await world.people.setLabel(pull, "dry-run", "ada");
    const sha = await world.people.merge(pull, "merge");
    await world.agent.observed(sha);
    await world.agent.reason(room, "IntentUnknown");
    world.gitea.heal();
    expect((await world.agent.reason(room, "DryRun")).dryRun).to.equal(sha);
    const passes = async () =>
      Number(
        /^room_operator_reconcile_attempts_total (\d+)$/m.exec(
          await world.agent.text("/metrics"),
        )?.[1],
      );
    const passesMore = async () => {
      const before = await passes();
      await eventually(
        "each room has a pass more",
        async () => (await passes()) > before + 2 * ROOMS.length,
      );
    };
    await passesMore();
    expect(await entities()).to.deep.equal([...entityIds(4), "E-05"]);
    // A later one is a dry run, too: what is enforced meanwhile is not what this label held.
    const more = {
      [pathOf(room)]: specYaml({ roomId: room, version: 3, entities: [...left, "E-05", "E-06"] }),
    };
    const second = await world.people.open({ files: more });
    await world.people.setLabel(second, "dry-run", "ada");
    const next = await world.people.merge(second, "merge");
    await eventually(
      "the later one is a dry run",
      async () => (await world.agent.room(room)).dryRun === next,
    );
    await passesMore();
    expect(await entities()).to.deep.equal([...entityIds(4), "E-05"]);
  });
});
