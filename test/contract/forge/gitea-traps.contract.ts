import { expect } from "chai";
import { z } from "zod";
import type { ForgeFinding } from "../../../agent/forge/forge.ts";
import { eventually } from "../../support/eventually.ts";
import { GiteaPerson } from "../../support/forge/gitea-person.ts";
import type { GiteaWorld } from "../../support/forge/gitea-world.ts";
import { rejection } from "../../support/rejection.ts";
import { inShort, SIGNAL, valueOf } from "./forge-answers.ts";

const PLAN = {
  context: "room-operator/plan",
  state: "success",
  description: "2 rooms change",
  targetUrl: null,
} as const;

const withId = z.object({ id: z.int() });

/** What only a Gitea does, the stand-in and a real one alike. `start` makes a world of its own each time it is called. */
export function giteaTraps(start: () => Promise<GiteaWorld>): void {
  describe("what a Gitea does besides", () => {
    let world: GiteaWorld;
    before(async () => {
      world = await start();
      await world.makeLabel("confirm");
    });
    after(() => world.end());

    const get = async (number: number) =>
      valueOf(await world.forge.pullRequests.get(number, SIGNAL));

    it("takes a pull request by git alone, from whoever may only read, with its head in our repository", async () => {
      const sha = world.clone.commit({ "agit.yaml": "1\n" }, "agit", [world.clone.head("main")]);
      await world.clone.push(world.gitUrl("bob"), "agit", "refs/for/main/topic");
      const pull = await eventually("it is open", async () => {
        const { list } = valueOf(await world.forge.pullRequests.open("main", SIGNAL));
        return list.find(({ headSha }) => headSha === sha);
      });
      expect(pull).to.include({ isFork: true, isOurBase: true, state: "open" });
      expect(pull.author).to.deep.equal(world.person("bob"));
      expect(await world.refAt(pull.headRef)).to.equal(sha);
      await world.close({ number: pull.number, branch: "agit" });
    });

    it("finds a pull request that was merged by hand", async () => {
      await world.api("ada").done("PATCH", world.path(""), { allow_manual_merge: true });
      const pull = await world.open({ files: { "by-hand.yaml": "1\n" } });
      const head = world.clone.head(pull.branch);
      world.clone.point("main", head);
      await world.clone.push(world.gitUrl("ada"), "main");
      await eventually("it is merged", async () => {
        const wanted = { do: "manually-merged", merge_commit_id: head };
        const path = world.path(`/pulls/${pull.number}/merge`);
        const { status, body } = await world.api("ada").send("POST", path, wanted);
        if (status === 200 || (await get(pull.number))?.state === "merged") return true;
        throw new Error(`it was answered ${status}: ${JSON.stringify(body)}`);
      });
      const [found] = valueOf(await world.forge.pullRequests.mergedAs(head, "main", SIGNAL));
      expect(found).to.include({ number: pull.number, mergeSha: head });
    });

    it("finds a pull request whose head was pushed to the branch, where that is detected", async () => {
      await world.api("ada").done("PATCH", world.path(""), {
        allow_manual_merge: true,
        autodetect_manual_merge: true,
      });
      const pull = await world.open({ files: { "detected.yaml": "1\n" } });
      const head = world.clone.head(pull.branch);
      world.clone.point("main", head);
      await world.clone.push(world.gitUrl("ada"), "main");
      const found = await eventually("it is set merged", async () => {
        const answer = await world.forge.pullRequests.mergedAs(head, "main", SIGNAL);
        return valueOf(answer)[0];
      });
      expect(found).to.include({ number: pull.number, mergeSha: head });
      const { events } = valueOf(await world.forge.labels.history(pull.number, SIGNAL));
      expect(events.at(-1)).to.deep.equal({ kind: "merge", person: world.person("ada") });
    });

    it("adds all labels of a name, each with its own id, and takes the events of a deleted one away", async () => {
      const ids = [await world.makeLabel("double"), await world.makeLabel("double")];
      const pull = await world.open({ files: { "double.yaml": "1\n" } });
      const path = world.path(`/issues/${pull.number}/labels`);
      await world.api("ada").done("POST", path, { labels: ["double"] });
      const history = async () => {
        const { events } = valueOf(await world.forge.labels.history(pull.number, SIGNAL));
        return events.flatMap((event) => ("label" in event ? event.label.id : []));
      };
      expect(await history()).to.have.members(ids);
      await world.api("ada").done("DELETE", world.path(`/labels/${ids[0]}`));
      expect(await history()).to.deep.equal([ids[1]]);
      await world.close(pull);
    });

    it("keeps a person's id when the name changes, and names nobody who was deleted", async () => {
      const admin = world.admin();
      const login = `eve-${world.person("ada").login}`;
      const password = "evepass1234";
      const wanted = { username: login, email: `${login}@example.test`, password };
      const made = await admin.ask("POST", "/admin/users", withId, {
        ...wanted,
        must_change_password: false,
      });
      const collaborator = world.path(`/collaborators/${login}`);
      await world.api("ada").done("PUT", collaborator, { permission: "write" });
      const pull = await world.open({ files: { "eve.yaml": "1\n" } });
      const eve = GiteaPerson.withPassword(world.apiUrl, login, password);
      const label = Number(valueOf(await world.forge.labels.named(["confirm"], SIGNAL))[0]?.id);
      await eve.done("POST", world.path(`/issues/${pull.number}/labels`), { labels: [label] });
      const setBy = async () => {
        const { events } = valueOf(await world.forge.labels.history(pull.number, SIGNAL));
        return events.find(({ kind }) => kind === "labelAdded")?.person;
      };
      const person = { id: String(made.id), login };
      expect(await setBy()).to.deep.equal(person);
      expect(valueOf(await world.forge.labels.mayWrite(person, SIGNAL))).to.equal(true);
      const renamed = { new_username: `${login}-2` };
      await admin.done("POST", `/admin/users/${login}/rename`, renamed);
      expect(await setBy()).to.deep.equal({ id: person.id, login: `${login}-2` });
      expect(valueOf(await world.forge.labels.mayWrite(person, SIGNAL))).to.equal(true);
      await admin.done("DELETE", `/admin/users/${login}-2?purge=true`);
      expect(await setBy()).to.include({ id: "-1" });
      expect(valueOf(await world.forge.labels.mayWrite(person, SIGNAL))).to.equal(false);
      await world.close(pull);
    });

    it("refuses comments in a locked conversation to whoever may only read", async () => {
      const pull = await world.open({ files: { "locked.yaml": "1\n" } });
      await world.api("ada").done("PUT", world.path(`/issues/${pull.number}/lock`), {});
      const bob = world.other({ token: world.token("bob") });
      const refused = await bob.comments.create(pull.number, "a plan", SIGNAL);
      expect(refused).to.include({ kind: "failed", reason: "ForgeForbidden" });
      const made = await world.forge.comments.create(pull.number, "a plan", SIGNAL);
      expect(made).to.have.property("kind", "ok");
      await world.close(pull);
    });

    it("names the scope that a token lacks, also to doctor", async () => {
      const scopes = ["read:repository", "read:issue"];
      const { login } = world.person("agent");
      const agent = GiteaPerson.withPassword(world.apiUrl, login, `pass-${login}`);
      const token = await agent.makeToken("reading", scopes);
      const forge = world.other({ token });
      const sha = (await world.refAt("refs/heads/main")) ?? "";
      const status = await forge.statuses.set(sha, PLAN, SIGNAL);
      expect(status).to.include({ kind: "failed", reason: "ForgeForbidden" });
      expect(status).to.have.property("message").that.includes("write:repository");
      const pull = await world.open({ files: { "scope.yaml": "1\n" } });
      const comment = await forge.comments.create(pull.number, "a plan", SIGNAL);
      expect(comment).to.include({ kind: "failed", reason: "ForgeForbidden" });
      expect(comment).to.have.property("message").that.includes("write:issue");
      expect(lackIn(await forge.check(SIGNAL))).to.include.members([
        "may write comments",
        "has the scope for statuses",
      ]);
      expect(valueOf(await forge.comments.self(SIGNAL))).to.equal(null);
      await world.close(pull);
    });

    it("keeps an account off push and merge that may set statuses, and requires one before a merge", async () => {
      const before = lackIn(await world.forge.check(SIGNAL));
      const wanted = [
        'the agent cannot change "main" itself',
        '"main" requires a status before a merge',
      ];
      expect(before).to.have.members(wanted);
      const { login } = world.person("ada");
      await world.api("ada").done("POST", world.path("/branch_protections"), {
        rule_name: "main",
        enable_push: true,
        enable_push_whitelist: true,
        push_whitelist_usernames: [login],
        enable_merge_whitelist: true,
        merge_whitelist_usernames: [login],
        enable_status_check: true,
        status_check_contexts: [PLAN.context],
      });
      expect(lackIn(await world.forge.check(SIGNAL))).to.deep.equal([]);
      world.clone.commit({ "agent.yaml": "1\n" }, "main", [world.clone.head("main")]);
      const main = await world.refAt("refs/heads/main");
      expect(await rejection(world.clone.push(world.gitUrl("agent"), "main"))).to.be.an("error");
      expect(await world.refAt("refs/heads/main")).to.equal(main);
      world.clone.point("main", main ?? "");
      const pull = await world.open({ files: { "protected.yaml": "1\n" } });
      const merge = async (who: "ada" | "agent") => {
        const path = world.path(`/pulls/${pull.number}/merge`);
        return (await world.api(who).send("POST", path, { do: "merge" })).status;
      };
      expect(await merge("ada")).to.equal(405);
      const { headSha } = (await get(pull.number)) ?? { headSha: "" };
      valueOf(await world.forge.statuses.set(headSha, PLAN, SIGNAL));
      expect(await merge("agent")).to.equal(405);
      await eventually("it is merged", async () => (await merge("ada")) === 200);
    });

    it("reports a repository that was renamed, and writes nothing to it", async () => {
      const other = await start();
      const pull = await other.open({ files: { "renamed.yaml": "1\n" } });
      const { headSha } = valueOf(await other.forge.pullRequests.get(pull.number, SIGNAL)) ?? {
        headSha: "",
      };
      await other.api("ada").done("PATCH", other.path(""), { name: "specs-new" });
      const { pullRequests, statuses, comments, labels } = other.forge;
      for (const answer of [
        await pullRequests.open("main", SIGNAL),
        await pullRequests.get(pull.number, SIGNAL),
        await statuses.set(headSha, PLAN, SIGNAL),
        await comments.create(pull.number, "a plan", SIGNAL),
        await labels.history(pull.number, SIGNAL),
      ]) {
        expect(answer).to.include({ kind: "failed", reason: "RepositoryMoved" });
        expect(answer).to.have.property("message").that.includes("specs-new");
      }
      const { login } = other.person("ada");
      const moved = other.other({ repository: `${login}/specs-new` });
      expect(valueOf(await moved.statuses.latest(headSha, PLAN.context, SIGNAL))).to.equal(null);
      await other.end();
    });

    it("refuses comments in an archived repository, which doctor reports", async () => {
      const other = await start();
      const pull = await other.open({ files: { "archived.yaml": "1\n" } });
      await other.api("ada").done("PATCH", other.path(""), { archived: true });
      const comment = await other.forge.comments.create(pull.number, "a plan", SIGNAL);
      expect(comment).to.include({ kind: "failed", reason: "ForgeRefused" });
      expect(lackIn(await other.forge.check(SIGNAL))).to.include(
        "the repository can be written to",
      );
      const { events } = valueOf(await other.forge.labels.history(pull.number, SIGNAL));
      expect(inShort(events)).to.deep.equal(["push"]);
      await other.end();
    });
  });
}

/** What `doctor` finds missing. */
function lackIn(findings: readonly ForgeFinding[]): readonly string[] {
  return findings.filter(({ result }) => result === "missing").map(({ check }) => check);
}
