import type { HttpAccess } from "../http/http-access.ts";
import type { Clock } from "../kernel/clock.ts";

/**
 * What the agent asks of a forge about one repository: four small interfaces, which a folder for each kind of forge implements.
 * No method throws for what the network or the forge did: the answer's `kind` says it, and nothing that failed is ever an empty
 * list. A method rejects only with the reason of `signal`, and with a defect of ours.
 */
export interface Forge {
  readonly kind: ForgeKind;
  readonly pullRequests: PullRequests;
  readonly labels: Labels;
  readonly statuses: Statuses;
  readonly comments: Comments;
  /** What the token may do, and what the repository lacks, for `room-operator doctor`. Changes nothing. */
  check(signal: AbortSignal): Promise<readonly ForgeFinding[]>;
  /** Closes connections. Idempotent. */
  close(): void;
}

export type ForgeKind = "gitea" | "github" | "gitlab";

export type ForgeAnswer<T> = { readonly kind: "ok"; readonly value: T } | ForgeFailure;

export interface ForgeFailure {
  readonly kind: "failed";
  readonly reason: ForgeFailureReason;
  /** What was asked, what happened and what to do next. Never holds a token. */
  readonly message: string;
  /** How long the forge wants to be left alone, in ms, where it says so. */
  readonly retryAfterMs?: number;
}

export type ForgeFailureReason =
  | "ForgeUnreachable" // refused, reset, DNS, TLS
  | "ForgeTimeout" // headers, idle or total deadline
  | "ForgeTokenRefused" // 401, or the token cannot be read
  | "ForgeForbidden" // 403: a scope or a role is missing; the message names it
  | "ForgeNotFound" // 404: absent, or not visible to the token
  | "ForgeRateLimited" // 429, and 403 where it means that
  | "ForgeServerError" // 5xx
  | "RepositoryMoved" // 3xx: it was renamed
  | "ForgeAnswerInvalid" // HTML, a cut answer, or not the shape that is known
  | "ForgeRefused"; // any other 4xx

/** Ids are compared, logins are shown: a login can be renamed and taken by somebody else. */
export interface ForgePerson {
  /** Decimal. */
  readonly id: string;
  readonly login: string;
}

export interface ForgeLabel {
  /** Decimal; null where the forge's answer has none. */
  readonly id: string | null;
  readonly name: string;
}

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  /** Its page. */
  readonly url: string;
  readonly author: ForgePerson;
  readonly state: "open" | "closed" | "merged";
  readonly isDraft: boolean;
  /** Its head is not a branch of our repository: whoever may read can open one (by AGit it is pushed to ours, and is not a branch). */
  readonly isFork: boolean;
  /** The short name of the branch it is to be merged into, or was. */
  readonly baseBranch: string;
  /** False: it was merged into another repository (which no honest forge answers). */
  readonly isOurBase: boolean;
  /** The commit id of its head as the forge says it now; after a merge it may be another than what was merged. Empty: it has none. */
  readonly headSha: string;
  /** The full ref at which git serves its head, such as `refs/pull/7/head`. */
  readonly headRef: string;
  readonly labels: readonly ForgeLabel[];
  /** The commit that the branch got by the merge: the newest of them; null until it is merged. */
  readonly mergeSha: string | null;
}

export interface PullRequests {
  /** The open ones against a branch, lowest number first. */
  open(branch: string, signal: AbortSignal): Promise<ForgeAnswer<Bounded<PullRequest>>>;
  get(number: number, signal: AbortSignal): Promise<ForgeAnswer<PullRequest | null>>;
  /**
   * Those that were merged into the branch of our repository as this commit. None: there is none, or the forge does not know it
   * yet: a forge moves the branch before it sets a pull request merged.
   */
  mergedAs(
    sha: string,
    branch: string,
    signal: AbortSignal,
  ): Promise<ForgeAnswer<readonly PullRequest[]>>;
  /** What it changes against the point where it left its base. */
  files(number: number, signal: AbortSignal): Promise<ForgeAnswer<Bounded<ChangedFile>>>;
}

/** A list that may be cut: `isWhole` is false where there is more than was read. */
export interface Bounded<T> {
  readonly list: readonly T[];
  readonly isWhole: boolean;
}

export interface ChangedFile {
  readonly path: string;
  /** The path before a rename; null: it has the same. */
  readonly previousPath: string | null;
}

export interface Labels {
  /**
   * All labels of the repository that have one of these names; a name may be there twice. One that ends in `/` stands for all names that
   * begin with it.
   */
  named(names: readonly string[], signal: AbortSignal): Promise<ForgeAnswer<readonly ForgeLabel[]>>;
  /** What happened to a pull request, in order, up to its merge. */
  history(number: number, signal: AbortSignal): Promise<ForgeAnswer<LabelHistory>>;
  /** Whether a person may write to the repository, as the forge says it. */
  mayWrite(person: ForgePerson, signal: AbortSignal): Promise<ForgeAnswer<boolean>>;
}

export interface LabelHistory {
  /** Oldest first. Where the forge does not tell which of two came first, a label comes before the other. */
  readonly events: readonly HistoryEvent[];
  /** False: there is more than was read. Then nothing is known of what came last. */
  readonly isWhole: boolean;
}

export type HistoryEvent =
  | {
      readonly kind: "labelAdded" | "labelRemoved";
      readonly label: ForgeLabel;
      readonly person: ForgePerson;
      /** Grows from one label event of a pull request to the next. */
      readonly position: number;
    }
  | {
      readonly kind: "push" | "retarget" | "close" | "reopen" | "merge";
      readonly person: ForgePerson | null;
    };

/** Only what every forge has. */
export type CommitState = "pending" | "success" | "error" | "failure";

export interface CommitStatus {
  /** Such as `room-operator/plan`. */
  readonly context: string;
  readonly state: CommitState;
  /** One line; what is over 140 characters is cut by the client. */
  readonly description: string;
  /** Null: it leads nowhere. */
  readonly targetUrl: string | null;
}

export interface Statuses {
  /** The newest of a context at a commit; null: there is none. `sha` is whole. */
  latest(
    sha: string,
    context: string,
    signal: AbortSignal,
  ): Promise<ForgeAnswer<CommitStatus | null>>;
  /**
   * Writes one, and gives back as whom; null: the forge does not say it here. Where the same stands there already, that counts as
   * written.
   */
  set(
    sha: string,
    status: CommitStatus,
    signal: AbortSignal,
  ): Promise<ForgeAnswer<ForgePerson | null>>;
}

export interface ForgeComment {
  /** Decimal. */
  readonly id: string;
  readonly author: ForgePerson;
}

export interface FoundComment extends ForgeComment {
  /** As it stands there: whoever may write can edit it. */
  readonly body: string;
}

export interface Comments {
  /**
   * The oldest comment of a pull request that begins with `marker` and was written by `ownId`. Null: none.
   */
  find(
    number: number,
    by: { readonly marker: string; readonly ownId: string },
    signal: AbortSignal,
  ): Promise<ForgeAnswer<FoundComment | null>>;
  create(number: number, body: string, signal: AbortSignal): Promise<ForgeAnswer<ForgeComment>>;
  /** False: it is gone. */
  edit(
    place: { readonly number: number; readonly id: string },
    body: string,
    signal: AbortSignal,
  ): Promise<ForgeAnswer<boolean>>;
  /** The token's own person; null where the token may not ask for it. */
  self(signal: AbortSignal): Promise<ForgeAnswer<ForgePerson | null>>;
}

export interface ForgeFinding {
  /** What was looked at, such as `may set statuses`. */
  readonly check: string;
  readonly result: "ok" | "missing" | "unknown";
  /** What is missing and how to give it; empty when `ok`. */
  readonly message: string;
}

/** Makes the client of one repository. It sends no request before it is asked. */
export type OpenForge = (options: ForgeOptions) => Forge;

export interface ForgeOptions {
  readonly kind: ForgeKind;
  /** The address that paths of its API begin at, such as `https://git.example.org/api/v1`, without a `/` at its end. */
  readonly apiUrl: string;
  /** `owner/name`; of GitLab there may be more parts. */
  readonly repository: string;
  /** Asked at each use, so that a renewed token counts at once. Rejects where it cannot be read. */
  readonly login: () => Promise<ForgeLogin>;
  /** How it is reached: authorities, client certificate, proxy. Asked at each use. */
  readonly access: () => Promise<HttpAccess>;
  /** Of one request, ms. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export type ForgeLogin =
  | { readonly kind: "token"; readonly token: string }
  /** An app of GitHub; `privateKey` is PEM text. */
  | {
      readonly kind: "app";
      readonly appId: string;
      readonly installationId: string;
      readonly privateKey: string;
    };
