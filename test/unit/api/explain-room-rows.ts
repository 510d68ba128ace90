import { HEAD, theInputs } from "../../support/a-verified-room.ts";
import { aQuarantine } from "../../support/a-row.ts";
import {
  aCondition,
  failing,
  newer,
  refused,
  SINCE,
  type ExplainRow,
} from "../../support/explain-facts.ts";

const POSTED = `api@sha256:${"b".repeat(64)}`;

const CONFIRM = /-m "Confirm: lab-01" && git push`.*POST \/apply.*X-Confirm: true/;

/** What a room itself can be held back by: one row for each reason. */
export const ROOM_ROWS: readonly ExplainRow[] = [
  {
    reason: "Orphaned",
    atHead: true,
    room: {
      owner: null,
      conditions: [aCondition({ type: "Orphaned", status: "True", reason: "NoSpec" })],
    },
    source: null,
    message: /as told/,
    unblock: /Add its spec file/,
  },
  {
    reason: "SpecInvalid",
    room: {
      ...failing("SpecInvalid"),
      headProblem: {
        reason: "SpecInvalid",
        message: "rooms/lab.room.yaml:3:5: no such member",
        revision: "main@sha1:newer",
      },
    },
    message: /at main@sha1:newer: rooms\/lab\.room\.yaml:3:5: .*kept as main@sha1:a{40} says/,
    unblock: /Correct rooms\/lab\.room\.yaml .*push it to main; `room-operator validate/,
  },
  {
    reason: "SpecIgnored",
    room: {
      ...failing("SpecIgnored"),
      headProblem: {
        reason: "SpecIgnored",
        message: "rooms/lab.room.yaml is not read",
        revision: "r",
      },
    },
    message: /rooms\/lab\.room\.yaml is not read.*kept as main@sha1:a{40} says/,
    unblock: /Change the pattern that the message names; to stop managing the room/,
  },
  {
    reason: "SpecUnreadable",
    room: {
      ...failing("SpecUnreadable"),
      headProblem: { reason: "SpecUnreadable", message: "x.room.yaml: no YAML", revision: "r" },
      enforced: null,
    },
    message: /no valid spec yet: the room is read but not changed/,
    unblock: /Correct/,
  },
  {
    reason: "ClaimedTwice",
    room: {
      owner: null,
      conditions: [aCondition({ reason: "Orphaned" })],
      headProblem: { reason: "ClaimedTwice", message: "a and b name it", revision: "r" },
    },
    source: null,
    since: null,
    message: /a and b name it/,
    unblock: /Keep one of the files/,
  },
  {
    reason: "Quarantined",
    room: { ...failing("Quarantined"), quarantine: aQuarantine({ digest: newer.digest }) },
    message: /main@sha1:2 was rolled back: 2 of 3 actions failed; 1 of 1 applied change/,
    unblock: /Push a commit .*POST \/apply/,
  },
  {
    reason: "RolledBack",
    room: failing("RolledBack"),
    message: /as told/,
    unblock: /correct the spec, or repair the RoomServer/,
  },
  {
    reason: "Overridden",
    room: { overridden: true, head: theInputs({ revision: POSTED, committedAt: SINCE }) },
    message: /api@sha256:b{64}/,
    unblock: /Push a commit that changes the room/,
  },
  {
    reason: "DryRun",
    room: { ...failing("DryRun"), dryRun: { commit: HEAD } },
    message: new RegExp(`commit ${HEAD} asks for a dry run; its plan is in pendingDiff and not`),
    unblock: CONFIRM,
  },
  {
    reason: "DryRunLookAlike",
    room: {
      ...failing("DryRunLookAlike"),
      dryRun: { commit: HEAD, lookAlike: { line: "dry-run: true", reason: "not the exact key" } },
    },
    message: new RegExp(`\`dry-run: true\` of commit ${HEAD} looks .* not the exact key`),
    unblock: CONFIRM,
  },
  ...(["KickLimitExceeded", "DeleteLimitExceeded", "ChangeThresholdExceeded"] as const).map(
    (reason) => ({
      reason,
      room: refused({ reason }),
      message: /^6 entities would be removed; removals: entity\/E-1$/,
      unblock: CONFIRM,
    }),
  ),
  ...(
    [
      "ConfirmationOutdated",
      "CriticalPolicyRemoval",
      "AdoptionNeedsConfirm",
      "PruneNeedsConfirm",
      "SpecVersionRegressed",
    ] as const
  ).map((reason) => ({
    reason,
    room: refused({ reason }),
    message: /^6 entities would be removed; removals: entity\/E-1$/,
    unblock: CONFIRM,
  })),
  {
    reason: "KickLimitExceeded",
    room: refused({ confirmable: false }),
    message: /^6 entities would be removed; removals: entity\/E-1$/,
    unblock: /remove fewer at once/,
  },
  {
    reason: "RoomNotAllowed",
    room: refused({ reason: "RoomNotAllowed", items: [], confirmable: false }),
    message: /^6 entities would be removed$/,
    unblock: /Add a pattern/,
  },
  {
    reason: "SuspiciousRead",
    room: {
      ...refused({ reason: "SuspiciousRead", effect: "hold", confirmable: false }),
      suspicion: {
        kind: "foreign",
        message: "none of ours is there",
        since: SINCE,
        digest: "d",
        seenAt: SINCE,
        acceptedAt: null,
      },
    },
    message:
      /^none of ours is there; nothing is removed until a second read .* decides; held until then: entity\/E-1$/,
    unblock: /^None, the second read/,
  },
  {
    reason: "HeldByFailedAddition",
    room: refused({ reason: "HeldByFailedAddition", effect: "hold" }),
    message: /^6 entities would be removed; removals: entity\/E-1$/,
    unblock: CONFIRM,
  },
  {
    reason: "PlanNotReviewed",
    room: refused({ reason: "PlanNotReviewed", effect: "refusal" }),
    message: /^6 entities would be removed; removals: entity\/E-1$/,
    unblock: CONFIRM,
  },
  {
    reason: "PlanChanged",
    room: refused({ reason: "PlanChanged", effect: "refusal" }),
    message: /^6 entities would be removed; removals: entity\/E-1$/,
    unblock: CONFIRM,
  },
  {
    reason: "IntentUnknown",
    room: refused({ reason: "IntentUnknown", effect: "hold" }),
    message: /^6 entities would be removed; removals: entity\/E-1$/,
    unblock: CONFIRM,
  },
  {
    reason: "HistoryRewritten",
    room: refused({ reason: "HistoryRewritten", effect: "hold" }),
    message: /^6 entities would be removed; removals: entity\/E-1$/,
    unblock: CONFIRM,
  },
  ...(
    [
      ["RoomServerUnavailable", /Check that the RoomServer is up/],
      ["Unauthorized", /ROOM_AUTH_TOKEN/],
      ["WrongProtocol", /RoomServer\.BaseUrl/],
      ["AnswerTooLarge", /split the room/],
      ["Contested", /who else manages the room/],
      ["SuspiciousRead", /RoomServer/],
      ["DesiredStateLost", /Push any commit/],
      ["Refused", /Correct the spec/],
      ["ActionsFailed", /quotes the RoomServer/],
      ["NotConverged", /pendingDiff/],
      ["NoSpec", /Add its spec file/],
      ["Superseded", /^None, /],
      ["Batch", /^None, /],
      ["ShuttingDown", /next start/],
    ] as const
  ).map(([reason, unblock]) => ({
    reason,
    room: failing(reason),
    message: /as told/,
    unblock,
  })),
  {
    reason: "NotYetReconciled",
    room: failing("NotYetReconciled", { status: "False" }),
    message: /as told/,
    unblock: /^None, the first pass/,
  },
  {
    reason: "NotConverged",
    room: {
      conditions: [aCondition({ type: "Stalled", status: "True", reason: "NotConverged" })],
    },
    message: /as told/,
    unblock: /pendingDiff/,
  },
  {
    reason: "DriftDetected",
    room: {
      conditions: [
        aCondition({ reason: "Converged", status: "True" }),
        aCondition({ type: "Drifted", status: "True", reason: "DriftDetected" }),
      ],
    },
    message: /as told/,
    unblock: /the agent corrects it/,
  },
  {
    reason: "DriftDetected",
    room: {
      conditions: [
        aCondition({ reason: "RoomNotAllowed" }),
        aCondition({ type: "Drifted", status: "True", reason: "DriftDetected" }),
      ],
      lastOutcome: "refused",
    },
    message: /as told/,
    unblock: /not corrected as long as/,
  },
  {
    reason: "SeedMissing",
    atHead: true,
    room: {
      blocked: [
        { item: "artifact/a", reason: "SeedMissing", message: "no file seeds/a.md" },
        { item: "artifact/b", reason: "SeedMissing", message: "no file seeds/b.md" },
      ],
    },
    since: null,
    message: /^artifact\/a: no file seeds\/a\.md; artifact\/b: no file seeds\/b\.md$/,
    unblock: /\.$/,
  },
  ...(
    [
      "SeedMissing",
      "SeedTooLarge",
      "SeedNotRegular",
      "SeedIsLfsPointer",
      "SeedIsAnnexPointer",
      "SeedQuotaExceeded",
      "NoSeedSource",
      "NotObservable",
      "NotAddressable",
      "DuplicateItem",
      "Unsupported",
      "Pending",
      "DependencyFailed",
    ] as const
  ).map((reason) => ({
    reason,
    atHead: true,
    room: {
      blocked: [
        { item: "artifact/a" as const, reason, message: "no such file" },
        { item: "artifact/b" as const, reason, message: "no such file" },
      ],
    },
    since: null,
    message: /^artifact\/a, artifact\/b: no such file$/,
    unblock: /\.$/,
  })),
];
