import { HEAD } from "../../support/a-verified-room.ts";
import type { SourceRow } from "../../../agent/room/rows.ts";
import type { LostOwner } from "../../../agent/room/lost-owner.ts";
import {
  A_PRUNE,
  aCondition,
  failing,
  newer,
  refused,
  SINCE,
  type ExplainRow,
} from "../../support/explain-facts.ts";

const SUSPENDED = { reason: "Suspended" as const, message: "Ada suspended room lab-01" };

const lostTo = (reason: LostOwner["reason"]): LostOwner => ({
  source: "specs",
  path: "rooms/lab.room.yaml",
  reason,
  since: SINCE,
});

/** A source's warning of a line that counts for no room. */
export function anIgnored(line: string): SourceRow["warnings"][number] {
  const message = `\`${line}\` of commit c1 does not count: no such room`;
  return { reason: "IntentIgnored", message, line };
}

/** What a room can be held back by from around it: the agent, its source, the queue. */
export const OTHER_ROWS: readonly ExplainRow[] = [
  {
    reason: "PrunePending",
    room: {
      owner: null,
      prune: A_PRUNE,
      conditions: [aCondition({ type: "Orphaned", status: "True", reason: "PrunePending" })],
    },
    source: null,
    message: /as told/,
    unblock: /`Confirm: lab-01` or `POST \/apply`.*add the spec file again/,
  },
  {
    reason: "Pruned",
    atHead: true,
    room: {
      owner: null,
      conditions: [aCondition({ type: "Orphaned", status: "True", reason: "Pruned" })],
    },
    source: null,
    message: /as told/,
    unblock: /DELETE \/rooms\/lab-01.* forget the room/,
  },
  {
    reason: "IntentIgnored",
    room: refused({}),
    row: { warnings: [anIgnored("Confirm: lab01")] },
    since: null,
    message: /^source specs: `Confirm: lab01` of commit c1 does not count: no such room$/,
    unblock: /^Did you mean lab-01\? Confirm: `git commit .* "Confirm: lab-01" && git push`/,
  },
  {
    reason: "ShuttingDown",
    agent: { stopping: true },
    since: null,
    message: /no further pass begins/,
    unblock: /next start/,
  },
  {
    reason: "StoreUnavailable",
    agent: { store: { ok: false, message: "disk full" } },
    since: null,
    message: /disk full/,
    unblock: /full disk/,
  },
  {
    reason: "ObserveOnly",
    agent: {
      observeOnly: {
        since: SINCE,
        reason: "StoreDamaged",
        message: "a row is not JSON",
        file: "/data/store.db.damaged-1",
        released: ["lab-02"],
      },
    },
    room: failing("ObserveOnly"),
    message: /a row is not JSON.*damaged-1.*nothing is written/,
    unblock: /pendingDiff.*X-Confirm.*room-operator acknowledge/,
  },
  {
    reason: "Suspended",
    room: {
      ...failing("Suspended"),
      conditions: [
        aCondition({ type: "Suspended", status: "True", ...SUSPENDED }),
        aCondition(SUSPENDED),
      ],
    },
    message: /Ada suspended room lab-01/,
    unblock: /^Run the `room-operator resume …` that the message names/,
  },
  {
    reason: "DriftReported",
    room: {
      ...failing("DriftReported"),
      conditions: [
        aCondition({ reason: "DriftReported" }),
        aCondition({ type: "Drifted", status: "True", reason: "DriftReported" }),
      ],
    },
    message: /as told/,
    unblock: /pendingDiff.*POST \/apply.*a commit that changes/,
  },
  {
    reason: "DriftIgnored",
    atHead: true,
    since: null,
    room: { warnings: [{ reason: "DriftIgnored", message: "1 item differs and may" }] },
    message: /1 item differs and may/,
    unblock: /Drift\.Ignore/,
  },
  {
    reason: "DriftOff",
    atHead: true,
    since: null,
    room: { warnings: [{ reason: "DriftOff", message: "drift is not looked at (policy off)" }] },
    message: /drift is not looked at \(policy off\)/,
    unblock: /Drift\.Policy.*room-operator\/drift/,
  },
  {
    reason: "SourceNotConfigured",
    source: null,
    room: { owner: null, lostOwner: lostTo("SourceNotConfigured") },
    message: /rooms\/lab\.room\.yaml of source "specs", which is not configured/,
    unblock: /"specs" back into Git\.Sources.*push a spec.*DELETE \/rooms\/lab-01/,
  },
  {
    reason: "SourceChanged",
    source: null,
    room: { owner: null, lostOwner: lostTo("SourceChanged") },
    message: /of source "specs", whose Url, Ref or Path was changed/,
    unblock: /source "specs".*correct its Url, Ref or Path.*push a spec.*DELETE \/rooms\/lab-01/,
  },
  {
    reason: "RoomNotAllowed",
    source: null,
    room: { owner: null, lostOwner: lostTo("RoomNotAllowed"), conditions: [] },
    message: /AllowedRooms do not match lab-01/,
    unblock: /Add a pattern that matches lab-01/,
  },
  {
    reason: "ClaimedTwice",
    source: null,
    since: null,
    room: { owner: null },
    claims: [{ source: "specs", path: "b", reason: "ClaimedTwice", message: "a and b name it" }],
    message: /a and b name it/,
    unblock: /Keep one/,
  },
  {
    reason: "RoomNotAllowed",
    atHead: true,
    since: null,
    claims: [{ source: "evil", path: "b", reason: "RoomNotAllowed", message: "evil may not" }],
    message: /evil may not/,
    unblock: /Add a pattern/,
  },
  {
    reason: "DriftDetected",
    room: {
      ...refused({ confirmable: false }),
      enforced: newer,
      conditions: [aCondition({ type: "Drifted", status: "True", reason: "DriftDetected" })],
    },
    message: /as told/,
    unblock: /What stands above this keeps the agent from correcting it/,
  },
  {
    reason: "Timeout",
    atHead: null,
    row: { lastError: { reason: "Timeout", message: "no answer", since: SINCE } },
    message: new RegExp(`source specs: no answer\\. .*the last head read is main@sha1:${HEAD}`),
    unblock: /TimeoutSeconds/,
  },
  {
    reason: "LaggingReplica",
    atHead: null,
    row: { lastError: { reason: "LaggingReplica", message: "lies behind", since: SINCE } },
    message: /source specs: lies behind/,
    unblock: /second poll over a new connection/,
  },
  {
    reason: "UnrelatedHistory",
    atHead: null,
    row: {
      lastError: { reason: "UnrelatedHistory", message: "no commit shared", since: SINCE },
      unrelated: {
        head: "f".repeat(40),
        message: "no commit shared",
        after: null,
        whole: true,
        accepted: false,
      },
    },
    message: /source specs: no commit shared/,
    unblock:
      /^If it is the right one, `room-operator accept specs --head f{40}`; otherwise correct `Url`/,
  },
  {
    reason: "RepositoryEmpty",
    atHead: null,
    row: {
      observedHead: null,
      lastError: { reason: "RepositoryEmpty", message: "no commit", since: SINCE },
    },
    message: /No head was read of it as it is configured now; the room is kept as main@/,
    unblock: /Push the branch or tag/,
  },
  {
    reason: "AnnouncedCommitMissing",
    atHead: null,
    source: {
      live: {
        name: "specs",
        lastPoll: SINCE,
        nextPoll: null,
        warnings: [],
        webhook: {
          deliveries: [],
          count: 1,
          intervalMs: 10_000,
          missing: {
            reason: "AnnouncedCommitMissing",
            message: "a webhook announced commit c1, and 10 polls since then do not show it",
            since: SINCE,
          },
        },
      },
    },
    message: /^source specs: a webhook announced commit c1, and 10 polls/,
    unblock: /a replica may lag/,
  },
  {
    reason: "NotYetPolled",
    atHead: null,
    source: {
      live: { name: "specs", lastPoll: null, nextPoll: null, webhook: null, warnings: [] },
    },
    message: /not read yet since this agent started/,
    unblock: /first poll is running/,
  },
  {
    reason: "RoomServerUnavailable",
    room: { head: newer },
    agent: { roomServer: { ok: false, message: "the RoomServer answered readState with 503" } },
    since: null,
    message: /answered readState with 503/,
    unblock: /Check that the RoomServer is up/,
  },
  {
    reason: "PassRunning",
    room: { head: newer },
    place: { kind: "running" },
    since: null,
    message: /under way/,
    unblock: /pass has ended/,
  },
  {
    reason: "PassQueued",
    room: { head: newer },
    place: { kind: "queued" },
    since: null,
    message: /waits for its turn/,
    unblock: /ParallelRooms/,
  },
  {
    reason: "PassDue",
    room: { head: newer },
    place: { kind: "waiting", dueInMs: 61_000, held: false },
    since: null,
    message: /^the next pass over the room begins at 2026-01-01T00:01:01\.000Z$/,
    unblock: /POST \/apply` and `{"roomId":"lab-01"}`/,
  },
  {
    reason: "PassDue",
    room: { head: newer },
    place: { kind: "waiting", dueInMs: 1000, held: true },
    since: null,
    message:
      /^after a failure it waits longer each time, and as long as the RoomServer asks, up to 5 minutes; the next pass/,
    unblock: /POST \/apply/,
  },
  {
    reason: "Pending",
    room: { head: newer },
    since: null,
    message: /none is planned/,
    unblock: /./,
  },
];
