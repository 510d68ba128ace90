import type {
  ChangedFile,
  CommitStatus,
  Forge,
  ForgeAnswer,
  ForgeFailure,
  ForgeLabel,
  ForgePerson,
  HistoryEvent,
  PullRequest,
} from "../../agent/forge/forge.ts";
import { isNamed } from "../../agent/forge/labels-named.ts";

export const ADA: ForgePerson = { id: "1", login: "ada" };
export const BOT: ForgePerson = { id: "9", login: "room-bot" };

export const CONFIRM: ForgeLabel = { id: "11", name: "confirm" };

interface StoredComment {
  readonly id: string;
  readonly number: number;
  readonly author: ForgePerson;
  body: string;
}

export function aPull(given: Partial<PullRequest> = {}): PullRequest {
  const { number = 7 } = given;
  return {
    number,
    title: "Change rooms",
    url: `https://forge.example.org/rooms/specs/pulls/${number}`,
    author: ADA,
    state: "open",
    isDraft: false,
    isFork: false,
    baseBranch: "main",
    isOurBase: true,
    headSha: "a".repeat(40),
    headRef: `refs/pull/${number}/head`,
    labels: [],
    mergeSha: null,
    ...given,
  };
}

/** A forge in memory: pull requests, labels, comments and statuses of one repository. Counts calls, and fails where it is to. */
export class FakeForge implements Forge {
  readonly kind = "gitea";
  pulls: PullRequest[] = [];
  /** By number; a list that is cut where it is longer than `mostFiles`. */
  readonly changed = new Map<number, readonly ChangedFile[]>();
  mostFiles = 1000;
  readonly events = new Map<number, HistoryEvent[]>();
  /** False: there is more of every history than it gives. */
  isHistoryWhole = true;
  written: StoredComment[] = [];
  /** By commit, oldest first. */
  readonly set = new Map<string, CommitStatus[]>();
  /** What was asked, as `comments.edit`. */
  readonly calls: string[] = [];
  /** What the token's account is; null: it may not ask. */
  me: ForgePerson | null = null;
  /** Whether it says as whom a status was written. */
  saysWho = false;
  /** Answers instead, by call; undefined: as a forge does. */
  fault: (call: string) => ForgeFailure | undefined = () => undefined;
  /** Runs before a call is answered: what happens meanwhile. */
  before: (call: string) => void = () => undefined;
  isClosed = false;
  #ids = 100;

  readonly pullRequests: Forge["pullRequests"] = {
    open: (branch) =>
      this.#answer("pullRequests.open", () => ({
        list: this.pulls.filter((one) => one.state === "open" && one.baseBranch === branch),
        isWhole: true,
      })),
    get: (number) =>
      this.#answer(
        "pullRequests.get",
        () => this.pulls.find((one) => one.number === number) ?? null,
      ),
    mergedAs: (sha) =>
      this.#answer("pullRequests.mergedAs", () => this.pulls.filter((one) => one.mergeSha === sha)),
    files: (number) =>
      this.#answer("pullRequests.files", () => {
        const all = this.changed.get(number) ?? [];
        return { list: all.slice(0, this.mostFiles), isWhole: all.length <= this.mostFiles };
      }),
  };

  /** The labels of the repository. */
  all: readonly ForgeLabel[] = [CONFIRM];

  readonly labels: Forge["labels"] = {
    named: (names) =>
      this.#answer("labels.named", () => this.all.filter((label) => isNamed(label, names))),
    history: (number) =>
      this.#answer("labels.history", () => ({
        events: [...(this.events.get(number) ?? [])],
        isWhole: this.isHistoryWhole,
      })),
    mayWrite: () => this.#answer("labels.mayWrite", () => true),
  };

  readonly statuses: Forge["statuses"] = {
    latest: (sha, context) =>
      this.#answer("statuses.latest", () => this.#of(sha, context).at(-1) ?? null),
    set: (sha, status) =>
      this.#answer("statuses.set", () => {
        this.set.set(sha, [...(this.set.get(sha) ?? []), status]);
        return this.saysWho ? BOT : null;
      }),
  };

  readonly comments: Forge["comments"] = {
    find: (number, { marker, ownId }) =>
      this.#answer("comments.find", () => {
        const isOurs = (one: StoredComment) =>
          one.number === number && one.author.id === ownId && one.body.startsWith(marker);
        return this.written.find(isOurs) ?? null;
      }),
    create: (number, body) =>
      this.#answer("comments.create", () => this.comment(number, body, BOT)),
    edit: ({ id }, body) =>
      this.#answer("comments.edit", () => {
        const found = this.written.find((one) => one.id === id);
        if (found !== undefined) found.body = body;
        return found !== undefined;
      }),
    self: () => this.#answer("comments.self", () => this.me),
  };

  check(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  close(): void {
    this.isClosed = true;
  }

  /** Somebody writes a comment. */
  comment(number: number, body: string, author: ForgePerson): StoredComment {
    this.#ids += 1;
    const made = { id: String(this.#ids), number, author, body };
    this.written.push(made);
    return made;
  }

  /** Opens a pull request, or changes what is known of it. */
  open(given: Partial<PullRequest>, changed: readonly (string | ChangedFile)[] = []): PullRequest {
    const pull = aPull(given);
    this.pulls = [...this.pulls.filter(({ number }) => number !== pull.number), pull];
    this.changed.set(
      pull.number,
      changed.map((file) => (typeof file === "string" ? { path: file, previousPath: null } : file)),
    );
    return pull;
  }

  /** Sets a label of a pull request. */
  label(number: number, label: ForgeLabel = CONFIRM, person: ForgePerson = ADA): void {
    this.#ids += 1;
    const events = this.events.get(number) ?? [];
    this.events.set(number, [
      ...events,
      { kind: "labelAdded", label, person, position: this.#ids },
    ]);
    this.pulls = this.pulls.map((one) =>
      one.number === number ? { ...one, labels: [...one.labels, label] } : one,
    );
  }

  unlabel(number: number, label: ForgeLabel = CONFIRM, person: ForgePerson = ADA): void {
    this.#ids += 1;
    const events = this.events.get(number) ?? [];
    this.events.set(number, [
      ...events,
      { kind: "labelRemoved", label, person, position: this.#ids },
    ]);
    this.pulls = this.pulls.map((one) =>
      one.number === number
        ? { ...one, labels: one.labels.filter(({ id }) => id !== label.id) }
        : one,
    );
  }

  /** The text of the agent's comment on a pull request; fails where there is not exactly one. */
  planOf(number: number): string {
    const ours = this.written.filter((one) => one.number === number && one.author.id === BOT.id);
    const [only] = ours;
    if (only === undefined || ours.length > 1) throw new Error(`${ours.length} comments`);
    return only.body;
  }

  /** The states that a commit was marked with, oldest first. */
  states(sha: string, context = "room-operator/plan"): readonly string[] {
    return this.#of(sha, context).map(({ state }) => state);
  }

  #of(sha: string, context: string): readonly CommitStatus[] {
    return (this.set.get(sha) ?? []).filter((status) => status.context === context);
  }

  async #answer<T>(call: string, work: () => T): Promise<ForgeAnswer<T>> {
    this.calls.push(call);
    this.before(call);
    const failure = this.fault(call);
    return failure ?? { kind: "ok", value: work() };
  }
}
