import type { Forge, ForgePerson, OpenForge } from "../../../agent/forge/forge.ts";
import { systemClock } from "../../../agent/kernel/clock.ts";
import type {
  Capability,
  Files,
  ForgeWorld,
  MadePullRequest,
  MergeStyle,
  NewPullRequest,
  Who,
} from "../../contract/forge/forge-world.ts";
import type { Hub, HubPull } from "./hub.ts";
import type { HubServer } from "./hub-server.ts";

export interface HubKind {
  readonly open: OpenForge;
  readonly kind: Forge["kind"];
  readonly lacks: readonly Capability[];
  readonly styles: readonly MergeStyle[];
}

/** A stand-in for GitHub or GitLab as people use it; the agent asks it over HTTP. */
export class HubWorld implements ForgeWorld {
  readonly lacks: ReadonlySet<Capability>;
  readonly styles: readonly MergeStyle[];
  readonly perPage = 100;
  readonly forge: Forge;
  readonly hub: Hub;
  readonly server: HubServer;
  readonly #kind: HubKind;
  readonly #opened: Forge[] = [];

  constructor(hub: Hub, server: HubServer, kind: HubKind) {
    this.hub = hub;
    this.server = server;
    this.#kind = kind;
    this.lacks = new Set(kind.lacks);
    this.styles = kind.styles;
    this.forge = this.other({});
  }

  person(who: Who): ForgePerson {
    const { id, login } = this.hub.people[who];
    return { id: String(id), login };
  }

  other({
    token = this.hub.people.agent.token,
    repository = this.hub.fullName,
  }: {
    readonly token?: string;
    readonly repository?: string;
  }): Forge {
    const forge = this.#kind.open({
      kind: this.#kind.kind,
      apiUrl: this.server.apiUrl,
      repository,
      login: () => Promise.resolve({ kind: "token", token }),
      access: () => Promise.resolve({}),
      timeoutMs: 20_000,
      clock: systemClock,
    });
    this.#opened.push(forge);
    return forge;
  }

  async open(wanted: NewPullRequest): Promise<MadePullRequest> {
    const { by = "ada", base = "main", isFork = false, isDraft = false, files } = wanted;
    const author = this.hub.people[by];
    const title = wanted.title ?? "Change";
    const pull = this.hub.open(
      { author, title, isDraft, base, fork: isFork ? author : null },
      files,
    );
    return { number: pull.number, branch: pull.branch };
  }

  async push(made: MadePullRequest, files: Files, isForced = false): Promise<string> {
    const { git } = this.hub;
    const { branch } = made;
    const parents = [git.head(isForced ? "main" : branch) ?? ""];
    const sha = git.commit(files, { branch, parents });
    this.hub.push(this.#pull(made), sha, isForced);
    return sha;
  }

  async pushSame(made: MadePullRequest, sha: string): Promise<string> {
    this.hub.git.forceBranch(sha, made.branch);
    this.hub.push(this.#pull(made), sha, true);
    return sha;
  }

  async merge(made: MadePullRequest, style: MergeStyle): Promise<string> {
    return this.hub.merge(this.#pull(made), style);
  }

  async close(made: MadePullRequest): Promise<void> {
    const pull = this.#pull(made);
    if (pull.state === "closed") return;
    pull.state = "closed";
    this.hub.add(pull, { kind: "close", by: this.hub.people.ada });
  }

  async reopen(made: MadePullRequest): Promise<void> {
    const pull = this.#pull(made);
    pull.state = "open";
    this.hub.add(pull, { kind: "reopen", by: this.hub.people.ada });
  }

  async retarget(made: MadePullRequest, base: string): Promise<void> {
    const pull = this.#pull(made);
    const text = `${pull.base} ${base}`;
    pull.base = base;
    this.hub.add(pull, { kind: "retarget", by: this.hub.people.ada, text });
  }

  async deleteFork(): Promise<void> {
    throw new Error("this stand-in lacks deletedForks");
  }

  async branch(name: string): Promise<void> {
    this.hub.git.forceBranch(this.hub.git.head("main") ?? "", name);
  }

  async refAt(ref: string): Promise<string | null> {
    return this.hub.git.ref(ref);
  }

  async makeLabel(name: string): Promise<string> {
    const label = { id: this.hub.next(), name };
    this.hub.labels.push(label);
    return String(label.id);
  }

  async makeLabels(count: number): Promise<void> {
    for (let number = 1; number <= count; number += 1) await this.makeLabel(`other-${number}`);
  }

  async renameLabel(name: string, to: string): Promise<void> {
    this.hub.label(name).name = to;
  }

  async setLabel(made: MadePullRequest, name: string, by: Who = "ada"): Promise<void> {
    this.hub.setLabel(this.#pull(made), name, this.hub.people[by]);
  }

  async removeLabel(made: MadePullRequest, name: string, by: Who = "ada"): Promise<void> {
    this.hub.removeLabel(this.#pull(made), name, this.hub.people[by]);
  }

  async comment(made: MadePullRequest, by: Who, body: string): Promise<string> {
    return String(this.hub.comment(this.#pull(made), this.hub.people[by], body).id);
  }

  async deleteComment(_made: MadePullRequest, id: string): Promise<void> {
    const at = this.hub.comments.findIndex((each) => String(each.id) === id);
    if (at >= 0) this.hub.comments.splice(at, 1);
  }

  async commentText(_made: MadePullRequest, id: string): Promise<string> {
    return this.hub.comments.find((each) => String(each.id) === id)?.body ?? "";
  }

  async review(): Promise<void> {
    throw new Error("this stand-in lacks emptyPages");
  }

  async end(): Promise<void> {
    for (const forge of this.#opened) forge.close();
    await this.server.stop();
    this.hub.remove();
  }

  #pull({ number }: MadePullRequest): HubPull {
    const pull = this.hub.pull(number);
    if (pull === undefined) throw new Error(`there is no pull request ${number}`);
    return pull;
  }
}
