import type { LiveWarningLabel } from "../../../agent/telemetry/labels.ts";
import { aConfirmation } from "../../support/a-row.ts";
import { aCondition, refused, SINCE, type ExplainRow } from "../../support/explain-facts.ts";

/** It covers two items, of which one was removed, for the file of another source. */
const A_CONFIRMATION = aConfirmation({
  items: ["entity/E-1", "entity/E-2"],
  used: ["entity/E-1"],
  inputs: "theirs",
  source: "other",
});

/** Warnings that keep no room from its head, and what ends by itself. */
export const WARNING_ROWS: readonly ExplainRow[] = [
  {
    reason: "WaitsForSource",
    source: null,
    room: {
      owner: null,
      conditions: [aCondition({ reason: "WaitsForSource", lastTransitionTime: SINCE })],
      headProblem: { reason: "WaitsForSource", message: "b reads it", revision: "r" },
    },
    message: /b reads it; the room has no owner: it is left as it is/,
    unblock: /takes the room over/,
  },
  {
    reason: "SyncWindowClosed",
    room: {
      ...refused({
        reason: "SyncWindowClosed",
        confirmable: false,
        items: [],
        nextAllowedAt: "2026-02-01T00:00:00.000Z",
      }),
      conditions: [aCondition({ reason: "SyncWindowClosed" })],
    },
    message: /./,
    unblock: /^None, it is applied by itself at 2026-02-01T00:00:00.000Z; `room-operator windows`/,
  },
  {
    reason: "SyncWindowNeverOpens",
    room: {
      ...refused({ reason: "SyncWindowNeverOpens", confirmable: false, items: [] }),
      conditions: [aCondition({ reason: "SyncWindowNeverOpens" })],
    },
    message: /./,
    unblock: /^Correct `Operator.SyncWindows`; `room-operator windows`/,
  },
  {
    reason: "ConfirmationWaits",
    atHead: true,
    since: A_CONFIRMATION.createdAt,
    confirmations: [A_CONFIRMATION],
    message:
      /^`Confirm` of commit c0ffee \(Ada <ada@example.org>\) allows to remove entity\/E-2, once source "other" has the room: a pass may do that until 20/,
    unblock: /names the items again/,
  },
  {
    reason: "ConfirmationWaits",
    atHead: true,
    since: A_CONFIRMATION.createdAt,
    confirmations: [aConfirmation({ origin: "request", originId: "r-1", named: true })],
    message:
      /^`X-Confirm` of request r-1 \(Ada <ada@example.org>\) allows to remove entity\/E-1: a pass/,
    unblock: /names the items again/,
  },
  {
    reason: "ConfirmationWaits",
    atHead: true,
    since: A_CONFIRMATION.createdAt,
    confirmations: [aConfirmation({ origin: "label", originId: "7@c1", source: "specs" })],
    message:
      /^a label of the pull request merged as commit c1 \(.*\) allows to remove entity\/E-1: a pass/,
    unblock: /names the items again/,
  },
  liveWarning("FolderNotWatched", "folder /specs is not watched (ENOSPC)", {
    message: /^source specs: folder \/specs is not watched \(ENOSPC\)/,
    unblock: /is tried again by itself/,
  }),
  liveWarning("HandOverOverdue", "polls do not show commit c", {
    message: /^source specs: polls do not show commit c/,
    unblock: /same branch of the same repository/,
  }),
  liveWarning("LabelChanged", "the label confirm has the id 9; the one that counts had the id 11", {
    message: /^source specs: the label confirm has the id 9/,
    unblock: /Do what the message says/,
  }),
  liveWarning("LabelsNotRead", "what labels say of 1 room is not known: the forge answered 500", {
    message: /^source specs: what labels say of 1 room is not known/,
    unblock: /the forge is asked again by itself/,
  }),
  liveWarning(
    "SyncStatusNotWritten",
    "the status room-operator/sync of commit c is not written: 403",
    {
      message: /^source specs: the status room-operator\/sync/,
      unblock: /it is tried again by itself/,
    },
  ),
  liveWarning(
    "PlanNotPublished",
    "The plan of pull request 7 is not published: the forge answered 403",
    {
      message: /^source specs: The plan of pull request 7 is not published/,
      unblock: /the agent tries again by itself/,
    },
  ),
  liveWarning("WebhookSecretUnreadable", "no delivery of the webhook can be verified", {
    message: /^source specs: no delivery of the webhook can be verified/,
    unblock: /Write the secret into the file/,
  }),
  {
    reason: "SpecVersionReused",
    atHead: true,
    since: null,
    room: { warnings: [{ reason: "SpecVersionReused", message: "version 3 was applied before" }] },
    message: /^version 3 was applied before$/,
    unblock: /^Raise the version with each change\.$/,
  },
  {
    reason: "SpecVersionReverted",
    atHead: true,
    since: null,
    room: { warnings: [{ reason: "SpecVersionReverted", message: "from 4 to 3" }] },
    message: /^from 4 to 3$/,
    unblock: /^None, where that is meant/,
  },
  {
    reason: "PlanChanged",
    atHead: true,
    since: null,
    room: { warnings: [{ reason: "PlanChanged", message: "the plan is another one" }] },
    message: /^the plan is another one$/,
    unblock: /^Compare it with the comment in the pull request/,
  },
  {
    reason: "SpecWarning",
    atHead: true,
    since: null,
    room: { warnings: [{ reason: "SpecWarning", message: "rooms/lab.room.yaml:7:3: odd" }] },
    message: /^rooms\/lab.room.yaml:7:3: odd$/,
    unblock: /^Read the message/,
  },
];

/** A warning that a running process has of its source. */
function liveWarning(
  reason: LiveWarningLabel,
  said: string,
  shown: Pick<ExplainRow, "message" | "unblock">,
): ExplainRow {
  const warnings = [{ reason, message: said, since: SINCE }];
  const live = { name: "specs", lastPoll: SINCE, nextPoll: null, webhook: null, warnings };
  return { reason, atHead: true, source: { live }, ...shown };
}
