import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Secret } from "../kernel/secret.ts";
import type {
  Config,
  OperatorConfig,
  PollTimes,
  SourceAuth,
  SourceConfig,
  SourceRef,
  WebhookConfig,
} from "./config.ts";
import type { Credential, CredentialKind } from "./credential.ts";
import type { Settings, SourceSettings } from "./schema.ts";
import { USUAL_ROOM_ID } from "../spec/rules/room-id-allowed.ts";
import { toForge } from "./to-forge.ts";
import { toVerify } from "./to-verify.ts";
import { toReach } from "./to-reach.ts";
import type { Surroundings } from "./to-reach.ts";
import { normalizeRepositoryPath, parseAnchoredPattern, parseDuration } from "./values.ts";

const HOUR_MS = 3_600_000;

export const DEFAULT_ROOM_ID_PATTERN = {
  "operator-rest": USUAL_ROOM_ID,
} as const;

/** GitHub's app tokens want this name; other servers take any. */
const TOKEN_USERNAME = "x-access-token";

/** Settings that passed every check, as the agent uses them. */
export function toConfig(settings: Settings, surroundings: Surroundings): Config {
  const { cwd } = surroundings;
  const { RoomServer, Auth, Git, HttpApi, Store, Logging } = settings;
  return {
    operator: toOperator(settings.Operator, cwd),
    roomServer: {
      baseUrl: RoomServer.BaseUrl.replace(/\/+$/, ""),
      protocol: RoomServer.Protocol,
      roomIdPattern: sure(
        parseAnchoredPattern(
          RoomServer.RoomIdPattern ?? DEFAULT_ROOM_ID_PATTERN[RoomServer.Protocol],
        ),
      ),
      timeoutMs: RoomServer.TimeoutSeconds * 1000,
      uploadTimeoutMs: RoomServer.UploadTimeoutSeconds * 1000,
      reach: toReach({ ...RoomServer, url: RoomServer.BaseUrl }, surroundings),
    },
    auth: {
      tokenType: Auth.TokenType,
      token:
        Auth.Token === undefined && Auth.TokenFile === undefined
          ? null
          : toCredential({ value: Auth.Token, file: Auth.TokenFile, holds: "token" }, cwd),
    },
    git: { sources: Git.Sources.map((source) => toSource(source, surroundings)) },
    httpApi: {
      host: HttpApi.Host,
      port: HttpApi.Port,
      publicUrl: HttpApi.PublicUrl?.replace(/\/+$/, "") ?? null,
    },
    store: {
      path: resolve(cwd, Store.Path),
      ...(isAbsolute(Store.Path) ? {} : { isRelative: true }),
      retentionMs: Store.RetentionDays * 24 * HOUR_MS,
    },
    logging: { level: Logging.Level },
  };
}

function toOperator(settings: Settings["Operator"], cwd: string): OperatorConfig {
  const { Reconciliation, Retry } = settings;
  const { StateConsistency, Guardrails, ConvergenceTracking } = Reconciliation;
  return {
    name: settings.Name,
    version: settings.Version,
    features: { resources: settings.Features.Resources },
    reconciliation: {
      intervalMs: Reconciliation.IntervalSeconds * 1000,
      parallelRooms: Reconciliation.ParallelRooms,
      rateLimitPerSecond: Reconciliation.RateLimitPerSecond,
      stateConsistency: {
        mode: StateConsistency.Mode,
        staleToleranceMs: sure(parseDuration(StateConsistency.StaleTolerance)),
        readBeforeApply: StateConsistency.ReadBeforeApply,
      },
      guardrails: {
        maxEntitiesKickPerCycle: Guardrails.MaxEntitiesKickPerCycle,
        maxArtifactsDeletePerCycle: Guardrails.MaxArtifactsDeletePerCycle,
        changeThreshold: Guardrails.ChangeThreshold,
        requireConfirmHeader: Guardrails.RequireConfirmHeader,
        onLimit: Guardrails.OnLimit,
      },
      convergenceTracking: {
        enabled: ConvergenceTracking.Enabled,
        maxCyclesUntilConverged: ConvergenceTracking.MaxCyclesUntilConverged,
      },
    },
    retry: {
      maxAttempts: Retry.MaxAttempts,
      initialDelayMs: Retry.InitialDelayMs,
      maxDelayMs: Retry.MaxDelayMs,
      jitterFactor: Retry.JitterFactor,
    },
    versionPolicy: settings.VersionPolicy,
    rollback: { mode: settings.Rollback.Mode, failureRatio: settings.Rollback.FailureRatio },
    confirmations: { expireMs: settings.Confirmations.ExpireHours * HOUR_MS },
    seedRoot: settings.SeedRoot === undefined ? null : resolve(cwd, settings.SeedRoot),
    windowOverride: { allowedPersons: settings.SyncWindowOverride.AllowedPersons },
    syncWindows: settings.SyncWindows.map((window) => ({
      kind: window.Kind,
      schedule: window.Schedule,
      timeZone: window.TimeZone,
      durationMs: sure(parseDuration(window.Duration)),
      rooms: window.Rooms,
      sources: window.Sources,
      description: window.Description,
    })),
  };
}

function toSource(settings: SourceSettings, surroundings: Surroundings): SourceConfig {
  if (settings.Kind === "folder") {
    const folder = resolve(surroundings.cwd, sure(settings.Folder));
    const shared = toShared({ ...settings, url: fileUrl(folder) }, surroundings);
    return { ...shared, kind: "folder", folder, ref: { kind: "local" } };
  }
  return {
    ...toShared({ ...settings, url: sure(settings.Url) }, surroundings),
    kind: "git",
    ref: toRef(settings.Ref),
    pollTimeoutMs: settings.PollTimeoutSeconds * 1000,
    verify: toVerify(settings, surroundings.cwd),
    forge: toForge({ ...settings, url: sure(settings.Url) }, surroundings),
  };
}

/** An address in which `@` ends no user part. */
function fileUrl(folder: string): string {
  return pathToFileURL(folder).href.replaceAll("@", "%40");
}

/** What both kinds of sources have. */
function toShared(settings: SourceSettings & { readonly url: string }, surroundings: Surroundings) {
  const { Limits } = settings;
  return {
    name: settings.Name,
    url: settings.url,
    auth: toAuth(settings.Auth, surroundings.cwd),
    reach: toReach(settings, surroundings),
    path: sure(normalizeRepositoryPath(settings.Path)),
    patterns: { include: settings.Include, exclude: settings.Exclude },
    intervalMs: settings.IntervalSeconds * 1000,
    schedule: toSchedule(settings),
    timeoutMs: settings.TimeoutSeconds * 1000,
    fetcher: settings.Fetcher,
    webhook: toWebhook(settings.Webhook, surroundings.cwd),
    prune: settings.Prune,
    allowEmpty: settings.AllowEmpty,
    mergedCommits: settings.Intent.MergedCommits,
    allowedRooms: settings.AllowedRooms,
    drift: {
      policy: settings.Drift.Policy,
      ignore: settings.Drift.Ignore.map(({ Items, Attributes }) => ({
        items: Items,
        attributes: Attributes ?? null,
      })),
    },
    limits: {
      packBytes: Limits.PackBytes,
      objectBytes: Limits.ObjectBytes,
      seedBytes: Limits.SeedBytes,
      seedTotalBytes: Limits.SeedTotalBytes,
      specBytes: Limits.SpecBytes,
      parseSeconds: Limits.ParseSeconds,
      entries: Limits.Entries,
      depth: Limits.Depth,
      commits: Limits.Commits,
      commitFiles: Limits.CommitFiles,
    },
  };
}

function toSchedule({ Schedule, TimeZone = "UTC" }: SourceSettings): PollTimes | null {
  return Schedule === undefined ? null : { line: Schedule, timeZone: TimeZone };
}

/** One of them alone is set, or none. */
function toRef({ Branch, Tag, Semver, Commit }: SourceSettings["Ref"]): SourceRef {
  if (Tag !== undefined) return { kind: "tag", name: Tag };
  if (Semver !== undefined) return { kind: "semver", range: Semver };
  if (Commit !== undefined) return { kind: "commit", oid: Commit.toLowerCase() };
  return { kind: "branch", name: Branch ?? "main" };
}

function toAuth(settings: SourceSettings["Auth"], cwd: string): SourceAuth {
  const { Kind, Username, Token, TokenFile, Password, PasswordFile } = settings;
  switch (Kind) {
    case "none":
      return { kind: Kind };
    case "token":
      return {
        kind: Kind,
        username: Username ?? TOKEN_USERNAME,
        password: toCredential({ value: Token, file: TokenFile, holds: "token" }, cwd),
      };
    case "bearer":
      return {
        kind: Kind,
        token: toCredential({ value: Token, file: TokenFile, holds: "token" }, cwd),
      };
    case "ssh":
      return {
        kind: Kind,
        keyFile: resolve(cwd, sure(settings.KeyFile)),
        passphraseFile:
          settings.PassphraseFile === undefined ? null : resolve(cwd, settings.PassphraseFile),
        knownHostsFile: resolve(cwd, sure(settings.KnownHostsFile)),
      };
    case "basic":
      return {
        kind: Kind,
        username: sure(Username),
        password: toCredential({ value: Password, file: PasswordFile, holds: "password" }, cwd),
      };
  }
}

function toWebhook(settings: SourceSettings["Webhook"], cwd: string): WebhookConfig | null {
  const { Secret, SecretFile, PreviousSecret, PreviousSecretFile } = settings;
  const read = (value: string | undefined, file: string | undefined) =>
    value === undefined && file === undefined
      ? null
      : toCredential({ value, file, holds: "secret" }, cwd);
  const secret = read(Secret, SecretFile);
  return secret === null ? null : { secret, previous: read(PreviousSecret, PreviousSecretFile) };
}

interface CredentialSettings {
  readonly value: string | undefined;
  readonly file: string | undefined;
  readonly holds: CredentialKind;
}

function toCredential({ value, file, holds }: CredentialSettings, cwd: string): Credential {
  return value === undefined
    ? { kind: "file", path: resolve(cwd, sure(file)), holds }
    : { kind: "value", secret: new Secret(value) };
}

/** What the checks before this have made sure of. */
function sure<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError("a checked setting is missing");
  return value;
}
