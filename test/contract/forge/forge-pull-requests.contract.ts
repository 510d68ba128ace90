import { expect } from "chai";
import type { PullRequest } from "../../../agent/forge/forge.ts";
import { eventually } from "../../support/eventually.ts";
import { factWith, SIGNAL, valueOf } from "./forge-answers.ts";
import type { ForgeWorld, MadePullRequest } from "./forge-world.ts";

export function pullRequestFacts(given: () => ForgeWorld): void {
  const open = async (branch = "main") => {
    const { list, isWhole } = valueOf(await given().forge.pullRequests.open(branch, SIGNAL));
    expect(isWhole).to.equal(true);
    return list;
  };
  const get = async ({ number }: MadePullRequest) =>
    valueOf(await given().forge.pullRequests.get(number, SIGNAL));
  const mergedAs = async (sha: string, branch = "main") =>
    valueOf(await given().forge.pullRequests.mergedAs(sha, branch, SIGNAL));
  /** A forge sets it merged after the branch has moved. */
  const known = async (sha: string, branch = "main"): Promise<PullRequest> =>
    eventually(`a pull request was merged as ${sha}`, async () => (await mergedAs(sha, branch))[0]);

  it("lists the open pull requests of a branch alone, lowest number first", async () => {
    const world = given();
    await world.branch("release");
    const first = await world.open({ files: { "list/one.yaml": "1\n" }, title: "List one" });
    const second = await world.open({ files: { "list/two.yaml": "2\n" }, isDraft: true });
    const other = await world.open({ files: { "list/three.yaml": "3\n" }, base: "release" });
    const closed = await world.open({ files: { "list/four.yaml": "4\n" } });
    await world.close(closed);
    const list = await open();
    const ours = list.filter(({ number }) => number >= first.number);
    expect(ours.map(({ number }) => number)).to.deep.equal([first.number, second.number]);
    expect(ours.map(({ isDraft }) => isDraft)).to.deep.equal([false, true]);
    const [one] = ours;
    expect(one).to.include({
      title: "List one",
      state: "open",
      isFork: false,
      baseBranch: "main",
      isOurBase: true,
      mergeSha: null,
    });
    expect(one?.author).to.deep.equal(world.person("ada"));
    expect(one?.labels).to.deep.equal([]);
    expect(one?.url).to.match(/^https?:\/\//);
    expect(await world.refAt(one?.headRef ?? "")).to.equal(one?.headSha);
    expect((await open("release")).map(({ number }) => number)).to.deep.equal([other.number]);
    expect((await get(closed))?.state).to.equal("closed");
    for (const each of [first, second, other]) await world.close(each);
  });

  it("has none for a branch that is not there", async () => {
    expect(await open("no/such-branch")).to.deep.equal([]);
  });

  it("shows one like the list does, and null for a number that is not there", async () => {
    const world = given();
    const pull = await world.open({ files: { "one.yaml": "1\n" } });
    await world.makeLabel("shown");
    await world.setLabel(pull, "shown");
    const one = await get(pull);
    expect((await open()).find(({ number }) => number === pull.number)).to.deep.equal(one);
    expect(await get({ ...pull, number: 987_654 })).to.equal(null);
    await world.close(pull);
  });

  it("marks a head in a fork, which git serves all the same", async () => {
    const world = given();
    const pull = await world.open({ files: { "fork.yaml": "1\n" }, by: "bob", isFork: true });
    const one = await get(pull);
    expect(one).to.include({ isFork: true, isOurBase: true });
    expect(one?.author).to.deep.equal(world.person("bob"));
    expect(await world.refAt(one?.headRef ?? "")).to.equal(one?.headSha);
    await world.close(pull);
  });

  factWith(given, "deletedForks", {
    name: "still marks a head as a fork's when the fork is gone",
    holds: async () => {
      const world = given();
      const pull = await world.open({ files: { "gone.yaml": "1\n" }, by: "bob", isFork: true });
      await world.deleteFork(pull);
      const one = await eventually("it is closed", async () => {
        const now = await get(pull);
        return now?.state === "closed" ? now : undefined;
      });
      expect(one).to.include({ isFork: true });
    },
  });

  for (const style of ["merge", "squash", "rebase", "rebase-merge", "fast-forward"] as const) {
    it(`finds a pull request by the commit that the branch got by ${style}`, async function () {
      const world = given();
      if (!world.styles.includes(style)) this.skip();
      const pull = await world.open({ files: { [`${style}/one.yaml`]: "1\n" } });
      await world.makeLabel(`of ${style}`);
      await world.setLabel(pull, `of ${style}`);
      await world.push(pull, { [`${style}/two.yaml`]: "2\n" });
      const before = await get(pull);
      const sha = await world.merge(pull, style);
      expect(await world.refAt("refs/heads/main")).to.equal(sha);
      const found = await known(sha);
      expect(found).to.include({ number: pull.number, state: "merged", mergeSha: sha });
      expect(found).to.include({ baseBranch: "main", isOurBase: true });
      expect(await get(pull)).to.deep.equal(found);
      expect(await mergedAs(sha)).to.have.length(1);
      expect(await mergedAs(sha, "release")).to.deep.equal([]);
      const head = before?.headSha ?? "";
      if (head !== sha) expect(await mergedAs(head)).to.deep.equal([]);
    });
  }

  it("finds none by a commit that was pushed, or that is not there", async () => {
    const begin = await given().refAt("refs/heads/release");
    expect(begin).to.not.equal(null);
    expect(await mergedAs("1".repeat(40))).to.deep.equal([]);
  });

  factWith(given, "oneHeadTwice", {
    name: "finds the one that was merged into our branch, where one head went into two",
    holds: async () => {
      const world = given();
      await world.branch("twin");
      const first = await world.open({ files: { "twice.yaml": "1\n" }, base: "twin" });
      const second = await world.open({ files: { "twice.yaml": "1\n" } });
      const sha = await world.push(first, { "twice.yaml": "2\n" });
      const same = await world.pushSame(second, sha);
      expect(same).to.equal(sha);
      expect(await world.merge(first, "fast-forward")).to.equal(sha);
      expect(await world.merge(second, "fast-forward")).to.equal(sha);
      expect((await known(sha, "main")).number).to.equal(second.number);
      expect((await known(sha, "twin")).number).to.equal(first.number);
    },
  });

  it("names the files that change, with the path before a rename", async () => {
    const world = given();
    const pull = await world.open({
      files: {
        "files/new.yaml": "1\n",
        "rooms/a.yaml": "room: changed\n",
        "rooms/b.yaml": null,
        "rooms/c.yaml": null,
        "files/moved c.yaml": "room: c\n",
      },
    });
    const { list, isWhole } = await eventually("it has files", async () => {
      const answer = valueOf(await world.forge.pullRequests.files(pull.number, SIGNAL));
      return answer.list.length > 0 ? answer : undefined;
    });
    expect(isWhole).to.equal(true);
    expect(list).to.have.deep.members([
      { path: "files/new.yaml", previousPath: null },
      { path: "rooms/a.yaml", previousPath: null },
      { path: "rooms/b.yaml", previousPath: null },
      { path: "files/moved c.yaml", previousPath: "rooms/c.yaml" },
    ]);
    await world.close(pull);
  });

  factWith(given, "heldPages", {
    name: "names the files of several pages",
    holds: async () => {
      const world = given();
      const count = world.perPage + 3;
      const names = Array.from({ length: count }, (_, at) => `pages/${at}.yaml`);
      const files = Object.fromEntries(names.map((name) => [name, `${name}\n`]));
      const pull = await world.open({ files });
      const { list, isWhole } = valueOf(await world.forge.pullRequests.files(pull.number, SIGNAL));
      expect(list.map(({ path }) => path)).to.have.members(names);
      expect(isWhole).to.equal(true);
      await world.close(pull);
    },
  });
}
