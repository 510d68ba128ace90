import type { Item } from "../../agent/plan/item.ts";
import type { CommitRange } from "../../agent/source/spec-source.ts";
import type { Room } from "../../agent/room/room.ts";
import type { SourceRow } from "../../agent/room/rows.ts";
import { TOLERANCE_MS } from "./model-eyes.ts";
import type { ModelGit } from "./model-git.ts";
import type { Seen, Told } from "./model-heard.ts";
import { ModelPlans, type ToldOf } from "./model-plans.ts";
import type { Wish } from "./model-law.ts";
import { ModelWithdrawals } from "./model-withdrawals.ts";

export interface PolledHead {
  readonly head: string;
  readonly fresh: boolean;
  readonly atMs: number;
}

/** Which heads may count, and which words of their commits: what the law says of a branch. */
export class ModelHeads {
  readonly withdrawals = new ModelWithdrawals();
  readonly #git: ModelGit;
  readonly #plans = new ModelPlans();
  /** The newest head that counted. */
  #newest = "";
  /** Heads that a person accepted although they share no commit with what was followed. */
  readonly accepted = new Set<string>();
  /** The newest commits are of a branch that was moved. */
  isRewrite = false;
  readonly #answers: PolledHead[] = [];
  /** Heads that counted, by source: what another one followed says nothing of this one's line. */
  readonly #countedOf = new Map<string, Set<string>>();
  readonly #used = new Set<string>();
  /** By room, what the agent added since its branch left. */
  readonly #added = new Map<string, Set<Item>>();
  #told: { readonly head: string; readonly commits: readonly string[] } = { head: "", commits: [] };
  /** Those of them that change no file. */
  #empty: ReadonlySet<string> = new Set();

  constructor(git: ModelGit) {
    this.#git = git;
  }

  /** A room's branch left: what the agent adds is remembered, as long as the room is marked. */
  left({ roomId, detour, rewritten }: Room, before: Room | null): void {
    if (rewritten === null && !this.isBack(before?.rewritten)) this.#added.delete(roomId);
    if (detour !== null && detour.since !== before?.detour?.since)
      this.#added.set(roomId, new Set());
  }

  /** How a row is at what the newest commits brought. */
  seenIn(row: Room, before: Room | null, wish: Wish | null): Seen {
    const { head, overridden, roomId } = row;
    const isHere = !overridden && head?.revision === `main@sha1:${this.#told.head}`;
    const isNew = isHere && before?.head?.digest !== head.digest;
    const left = (oid: string) => this.#git.wish(oid, roomId)?.text === wish?.text;
    const isForced = this.isRewrite;
    this.#plans.ended(row, before, wish);
    const plan = this.#plans.planOf(roomId, wish);
    const isOnBranch = (oid: string) => this.#isOnBranch(oid);
    const isSpent = this.#plans.isSpent(roomId, wish);
    const leaves = (oid: string) => isForced && left(oid);
    return {
      isNew,
      isForced,
      left,
      leaves,
      isOnBranch,
      plan,
      isSpent,
      isAsked: this.#plans.isAsked(roomId, wish),
    };
  }

  /** A call of the agent has changed a room. */
  added(roomId: string, operation: string, target: string): void {
    if (operation === "join") this.#added.get(roomId)?.add(`entity/${target}`);
    if (operation === "seed") this.#added.get(roomId)?.add(`artifact/${target}`);
  }

  /** What goes without a question when the branch is back is what the agent itself added, and the spec does not name. */
  wrongReturn(roomId: string, items: readonly Item[], newest: Wish | null): readonly string[] {
    const added = this.#added.get(roomId);
    const more = items.filter((item) => !added?.has(item) || newest?.items.has(item));
    return more.map((item) => `takes back ${item}, which the agent did not add`);
  }

  /** Whether two heads share a commit; one that is not known shares all. */
  isOfOneLine(head: string, other: string): boolean {
    return other === "" || this.#history(head)[0] === this.#history(other)[0];
  }

  polled(answer: PolledHead): void {
    this.#answers.push(answer);
  }

  told(head: string, { history, commits }: CommitRange): void {
    this.#plans.forget();
    this.isRewrite = history === "rewritten";
    this.#told = { head, commits: commits.map(({ oid }) => oid) };
    const empty = commits.filter(({ changesNoFile }) => changesNoFile === true);
    this.#empty = new Set(empty.map(({ oid }) => oid));
  }

  /** The same commits as they concern a room. */
  toldOf(room: ToldOf, history: CommitRange["history"], commits: readonly Told[]): void {
    const before = this.#newest === "" ? null : this.#git.wish(this.#newest, room.roomId);
    this.withdrawals.told(room.roomId, history, commits);
    this.#plans.told(room, history, { commits, wish: before });
  }

  /** A newest commit that says `true` and changes no file is warned of, and none that changes one. */
  wrongWarnings({ warnings, observedHead }: SourceRow): readonly string[] {
    const newest = this.#told.commits.at(-1);
    if (newest === undefined || this.#told.head !== observedHead) return [];
    const isDue = this.#empty.has(newest) && this.#git.saysTrue(newest);
    const isSaid = warnings.some(({ message }) => message.includes(newest));
    const wrong = warnings
      .filter(({ message }) => message.includes("changes no file"))
      .filter(({ message }) => ![...this.#empty].some((oid) => message.includes(oid)));
    return [
      ...(isDue && !isSaid ? [`${newest} says true, changes no file, and no warning says so`] : []),
      ...wrong.map(({ message }) => `a commit that changes a file: ${message}`),
    ];
  }

  /** The head that is being ingested is the one that a mark came from, or was built on it. */
  isBack(mark: { readonly from: string } | null | undefined): boolean {
    if (mark == null || this.#told.head === "") return false;
    return this.#history(this.#told.head).includes(mark.from.replace("main@sha1:", ""));
  }

  /** A confirmation is counted once: a commit whose head counted confirms no more. */
  unused(told: Told): Told {
    if (!this.#used.has(told.oid)) return told;
    const { words } = told;
    return { ...told, words: { ...words, confirm: null }, spent: words.confirm };
  }

  /** A head of a source counts from now on; what is wrong with that. */
  counts(source: string, head: string, before: string): readonly string[] {
    const counted = before === "" ? new Set<string>() : (this.#countedOf.get(source) ?? new Set());
    const wrong = before === "" ? [] : this.#wrongWith(counted, head, before);
    this.#countedOf.set(source, counted.add(head));
    if (this.#told.head === head) {
      for (const oid of this.#told.commits) this.#used.add(oid);
      this.#plans.count();
    }
    this.#newest = head;
    return wrong;
  }

  #wrongWith(counted: ReadonlySet<string>, head: string, before: string): readonly string[] {
    const [line, old] = [this.#history(head), this.#history(before)];
    const isOlder = [before, ...counted].some((oid) => this.#history(oid).includes(head));
    if (isOlder && !line.includes(before) && !this.#lookedTwice(head))
      return [`${head} is older than ${before}, and was believed at one look`];
    const isReturn = line.some((oid) => counted.has(oid));
    const isAccepted = line.some((oid) => this.accepted.has(oid));
    if (line[0] !== old[0] && !isReturn && !isAccepted)
      return [`${head} is of another repository, and nobody accepted it`];
    return [];
  }

  /** The newest answers are all this head, two of them `StaleTolerance` apart, the last over a new connection. */
  #lookedTwice(head: string): boolean {
    const others = this.#answers.findLastIndex((answer) => answer.head !== head);
    const same = this.#answers.slice(others + 1);
    const last = same.at(-1);
    if (last === undefined || !last.fresh) return false;
    // The clock may be set back between two agents.
    return same.some(({ atMs }) => last.atMs - atMs >= TOLERANCE_MS);
  }

  /** Be it by a merge. */
  #isOnBranch(oid: string): boolean {
    const { head, commits } = this.#told;
    return commits.includes(oid) || this.#git.source.isOn(head, oid);
  }

  #history(oid: string): readonly string[] {
    return this.#git.source.history(oid);
  }
}
