import { randomBytes } from "node:crypto";
import type { Files, MergeStyle, Who } from "../../contract/forge/forge-world.ts";
import { GitRepository } from "../git-repository.ts";
import { mergeTip } from "./hub-git.ts";

/** What stand-ins for GitHub and GitLab remember of one repository and its people. The repository is a real one. */

export interface HubPerson {
  readonly who: Who;
  readonly id: number;
  readonly login: string;
  readonly token: string;
  readonly role: "owner" | "write" | "read";
}

export interface HubLabel {
  readonly id: number;
  name: string;
}

export interface HubPull {
  readonly id: number;
  readonly number: number;
  readonly author: HubPerson;
  readonly title: string;
  readonly isDraft: boolean;
  readonly branch: string;
  /** Whose fork its head is in; null: the repository itself. */
  readonly fork: HubPerson | null;
  base: string;
  sha: string;
  state: "open" | "closed";
  merged: HubMerge | null;
  readonly labels: Set<HubLabel>;
  readonly atMs: number;
}

export interface HubMerge {
  /** The commit that the base got. */
  readonly sha: string;
  readonly style: MergeStyle;
  readonly by: HubPerson;
  readonly atMs: number;
}

/** `push`: also the first, with which it was opened. */
export interface HubEvent {
  readonly id: number;
  readonly pull: HubPull;
  readonly kind:
    | "label"
    | "unlabel"
    | "push"
    | "forcePush"
    | "retarget"
    | "close"
    | "reopen"
    | "merge";
  readonly by: HubPerson;
  readonly atMs: number;
  /** Of a label event. */
  readonly label: HubLabel | null;
  /** Of a push the new head, of a retarget both branches. */
  readonly text: string;
}

export interface HubComment {
  readonly id: number;
  readonly pull: HubPull;
  readonly by: HubPerson;
  body: string;
  readonly atMs: number;
}

export interface HubStatus {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: string;
  readonly description: string;
  readonly targetUrl: string | null;
  readonly by: HubPerson;
  readonly atMs: number;
}

/** A tick of its clock: events of one second have no order on GitHub. */
const TICK_MS = 1000;

export class Hub {
  readonly owner = "acme";
  readonly name = "rooms";
  readonly projectId = 7001;
  readonly git = GitRepository.create();
  readonly people: Readonly<Record<Who, HubPerson>>;
  readonly labels: HubLabel[] = [];
  readonly pulls: HubPull[] = [];
  readonly events: HubEvent[] = [];
  readonly comments: HubComment[] = [];
  readonly statuses: HubStatus[] = [];
  /** Where git serves the head of a pull request. */
  readonly #headRef: (number: number) => string;
  #lastId = 5000;
  #ticks = 0;

  constructor(headRef: (number: number) => string) {
    this.#headRef = headRef;
    const person = (who: Who, role: HubPerson["role"]): HubPerson => ({
      who,
      id: this.next(),
      login: `${who}-person`,
      token: randomBytes(20).toString("hex"),
      role,
    });
    this.people = {
      ada: person("ada", "owner"),
      bob: person("bob", "read"),
      agent: person("agent", "write"),
    };
    const rooms = ["a", "b", "c"].map((name) => [`rooms/${name}.yaml`, `room: ${name}\n`] as const);
    this.git.commit(Object.fromEntries(rooms), { message: "Begin\n" });
  }

  get fullName(): string {
    return `${this.owner}/${this.name}`;
  }

  next(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Later than any time before. */
  nowMs(): number {
    this.#ticks += 1;
    return Date.UTC(2026, 10, 29) + this.#ticks * TICK_MS;
  }

  pull(number: number): HubPull | undefined {
    return this.pulls.find((each) => each.number === number);
  }

  personOf(token: string): HubPerson | undefined {
    return Object.values(this.people).find((each) => each.token === token);
  }

  label(name: string): HubLabel {
    const found = this.labels.find((each) => each.name === name);
    if (found === undefined) throw new Error(`there is no label ${name}`);
    return found;
  }

  hasCommit(sha: string): boolean {
    return this.git.history.find(sha) !== null;
  }

  /** Where the head left the base. */
  mergeBase({ base, sha }: HubPull): string {
    return this.git.history.mergeBase(this.git.head(base) ?? "", sha) ?? "";
  }

  open(
    wanted: Pick<HubPull, "author" | "title" | "isDraft" | "fork" | "base">,
    files: Files,
  ): HubPull {
    const number = this.pulls.length + 1;
    const branch = `change-${number}`;
    const parents = [this.git.head("main") ?? ""];
    const sha = this.git.commit(files, { branch, parents });
    const pull: HubPull = {
      ...wanted,
      id: this.next(),
      number,
      branch,
      sha,
      state: "open",
      merged: null,
      labels: new Set(),
      atMs: this.nowMs(),
    };
    this.pulls.push(pull);
    this.#serve(pull);
    this.add(pull, { kind: "push", by: wanted.author, text: sha });
    return pull;
  }

  push(pull: HubPull, sha: string, isForced: boolean): void {
    pull.sha = sha;
    this.#serve(pull);
    const kind = isForced ? "forcePush" : "push";
    this.add(pull, { kind, by: this.people.ada, text: sha });
  }

  merge(pull: HubPull, style: MergeStyle): string {
    const base = this.git.head(pull.base) ?? "";
    const sha = mergeTip(this.git, { style, base, head: pull.sha, message: pull.title });
    this.git.forceBranch(sha, pull.base);
    const by = this.people.ada;
    const { atMs } = this.add(pull, { kind: "merge", by, text: sha });
    pull.state = "closed";
    pull.merged = { sha, style, by, atMs };
    return sha;
  }

  /** Label events are by `by`; what they say of the label is what it is called now. */
  setLabel(pull: HubPull, name: string, by: HubPerson): void {
    const label = this.label(name);
    pull.labels.add(label);
    this.add(pull, { kind: "label", by, label });
  }

  removeLabel(pull: HubPull, name: string, by: HubPerson): void {
    const label = this.label(name);
    pull.labels.delete(label);
    this.add(pull, { kind: "unlabel", by, label });
  }

  add(
    pull: HubPull,
    event: Pick<HubEvent, "kind" | "by"> & Partial<Pick<HubEvent, "label" | "text">>,
  ): HubEvent {
    const added = { label: null, text: "", ...event, id: this.next(), pull, atMs: this.nowMs() };
    this.events.push(added);
    return added;
  }

  comment(pull: HubPull, by: HubPerson, body: string): HubComment {
    const comment = { id: this.next(), pull, by, body, atMs: this.nowMs() };
    this.comments.push(comment);
    return comment;
  }

  status(status: Omit<HubStatus, "id" | "atMs">): HubStatus {
    const added = { ...status, id: this.next(), atMs: this.nowMs() };
    this.statuses.push(added);
    return added;
  }

  remove(): void {
    this.git.remove();
  }

  #serve({ number, sha }: HubPull): void {
    this.git.point(this.#headRef(number), sha);
  }
}
