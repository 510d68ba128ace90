import type { DriftPolicy } from "../spec/drift-annotation.ts";
import type { Credential } from "./credential.ts";
import type { Reach } from "./reach.ts";
import type { SshFiles } from "./ssh-files.ts";

/** What the agent works with: checked, complete, every path absolute, every time in ms. */
export interface Config {
  readonly operator: OperatorConfig;
  readonly roomServer: {
    /** Without a slash at the end. */
    readonly baseUrl: string;
    readonly protocol: "operator-rest";
    readonly roomIdPattern: RegExp;
    readonly timeoutMs: number;
    readonly uploadTimeoutMs: number;
    readonly reach: Reach;
  };
  readonly auth: {
    readonly tokenType: string;
    /** Null: requests carry no `Authorization`. */
    readonly token: Credential | null;
  };
  readonly git: { readonly sources: readonly SourceConfig[] };
  readonly httpApi: {
    readonly host: string;
    readonly port: number;
    /** Without a `/` at its end; null: what links there links nowhere. */
    readonly publicUrl: string | null;
  };
  readonly store: {
    readonly path: string;
    /** The path was given so, and is another one where the program is started in another folder. Absent: it is not. */
    readonly isRelative?: true;
    readonly retentionMs: number;
  };
  readonly logging: { readonly level: LogLevel };
}

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

export interface OperatorConfig {
  readonly name: string;
  readonly version: string;
  readonly features: { readonly resources: boolean };
  readonly reconciliation: {
    readonly intervalMs: number;
    readonly parallelRooms: number;
    /** 0: unlimited. */
    readonly rateLimitPerSecond: number;
    readonly stateConsistency: {
      readonly mode: "active" | "passive";
      readonly staleToleranceMs: number;
      readonly readBeforeApply: boolean;
    };
    readonly guardrails: {
      readonly maxEntitiesKickPerCycle: number;
      readonly maxArtifactsDeletePerCycle: number;
      readonly changeThreshold: number;
      readonly requireConfirmHeader: boolean;
      readonly onLimit: "batch" | "refuse";
    };
    readonly convergenceTracking: {
      readonly enabled: boolean;
      readonly maxCyclesUntilConverged: number;
    };
  };
  readonly retry: {
    /** The first request included. */
    readonly maxAttempts: number;
    readonly initialDelayMs: number;
    readonly maxDelayMs: number;
    readonly jitterFactor: number;
  };
  readonly versionPolicy: "monotonic" | "off";
  readonly rollback: { readonly mode: "on-critical" | "off"; readonly failureRatio: number };
  readonly confirmations: { readonly expireMs: number };
  /** Null: posted specs have no folder of seeds. */
  readonly seedRoot: string | null;
  readonly syncWindows: readonly SyncWindow[];
  /** E-mail addresses of those whose commits may override a window. */
  readonly windowOverride: { readonly allowedPersons: readonly string[] };
}

/** When new specs may be applied to some rooms (`allow`), or may not (`deny`). */
export interface SyncWindow {
  readonly kind: "allow" | "deny";
  /** A cron line of five fields, in local time of `timeZone`. */
  readonly schedule: string;
  readonly timeZone: string;
  /** Whole minutes. */
  readonly durationMs: number;
  /** Globs of room ids. */
  readonly rooms: readonly string[];
  /** Globs of source names. */
  readonly sources: readonly string[];
  readonly description: string;
}

export type SourceConfig = GitSourceConfig | FolderSourceConfig;

export interface GitSourceConfig extends SourceSettings {
  readonly kind: "git";
  readonly ref: SourceRef;
  readonly pollTimeoutMs: number;
  /** Null: no signature is checked. */
  readonly verify: VerifyConfig | null;
  /** Null: no forge is asked. */
  readonly forge: ForgeConfig | null;
}

/** Whose signatures count, and where one is needed. */
export interface VerifyConfig {
  /** Of which commits a signature that does not count fails the source. */
  readonly mode: "none" | "head" | "all";
  /** Absolute. */
  readonly keyFiles: readonly string[];
  readonly allowedSignersFile: string | null;
  readonly mostCommits: number;
  /** Fingerprints of the keys whose commits may confirm; null: any commit may. */
  readonly confirmSigners: readonly string[] | null;
}

/** The forge that a repository is on. */
export interface ForgeConfig {
  readonly kind: "gitea" | "github" | "gitlab";
  /** Where people look, without a `/` at its end. */
  readonly webUrl: string;
  /** Where the paths of its API begin, without a `/` at its end. */
  readonly apiUrl: string;
  /** `owner/name`; on GitLab with all groups before it. */
  readonly repository: string;
  readonly login: ForgeLoginConfig;
  readonly reach: Reach;
  /** Of one request. */
  readonly timeoutMs: number;
  readonly commitStatus: boolean;
  readonly labels: LabelConfig;
  readonly plan: PlanConfig;
}

export type ForgeLoginConfig =
  | { readonly kind: "token"; readonly token: Credential }
  | {
      readonly kind: "app";
      readonly appId: string;
      readonly installationId: string;
      /** Absolute. */
      readonly privateKeyFile: string;
    };

/** What labels of pull requests mean. */
export interface LabelConfig {
  readonly confirm: string;
  readonly dryRun: string;
  /** Null: the first that the agent saw. */
  readonly confirmId: string | null;
  /** Ids of persons; null: whoever may write. */
  readonly allowedPersons: readonly string[] | null;
  readonly requireOtherPerson: boolean;
}

/** What is planned of open pull requests. */
export interface PlanConfig {
  readonly enabled: boolean;
  readonly forks: boolean;
  readonly failOnRefusal: boolean;
  readonly requireReviewedPlan: boolean;
  readonly intervalMs: number;
  readonly mostPullRequests: number;
}

export interface FolderSourceConfig extends SourceSettings {
  readonly kind: "folder";
  /** Absolute. */
  readonly folder: string;
  readonly ref: LocalRef;
}

interface SourceSettings {
  readonly name: string;
  /** http or https without user part, query and fragment; or an ssh address. Of a folder: its `file:` address. */
  readonly url: string;
  /** Normalised, `/` between names, `.` for the root of the repository or folder. */
  readonly path: string;
  readonly patterns: SpecPatterns;
  /** Between polls; not used where there is a schedule. */
  readonly intervalMs: number;
  /** When it is polled; null: each `intervalMs`. */
  readonly schedule: PollTimes | null;
  readonly timeoutMs: number;
  /** Of a folder: none, and no server. */
  readonly auth: SourceAuth;
  readonly fetcher: Fetcher;
  readonly reach: Reach;
  /** Null: the source has no webhook. */
  readonly webhook: WebhookConfig | null;
  /** Whether what the agent put into a room goes once the room's file is removed and a person confirms it. */
  readonly prune: boolean;
  readonly allowEmpty: boolean;
  /** What commits off the first-parent line may say. */
  readonly mergedCommits: "own" | "all" | "none";
  readonly allowedRooms: readonly string[];
  readonly drift: DriftRules;
  readonly limits: SourceLimits;
}

export interface PollTimes {
  /** A cron line of five fields, in local time of `timeZone`. */
  readonly line: string;
  readonly timeZone: string;
}

/** Which spec files below `Path` are read: globs of paths that begin there. */
export interface SpecPatterns {
  /** A file that none of these matches is not read. */
  readonly include: readonly string[];
  /** A file that one of these matches is not read, whatever includes it. */
  readonly exclude: readonly string[];
}

/** What of a repository is followed. */
export type SourceRef =
  /** Without `refs/heads/` or `refs/tags/`. */
  | { readonly kind: "branch" | "tag"; readonly name: string }
  /** The newest version tag in a range of the `semver` package. */
  | { readonly kind: "semver"; readonly range: string }
  /** 40 hex, lower case. */
  | { readonly kind: "commit"; readonly oid: string };

/** What the webhooks of a source are signed with. */
export interface WebhookConfig {
  readonly secret: Credential;
  /** Accepted as well while the secret is rotated; null: there is none. */
  readonly previous: Credential | null;
}

/** A folder has no refs: what it holds now is what counts. */
export interface LocalRef {
  readonly kind: "local";
}

/** What a source says of the drift of its rooms. */
export interface DriftRules {
  readonly policy: DriftPolicy;
  readonly ignore: readonly IgnoredDrift[];
}

/** Drift that is left alone whatever the policy. */
export interface IgnoredDrift {
  /** Globs of items. */
  readonly items: readonly string[];
  /** Null: all of them. */
  readonly attributes: readonly string[] | null;
}

/** `token` and `basic` travel as HTTP Basic: a token is the password of its user. */
export type SourceAuth =
  | { readonly kind: "none" }
  | { readonly kind: "bearer"; readonly token: Credential }
  | ({ readonly kind: "ssh" } & SshFiles)
  | {
      readonly kind: "token" | "basic";
      readonly username: string;
      readonly password: Credential;
    };

/** What fetches over http and https: the agent itself, or the system's git. */
export type Fetcher = "builtin" | "system";

export interface SourceLimits {
  readonly packBytes: number;
  readonly objectBytes: number;
  readonly seedBytes: number;
  readonly seedTotalBytes: number;
  readonly specBytes: number;
  readonly parseSeconds: number;
  readonly entries: number;
  readonly depth: number;
  readonly commits: number;
  readonly commitFiles: number;
}
