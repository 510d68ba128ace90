import type { Forge, ForgePerson } from "../../../agent/forge/forge.ts";

/** `ada` owns the repository; `bob` may only read it; the agent asks with the least rights it needs. */
export type Who = "ada" | "bob" | "agent";

/** How a pull request is merged. What a forge does not have is not among the world's `styles`. */
export type MergeStyle = "merge" | "squash" | "rebase" | "rebase-merge" | "fast-forward";

/**
 * What a forge may lack; the facts about it are left out then, and only then:
 * - `labelIds`: events have the id of their label, which stays when it is renamed.
 * - `twoLabelsOfAName`: two labels may have the same name.
 * - `labelsAtOpening`: whoever may open a pull request may set labels by that.
 * - `pushEvents`: the history has pushes to the head.
 * - `retargetEvents`: the history has changes of the base.
 * - `hiddenPushes`: a push while it is closed leaves no event, and the list keeps the old head.
 * - `oneHeadTwice`: one head may be merged into two branches as the same commit.
 * - `emptyPages`: comments on code make empty pages of the history.
 * - `heldPages`: many things can be made in a short time, so that lists have several pages.
 * - `twoFailures`: the states `failure` and `error` are told apart.
 * - `deletedForks`: a fork can be deleted while its pull request is open.
 */
export type Capability =
  | "labelIds"
  | "twoLabelsOfAName"
  | "labelsAtOpening"
  | "pushEvents"
  | "retargetEvents"
  | "hiddenPushes"
  | "oneHeadTwice"
  | "emptyPages"
  | "heldPages"
  | "deletedForks"
  | "twoFailures";

export type Files = Readonly<Record<string, string | null>>;

export interface NewPullRequest {
  /** `ada` if absent. */
  readonly by?: Who;
  /** `main` if absent. */
  readonly base?: string;
  readonly title?: string;
  readonly isDraft?: boolean;
  /** True: its head is in a fork of whoever opens it. */
  readonly isFork?: boolean;
  /** Names of labels that it is opened with. */
  readonly labels?: readonly string[];
  /** What its head has besides `main`; null: gone. */
  readonly files: Files;
}

/** A pull request as the world made it. */
export interface MadePullRequest {
  readonly number: number;
  /** The branch that its head is on. */
  readonly branch: string;
}

/**
 * A forge with one repository, as people use it; `main` has `rooms/a.yaml`, `rooms/b.yaml` and `rooms/c.yaml`. Each method resolves
 * when the forge itself answers with what was done, but not later than what the forge does of its own (such as setting a pull
 * request merged after its branch has moved).
 */
export interface ForgeWorld {
  /** What is tested, with the agent's token. */
  readonly forge: Forge;
  readonly lacks: ReadonlySet<Capability>;
  readonly styles: readonly MergeStyle[];
  /** How many entries a page of a list has. */
  readonly perPage: number;
  person(who: Who): ForgePerson;
  /** A client with another token or another repository of the same forge. */
  other(change: { readonly token?: string; readonly repository?: string }): Forge;

  open(wanted: NewPullRequest): Promise<MadePullRequest>;
  /** Pushes to the head. `isForced`: the files are on `main` and nothing else is. Returns the new head. */
  push(pull: MadePullRequest, files: Files, isForced?: boolean): Promise<string>;
  /** Points the head at a commit that another head has. Returns it. */
  pushSame(pull: MadePullRequest, sha: string): Promise<string>;
  /** Returns the commit that the base has now. */
  merge(pull: MadePullRequest, style: MergeStyle): Promise<string>;
  /** By `ada`, also without merging. */
  close(pull: MadePullRequest): Promise<void>;
  reopen(pull: MadePullRequest): Promise<void>;
  retarget(pull: MadePullRequest, base: string): Promise<void>;
  deleteFork(pull: MadePullRequest): Promise<void>;

  /** Makes a branch where `main` is. */
  branch(name: string): Promise<void>;
  /** The commit of a ref; null: it has none. */
  refAt(ref: string): Promise<string | null>;

  /** Makes a label of the repository; returns its id, or null where labels have none. */
  makeLabel(name: string): Promise<string | null>;
  /** Of labels that are on no pull request, as many as asked for. */
  makeLabels(count: number): Promise<void>;
  renameLabel(name: string, to: string): Promise<void>;
  /** Sets a label of a pull request, or takes it away. `ada` if nobody is named. */
  setLabel(pull: MadePullRequest, name: string, by?: Who): Promise<void>;
  removeLabel(pull: MadePullRequest, name: string, by?: Who): Promise<void>;

  /** Returns the comment's id. */
  comment(pull: MadePullRequest, by: Who, body: string): Promise<string>;
  deleteComment(pull: MadePullRequest, id: string): Promise<void>;
  /** The body that a comment has now. */
  commentText(pull: MadePullRequest, id: string): Promise<string>;
  /** A review with so many comments on code. */
  review(pull: MadePullRequest, by: Who, comments: number): Promise<void>;

  end(): Promise<void>;
}
