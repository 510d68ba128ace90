/** Whether a key may change while the agent runs; if not, why. */
export type ReloadRule =
  | { readonly kind: "live" }
  | { readonly kind: "restart"; readonly why: string };

const LIVE: ReloadRule = { kind: "live" };

const restart = (why: string): ReloadRule => ({ kind: "restart", why });

const SERVER = restart("the connections to the RoomServer are set up at the start");
const TOKEN = restart(
  "the agent signs in to the RoomServer with what the start found; Auth.TokenFile names a file that is read again at each request",
);
const PACE = restart("workers, rate limit and retries are set up at the start");
const TRUST = restart("what is known of the rooms by now was read under the old value");
const LISTEN = restart("the HTTP API already listens");
const STORE = restart("the data folder is already open");
const NAME = restart("every line of the log and every audit record carries it");

/**
 * The answer for each key, by its name up to the first `[]`. A list is compared as a whole, but for `Git.Sources`, whose
 * sources are closed and opened one by one.
 */
const RULES: Readonly<Record<string, ReloadRule>> = {
  "RoomServer.BaseUrl": SERVER,
  "RoomServer.HubPath": SERVER,
  "RoomServer.Protocol": SERVER,
  "RoomServer.RoomIdPattern": SERVER,
  "RoomServer.TimeoutSeconds": SERVER,
  "RoomServer.UploadTimeoutSeconds": SERVER,
  "RoomServer.Tls.CaFile": SERVER,
  "RoomServer.Tls.CertFile": SERVER,
  "RoomServer.Tls.KeyFile": SERVER,
  "RoomServer.Proxy.Url": SERVER,
  "RoomServer.Proxy.Username": SERVER,
  "RoomServer.Proxy.Password": SERVER,
  "RoomServer.Proxy.PasswordFile": SERVER,
  "RoomServer.EntityPresence": SERVER,
  "Auth.TokenType": TOKEN,
  "Auth.Token": TOKEN,
  "Auth.TokenFile": TOKEN,
  "Auth.RequiredScopes": TOKEN,
  "Auth.ValidateScopes": TOKEN,
  "Operator.Name": NAME,
  "Operator.Version": NAME,
  "Operator.Features.Resources": LIVE,
  "Operator.Reconciliation.IntervalSeconds": LIVE,
  "Operator.Reconciliation.ParallelRooms": PACE,
  "Operator.Reconciliation.RateLimitPerSecond": PACE,
  "Operator.Reconciliation.StateConsistency.Mode": TRUST,
  "Operator.Reconciliation.StateConsistency.StaleTolerance": TRUST,
  "Operator.Reconciliation.StateConsistency.ReadBeforeApply": TRUST,
  "Operator.Reconciliation.Guardrails.MaxEntitiesKickPerCycle": LIVE,
  "Operator.Reconciliation.Guardrails.MaxArtifactsDeletePerCycle": LIVE,
  "Operator.Reconciliation.Guardrails.ChangeThreshold": LIVE,
  "Operator.Reconciliation.Guardrails.RequireConfirmHeader": LIVE,
  "Operator.Reconciliation.Guardrails.OnLimit": LIVE,
  "Operator.Reconciliation.ConvergenceTracking.Enabled": LIVE,
  "Operator.Reconciliation.ConvergenceTracking.MaxCyclesUntilConverged": LIVE,
  "Operator.Retry.MaxAttempts": PACE,
  "Operator.Retry.InitialDelayMs": PACE,
  "Operator.Retry.MaxDelayMs": PACE,
  "Operator.Retry.JitterFactor": PACE,
  "Operator.VersionPolicy": LIVE,
  "Operator.Confirmations.ExpireHours": restart("confirmations are given their end as they come"),
  "Operator.SeedRoot": restart("the folder of posted seeds is set up at the start"),
  "Operator.Rollback.Mode": LIVE,
  "Operator.Rollback.FailureRatio": LIVE,
  "Operator.SyncWindows": LIVE,
  "Operator.SyncWindowOverride.AllowedPersons": LIVE,
  "Git.Sources": LIVE,
  "HttpApi.Host": LISTEN,
  "HttpApi.Port": LISTEN,
  "HttpApi.PublicUrl": restart("what is linked to is set up at the start"),
  "Store.Path": STORE,
  "Store.RetentionDays": STORE,
  "Logging.Level": LIVE,
};

/** What a key may do, by its name in the tables (`Git.Sources[].Url`); undefined: it is not decided. */
export function reloadRuleOf(key: string): ReloadRule | undefined {
  const name = key.split("[")[0] ?? key;
  return Object.hasOwn(RULES, name) ? RULES[name] : undefined;
}

/** Every name that has an answer. */
export const RELOAD_NAMES: readonly string[] = Object.keys(RULES);
