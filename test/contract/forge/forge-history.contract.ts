import { expect } from "chai";
import type { LabelHistory } from "../../../agent/forge/forge.ts";
import { factWith, inShort, SIGNAL, valueOf } from "./forge-answers.ts";
import type { ForgeWorld, MadePullRequest } from "./forge-world.ts";

export function historyFacts(given: () => ForgeWorld): void {
  const history = async ({ number }: MadePullRequest): Promise<LabelHistory> => {
    const read = valueOf(await given().forge.labels.history(number, SIGNAL));
    const positions = read.events.flatMap((event) => ("position" in event ? event.position : []));
    expect(positions).to.deep.equal([...new Set(positions)].sort((a, b) => a - b));
    return read;
  };
  const named = async (...names: readonly string[]) =>
    valueOf(await given().forge.labels.named(names, SIGNAL));
  const ada = () => given().person("ada").id;

  it("finds labels by their exact names", async () => {
    const world = given();
    const confirm = await world.makeLabel("confirm");
    const dryRun = await world.makeLabel("dry-run/room-1");
    await world.makeLabel("confirmed");
    expect(await named("confirm", "dry-run/room-1", "no such label")).to.have.deep.members([
      { id: confirm, name: "confirm" },
      { id: dryRun, name: "dry-run/room-1" },
    ]);
    expect(await named()).to.deep.equal([]);
    expect(await named("dry-run/")).to.deep.equal([{ id: dryRun, name: "dry-run/room-1" }]);
  });

  factWith(given, "twoLabelsOfAName", {
    name: "finds both labels of one name",
    holds: async () => {
      const world = given();
      const ids = [await world.makeLabel("double"), await world.makeLabel("double")];
      expect((await named("double")).map(({ id }) => id)).to.have.members(ids);
    },
  });

  factWith(given, "heldPages", {
    name: "finds labels on all pages",
    holds: async () => {
      const world = given();
      await world.makeLabels(world.perPage + 1);
      await world.makeLabel("zz-last");
      const found = await named("zz-last", "other-1", `other-${world.perPage + 1}`);
      expect(found).to.have.length(3);
    },
  });

  it("has who set and removed a label, in order, up to the merge and not beyond", async () => {
    const world = given();
    await world.makeLabel("wait");
    const pull = await world.open({ files: { "history/a.yaml": "1\n" } });
    await world.setLabel(pull, "confirm");
    await world.setLabel(pull, "wait", "agent");
    await world.removeLabel(pull, "wait");
    const before = await history(pull);
    expect(before.isWhole).to.equal(true);
    expect(inShort(before.events).filter((event) => event !== "push")).to.deep.equal([
      `+confirm by ${ada()}`,
      `+wait by ${world.person("agent").id}`,
      `-wait by ${ada()}`,
    ]);
    const now = valueOf(await world.forge.pullRequests.get(pull.number, SIGNAL));
    expect(now?.labels.map(({ name }) => name)).to.deep.equal(["confirm"]);
    await world.merge(pull, "merge");
    await world.removeLabel(pull, "confirm");
    await world.setLabel(pull, "wait");
    const { events, isWhole } = await history(pull);
    expect(isWhole).to.equal(true);
    expect(inShort(events).filter((event) => event !== "push")).to.deep.equal([
      `+confirm by ${ada()}`,
      `+wait by ${world.person("agent").id}`,
      `-wait by ${ada()}`,
      "merge",
    ]);
    const [set] = events.filter(({ kind }) => kind === "labelAdded");
    const [confirm] = await named("confirm");
    const label = world.lacks.has("labelIds") ? { id: null, name: "confirm" } : confirm;
    expect(set).to.have.deep.property("label", label);
    expect(set).to.have.deep.property("person", world.person("ada"));
  });

  factWith(given, "pushEvents", {
    name: "has pushes between the labels, forced ones too",
    holds: async () => {
      const world = given();
      const pull = await world.open({ files: { "history/b.yaml": "1\n" } });
      await world.setLabel(pull, "confirm");
      await world.push(pull, { "history/b.yaml": "2\n" });
      expect(inShort((await history(pull)).events)).to.deep.equal([
        "push",
        `+confirm by ${ada()}`,
        "push",
      ]);
      await world.removeLabel(pull, "confirm");
      await world.setLabel(pull, "confirm");
      await world.push(pull, { "history/b.yaml": "3\n" }, true);
      expect(inShort((await history(pull)).events).at(-1)).to.equal("push");
      await world.close(pull);
    },
  });

  it("has closing and reopening", async () => {
    const world = given();
    const pull = await world.open({ files: { "history/c.yaml": "1\n" } });
    await world.setLabel(pull, "confirm");
    await world.close(pull);
    await world.reopen(pull);
    const { events, isWhole } = await history(pull);
    expect(isWhole).to.equal(true);
    const others = inShort(events).filter((event) => event !== "push");
    expect(others).to.deep.equal([`+confirm by ${ada()}`, "close", "reopen"]);
    await world.close(pull);
  });

  factWith(given, "retargetEvents", {
    name: "has changes of the base, after which it is open into the new one",
    holds: async () => {
      const world = given();
      await world.branch("retarget");
      const files = { "history/d.yaml": "1\n" };
      const pull = await world.open({ files, base: "retarget" });
      await world.setLabel(pull, "confirm");
      await world.retarget(pull, "main");
      const { events } = await history(pull);
      const others = inShort(events).filter((event) => event !== "push");
      expect(others).to.deep.equal([`+confirm by ${ada()}`, "retarget"]);
      const { list } = valueOf(await world.forge.pullRequests.open("main", SIGNAL));
      expect(list.map(({ number }) => number)).to.include(pull.number);
      await world.close(pull);
    },
  });

  factWith(given, "hiddenPushes", {
    name: "has no push that was made while it was closed, though the merge takes it",
    holds: async () => {
      const world = given();
      const pull = await world.open({ files: { "history/e.yaml": "1\n" } });
      await world.setLabel(pull, "confirm");
      await world.close(pull);
      const sha = await world.push(pull, { "history/e.yaml": "2\n" });
      await world.reopen(pull);
      const one = valueOf(await world.forge.pullRequests.get(pull.number, SIGNAL));
      expect(one?.headSha).to.equal(sha);
      expect(await world.refAt(one?.headRef ?? "")).to.not.equal(sha);
      await world.merge(pull, "merge");
      expect(inShort((await history(pull)).events)).to.deep.equal([
        "push",
        `+confirm by ${ada()}`,
        "close",
        "reopen",
        "merge",
      ]);
    },
  });

  factWith(given, "labelsAtOpening", {
    name: "names the author for a label that was set by opening it, who may only read",
    holds: async () => {
      const world = given();
      const files = { "history/f.yaml": "1\n" };
      const wanted = { files, by: "bob", isFork: true, labels: ["confirm"] } as const;
      const pull = await world.open(wanted);
      const { events } = await history(pull);
      expect(inShort(events)[0]).to.equal(`+confirm by ${world.person("bob").id}`);
      await world.close(pull);
    },
  });

  factWith(given, "labelIds", {
    name: "keeps the id of a label that is renamed, in past events too",
    holds: async () => {
      const world = given();
      const id = await world.makeLabel("chore");
      const pull = await world.open({ files: { "history/g.yaml": "1\n" } });
      await world.setLabel(pull, "chore");
      await world.renameLabel("chore", "looks-like-confirm");
      const { events } = await history(pull);
      const [set] = events.filter(({ kind }) => kind === "labelAdded");
      expect(set).to.have.deep.property("label", { id, name: "looks-like-confirm" });
      await world.close(pull);
    },
  });

  factWith(given, "emptyPages", {
    name: "reads past pages that show nothing, up to the merge",
    holds: async () => {
      const world = given();
      const pull = await world.open({ files: { "rooms/a.yaml": "room: reviewed\n" } });
      await world.review(pull, "bob", 120);
      await world.setLabel(pull, "confirm");
      const open = await history(pull);
      expect(open.isWhole).to.equal(true);
      expect(inShort(open.events)).to.include(`+confirm by ${ada()}`);
      await world.merge(pull, "squash");
      expect(inShort((await history(pull)).events).slice(-2)).to.deep.equal([
        `+confirm by ${ada()}`,
        "merge",
      ]);
    },
  });

  it("knows who may write, by the id and not by the name", async () => {
    const world = given();
    const mayWrite = async (person: { id: string; login: string }) =>
      valueOf(await world.forge.labels.mayWrite(person, SIGNAL));
    expect(await mayWrite(world.person("ada"))).to.equal(true);
    expect(await mayWrite(world.person("bob"))).to.equal(false);
    expect(await mayWrite({ ...world.person("ada"), id: "999999" })).to.equal(false);
    const gone = { id: "-1", login: "Ghost" };
    expect(await mayWrite(gone)).to.equal(false);
  });
}
