import { z } from "zod";
import { openGitea } from "../../../agent/forge/gitea/open-gitea.ts";
import type { Forge, ForgePerson } from "../../../agent/forge/forge.ts";
import { systemClock } from "../../../agent/kernel/clock.ts";
import type {
  Files,
  ForgeWorld,
  MadePullRequest,
  MergeStyle,
  NewPullRequest,
  Who,
} from "../../contract/forge/forge-world.ts";
import { eventually } from "../eventually.ts";
import {
  GiteaPerson,
  labelId,
  makePeople,
  notEmpty,
  pushSettles,
  timelineOf,
} from "./gitea-person.ts";
import type { GiteaSite, Member } from "./gitea-person.ts";
import { ForgeClone } from "./forge-clone.ts";

const withId = z.object({ id: z.int() });
const pullSchema = z.object({
  number: z.int(),
  head: z.object({ sha: z.string() }),
  merged: z.boolean(),
  merge_commit_sha: z.string().nullable(),
});

/**
 * A repository on a Gitea, real or the stand-in, with persons of its own: several worlds may share a site. Pushes are
 * those of the real git, but for a stand-in of this process.
 */
export class GiteaWorld implements ForgeWorld {
  readonly lacks = new Set<never>();
  readonly styles = ["merge", "squash", "rebase", "rebase-merge", "fast-forward"] as const;
  readonly perPage = 50;
  readonly forge: Forge;
  readonly repository: string;
  readonly #site: GiteaSite;
  readonly #people: Readonly<Record<Who, Member>>;
  readonly clone: ForgeClone;
  readonly #opened: Forge[] = [];
  #count = 0;

  private constructor(site: GiteaSite, people: Readonly<Record<Who, Member>>, repository: string) {
    this.#site = site;
    this.clone = new ForgeClone(site.near);
    this.#people = people;
    this.repository = repository;
    this.forge = this.other({});
  }

  static async start(site: GiteaSite): Promise<GiteaWorld> {
    const people = await makePeople(site);
    const { ada, agent } = people;
    const wanted = { name: "specs", default_branch: "main", auto_init: false };
    await ada.api.done("POST", "/user/repos", wanted);
    const repository = `${ada.login}/specs`;
    const path = `/repos/${repository}/collaborators/${agent.login}`;
    await ada.api.done("PUT", path, { permission: "write" });
    const world = new GiteaWorld(site, people, repository);
    const rooms = ["a", "b", "c"].map((name) => [`rooms/${name}.yaml`, `room: ${name}\n`] as const);
    world.clone.commit(Object.fromEntries(rooms), "main", []);
    await world.clone.give(world.gitUrl("ada"), "main");
    await notEmpty(ada.api, repository);
    return world;
  }

  get apiUrl(): string {
    return `${this.#site.url}/api/v1`;
  }

  admin(): GiteaPerson {
    const { login, password } = this.#site.admin;
    return GiteaPerson.withPassword(this.apiUrl, login, password);
  }

  /** Whoever uses the site, by the API. */
  api(who: Who): GiteaPerson {
    return this.#people[who].api;
  }

  token(who: Who): string {
    return this.#people[who].token;
  }

  /** `/repos/…` of the world's repository. */
  path(rest: string): string {
    return `/repos/${this.repository}${rest}`;
  }

  person(who: Who): ForgePerson {
    const { id, login } = this.#people[who];
    return { id: String(id), login };
  }

  other({ token = this.token("agent"), repository = this.repository }): Forge {
    const forge = openGitea({
      kind: "gitea",
      apiUrl: this.apiUrl,
      repository,
      login: async () => ({ kind: "token", token }),
      access: async () => ({}),
      timeoutMs: 20_000,
      clock: systemClock,
    });
    this.#opened.push(forge);
    return forge;
  }

  async open(wanted: NewPullRequest): Promise<MadePullRequest> {
    const { by = "ada", base = "main", isFork = false, isDraft = false, files } = wanted;
    this.#count += 1;
    const branch = `change-${this.#count}`;
    await this.clone.takeMain(this.gitUrl("ada"));
    this.clone.commit(files, branch, [this.clone.head("main")]);
    const repository = isFork ? await this.#fork(by) : this.repository;
    await this.clone.give(this.#gitUrl(repository, isFork ? by : "ada"), branch);
    const labels = await Promise.all(
      (wanted.labels ?? []).map((name) => labelId(this.api("ada"), this.repository, name)),
    );
    const title = `${isDraft ? "WIP: " : ""}${wanted.title ?? `Change ${this.#count}`}`;
    const head = isFork ? `${this.person(by).login}:${branch}` : branch;
    const body = { title, head, base, labels };
    const { number } = await this.api(by).ask("POST", this.path("/pulls"), pullSchema, body);
    await this.#hasEvent(number, "pull_push");
    return { number, branch };
  }

  async push({ number, branch }: MadePullRequest, files: Files, isForced = false): Promise<string> {
    const before = await this.#lastEvent(number);
    const path = this.path(`/pulls/${number}`);
    const { state } = await this.api("ada").ask("GET", path, z.object({ state: z.string() }));
    const sha = this.clone.commit(files, branch, [this.clone.head(isForced ? "main" : branch)]);
    await this.clone.give(this.gitUrl("ada"), branch);
    const headNow = async () => (await this.api("ada").ask("GET", path, pullSchema)).head.sha;
    await eventually(`the forge knows ${sha}`, async () => (await headNow()) === sha);
    if (state === "open") await this.#hasPush(number, before);
    else await pushSettles(this.#site);
    return sha;
  }

  async pushSame({ number, branch }: MadePullRequest, sha: string): Promise<string> {
    const before = await this.#lastEvent(number);
    this.clone.point(branch, sha);
    await this.clone.give(this.gitUrl("ada"), branch);
    await this.#hasPush(number, before);
    return sha;
  }

  async merge({ number, branch }: MadePullRequest, style: MergeStyle): Promise<string> {
    this.clone.isMainOld = true;
    const kind = style === "fast-forward" ? "fast-forward-only" : style;
    const head = this.clone.head(branch);
    // The check for conflicts may still run.
    await eventually("it is merged", async () => {
      const wanted = { do: kind, head_commit_id: head };
      const path = this.path(`/pulls/${number}/merge`);
      const answer = await this.api("ada").send("POST", path, wanted);
      if (answer.status === 405) return false;
      if (answer.status !== 200) throw new Error(`merge: ${answer.status}`);
      return true;
    });
    const schema = z.object({ merged: z.literal(true), merge_commit_sha: z.string() });
    return eventually("it is shown as merged", async () => {
      const answer = await this.api("ada").send("GET", this.path(`/pulls/${number}`));
      return schema.safeParse(answer.body).data?.merge_commit_sha;
    });
  }

  async close({ number }: MadePullRequest): Promise<void> {
    await this.#edit(number, { state: "closed" });
  }

  async reopen({ number }: MadePullRequest): Promise<void> {
    await this.#edit(number, { state: "open" });
  }

  async retarget({ number }: MadePullRequest, base: string): Promise<void> {
    await this.#edit(number, { base });
    await this.#hasEvent(number, "change_target_branch");
  }

  async deleteFork(): Promise<void> {
    await this.api("bob").done("DELETE", `/repos/${this.person("bob").login}/specs`);
  }

  async branch(name: string): Promise<void> {
    await this.clone.takeMain(this.gitUrl("ada"));
    this.clone.point(name, this.clone.head("main"));
    await this.clone.give(this.gitUrl("ada"), name);
  }

  async refAt(ref: string): Promise<string | null> {
    return this.clone.refAt(this.gitUrl("ada"), ref);
  }

  async makeLabel(name: string): Promise<string> {
    const body = { name, color: "#2da44e" };
    return String((await this.api("ada").ask("POST", this.path("/labels"), withId, body)).id);
  }

  async makeLabels(count: number): Promise<void> {
    for (let number = 1; number <= count; number += 1) await this.makeLabel(`other-${number}`);
  }

  async renameLabel(name: string, to: string): Promise<void> {
    const id = await labelId(this.api("ada"), this.repository, name);
    await this.api("ada").done("PATCH", this.path(`/labels/${id}`), { name: to });
  }

  async setLabel({ number }: MadePullRequest, name: string, by: Who = "ada"): Promise<void> {
    const labels = [await labelId(this.api("ada"), this.repository, name)];
    await this.api(by).done("POST", this.path(`/issues/${number}/labels`), { labels });
  }

  async removeLabel({ number }: MadePullRequest, name: string, by: Who = "ada"): Promise<void> {
    const id = await labelId(this.api("ada"), this.repository, name);
    await this.api(by).done("DELETE", this.path(`/issues/${number}/labels/${id}`));
  }

  async comment({ number }: MadePullRequest, by: Who, body: string): Promise<string> {
    const path = this.path(`/issues/${number}/comments`);
    return String((await this.api(by).ask("POST", path, withId, { body })).id);
  }

  async deleteComment(_pull: MadePullRequest, id: string): Promise<void> {
    await this.api("ada").done("DELETE", this.path(`/issues/comments/${id}`));
  }

  async commentText({ number }: MadePullRequest, id: string): Promise<string> {
    const schema = z.array(z.object({ id: z.int(), body: z.string() }));
    const path = this.path(`/issues/${number}/comments`);
    const all = await this.api("ada").ask("GET", path, schema);
    return all.find((each) => String(each.id) === id)?.body ?? "";
  }

  async review({ number }: MadePullRequest, by: Who, count: number): Promise<void> {
    const comments = Array.from({ length: count }, (_, at) => ({
      path: "rooms/a.yaml",
      body: `remark ${at}`,
      new_position: 1,
    }));
    const body = { event: "COMMENT", body: "some remarks", comments };
    await this.api(by).done("POST", this.path(`/pulls/${number}/reviews`), body);
  }

  async end(): Promise<void> {
    for (const forge of this.#opened) forge.close();
    this.clone.remove();
  }

  async #edit(number: number, change: object): Promise<void> {
    await this.api("ada").done("PATCH", this.path(`/pulls/${number}`), change);
  }

  async #fork(by: Who): Promise<string> {
    const name = `${this.person(by).login}/specs`;
    const { status } = await this.api(by).send("GET", `/repos/${name}`);
    if (status === 404) await this.api(by).done("POST", this.path("/forks"), {});
    return name;
  }

  /** Where a person reads and writes by git. */
  gitUrl(who: Who): string {
    return this.#gitUrl(this.repository, who);
  }

  #gitUrl(repository: string, who: Who): string {
    const url = new URL(`${this.#site.url}/${repository}.git`);
    url.username = this.person(who).login;
    url.password = this.token(who);
    return url.href;
  }

  async #lastEvent(number: number): Promise<number> {
    const pushes = (await timelineOf(this.api("ada"), this.repository, number)).filter(
      ({ type }) => type === "pull_push",
    );
    return Math.max(0, ...pushes.map(({ id }) => id));
  }

  async #hasPush(number: number, after: number): Promise<void> {
    await eventually("it is known", async () => (await this.#lastEvent(number)) > after);
  }

  async #hasEvent(number: number, wanted: string): Promise<void> {
    await eventually(`pull request ${number} has a ${wanted}`, async () =>
      (await timelineOf(this.api("ada"), this.repository, number)).some(
        ({ type }) => type === wanted,
      ),
    );
  }
}
