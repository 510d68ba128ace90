/** Reasons that say what a person does next and have no row above, and why. */
export const NO_ROW: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      "StoreLocked",
      "StoreTooNew",
      "StoreRefused",
      "PortInUse",
      "PortNotAllowed",
      "CannotListen",
      "InvalidBaseUrl",
      "CredentialUnreadable",
      "AgentUnreachable",
      "GitUnavailable",
    ].map((reason) => [reason, "the process does not start, and says so on stderr"]),
  ),
  ...Object.fromEntries(
    ["ConfigInvalid", "RestartRequired", "ReloadFailed"].map((reason) => [
      reason,
      "about the configuration of the agent: test/integration/agent/reload.test.ts",
    ]),
  ),
  ...Object.fromEntries(
    [
      "ManagedByGit",
      "UnknownRoom",
      "UnknownSource",
      "SourceUnavailable",
      "NothingToAccept",
      "HeadChanged",
      "ReloadUnavailable",
    ].map((reason) => [reason, "the answer to a request"]),
  ),
  ...Object.fromEntries(
    [
      "ContentNotHeld",
      "OutOfRoom",
      "PreviousUnknown",
      "ChangedSince",
      "RoomServerChanged",
      "OutcomeUnknown",
    ].map((reason) => [reason, "part of a rolled back change, whose row is Quarantined"]),
  ),
  ...Object.fromEntries(
    ["TagMissing", "NoTagInRange", "TagsAmbiguous", "NotACommit", "CommitMissing"].map((reason) => [
      reason,
      "a configuration of its own: test/integration/agent/release-tags.test.ts asserts status, health, log, audit, counter and explain",
    ]),
  ),
  ...Object.fromEntries(
    ["FolderMissing", "FolderUnreadable", "FolderChanging"].map((reason) => [
      reason,
      "a source of its own: test/integration/agent/folder-source.test.ts asserts status, health, log, audit, counter and explain",
    ]),
  ),
  ...Object.fromEntries(
    [
      "SignatureMissing",
      "SignatureInvalid",
      "SignerUnknown",
      "KeyExpired",
      "KeyRevoked",
      "SignatureUnchecked",
    ].map((reason) => [
      reason,
      "keys of its own: test/integration/agent/signed-sources.test.ts asserts status, health, log, audit, counter and explain",
    ]),
  ),
  IgnoreFileInvalid:
    "a file of its own: test/integration/agent/ignored-specs.test.ts asserts status, health, log, audit, counter and explain",
  ...Object.fromEntries(
    ["GiteaUnavailable", "GiteaUnknown", "GiteaRefused", "GiteaConflict", "SetupFilesUnusable"].map(
      (reason) => [
        reason,
        "ends the command gitea-bootstrap: test/integration/forge/gitea-bootstrap-refusals.test.ts",
      ],
    ),
  ),
  FolderNotWatched:
    "a source of its own: test/integration/agent/folder-source.test.ts asserts status, health, log, audit, gauge and explain",
  LabelsNotRead:
    "a forge of its own: test/integration/forge/labels.test.ts asserts status, health, log, audit, gauge and explain",
  SyncStatusNotWritten:
    "a forge of its own: test/unit/review/sync-status.test.ts asserts that it begins and ends; live warnings are shown alike, as label-changed.test.ts asserts",
  IntentUnknown:
    "a forge of its own: test/integration/forge/labels.test.ts asserts status, explain and what is written",
  HandOverOverdue:
    "two sources: test/integration/agent/hand-over-overdue.test.ts asserts status, health, log, audit, gauge and explain",
  LabelChanged:
    "a forge of its own: test/unit/review/label-problem.test.ts and test/integration/forge/label-changed.test.ts assert status, log, audit, gauge and explain",
  PlanNotPublished:
    "a forge of its own: test/integration/forge/plans.test.ts asserts status, health, log, audit, gauge and explain",
  WebhookSecretUnreadable:
    "a configuration of its own: test/integration/agent/webhooks.test.ts asserts status, health, log, audit, gauge and explain",
  AnnouncedCommitMissing:
    "it takes two minutes: test/unit/trigger/webhook/announcements.test.ts and test/integration/api/webhooks.test.ts assert warning, log, audit and gauge",
  ConfirmationOutdated: "the answer to a request, whose row is the refusal that it would confirm",
  SourceNotPolled: "the answer to a request, whose row is the failure of its source",
  StoreUnavailable:
    "a disk has to fill up: test/integration/agent/full-disk.test.ts asserts log, audit, counter, health and explain",
  Suspended:
    "a person orders it: test/integration/agent/suspend.test.ts asserts status, health, log, audit, gauge and explain",
  ...Object.fromEntries(
    ["PruneNeedsConfirm", "PrunePending", "Pruned"].map((reason) => [
      reason,
      "the configuration asks for it: test/integration/agent/prune.test.ts asserts status, health, log, audit, gauge and explain",
    ]),
  ),
  SyncWindowClosed:
    "the configuration asks for it: test/integration/agent/sync-windows.test.ts asserts status, health, log, audit, gauge and explain",
  SyncWindowNeverOpens:
    "the configuration asks for it: test/integration/agent/sync-windows.test.ts asserts status, health, log, audit, gauge and explain",
  StoreDamaged: "ObserveOnly has a row: it is what a damage leads to",
  NoSourceConfigured: "a warning at the start",
  SuspensionUnused: "a warning about the agent: no room has it",
  ActionsFailed: "the pass that leads to Refused, or to Converged when the next try succeeds",
  RolledBack: "the pass that leads to Quarantined",
  Overridden:
    "a person asked for it with X-Override: test/integration/agent/room-warnings.test.ts asserts status, log, audit, gauge and explain",
  NoSpec: "the reason of the condition Orphaned",
  ItemsBlocked: "the condition that sums up blocked items; each of their reasons has a row",
  NoSeedSource: "only a posted spec, whose answer says it",
  Unsupported: "stays for good; blocked, explain and the gauge show it as Pending",
  DriftDetected: "the agent corrects it",
  DriftReported:
    "a configuration of its own: test/integration/agent/drift-policy.test.ts asserts status, health, log, audit, counter and explain",
  DriftIgnored: "a warning: the configuration asks for it; status and explain show it",
  DriftOff: "a warning: the policy asks for it; status and explain show it",
  PlanChanged:
    "a warning: the change is applied; shown as SpecVersionReused is; refused where Plan.RequireReviewedPlan wants it, as test/unit/reconcile/reviewed-plan.test.ts shows",
  PlanNotReviewed:
    "a configuration of its own with a forge: test/unit/reconcile/reviewed-plan.test.ts, test/integration/forge/labels.test.ts",
  SpecVersionReused:
    "a warning: the change is applied; test/integration/agent/room-warnings.test.ts asserts status, log, audit, gauge and explain",
  SpecWarning: "a warning: the change is applied; shown as SpecVersionReused is",
  IntentIgnored:
    "a warning; test/integration/agent/empty-commits.test.ts asserts log, audit, source warnings and explain",
  ConfirmationWaits:
    "what was asked for: test/integration/agent/shown-confirmations.test.ts asserts status and explain, the audit has confirm",
  NoSpecsFound:
    "of a source: test/unit/intake/no-specs.test.ts asserts warning and audit, test/integration/api/probes.test.ts health, explain.test.ts explain",
  SpecsIgnored: "a warning that was asked for: log, audit and gauge have it",
  SpecNameIgnored: "of a source: as NoSpecsFound",
  RoomSpecNotRead:
    "of a source: test/integration/agent/unread-specs.test.ts asserts warning, health, log, audit, gauge and explain",
  CommitsNotRead: "a warning, logged when it comes; the rooms have HistoryRewritten",
};
