import { HEAD } from "./a-verified-room.ts";
import { failing, newer, SINCE, type ExplainRow } from "./explain-facts.ts";

/** What a room can be held back by from around it: the agent, its source, the queue. */
export const OTHER_ROWS: readonly ExplainRow[] = [
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
        message: "a row is no JSON",
        file: "/data/store.db.damaged-1",
        released: ["lab-02"],
      },
    },
    room: failing("ObserveOnly"),
    message: /a row is no JSON.*damaged-1.*nothing is written/,
    unblock: /pendingDiff.*X-Confirm.*room-operator acknowledge/,
  },
  {
    reason: "SourceNotConfigured",
    source: { info: null },
    since: null,
    message: /source specs, which is not configured/,
    unblock: /Git\.Sources/,
  },
  {
    reason: "Timeout",
    atHead: null,
    row: { lastError: { reason: "Timeout", message: "no answer", since: SINCE } },
    message: new RegExp(`source specs: no answer\\. .*the last head read is main@sha1:${HEAD}`),
    unblock: /TimeoutSeconds/,
  },
  {
    reason: "RepositoryEmpty",
    atHead: null,
    row: {
      observedHead: null,
      lastError: { reason: "RepositoryEmpty", message: "no commit", since: SINCE },
    },
    message: /no head of it was ever read/,
    unblock: /Push a first commit/,
  },
  {
    reason: "NotYetPolled",
    atHead: null,
    source: { live: { name: "specs", lastPoll: null, nextPoll: null } },
    message: /not looked at since this agent started/,
    unblock: /first poll is under way/,
  },
  {
    reason: "RoomServerUnavailable",
    room: { head: newer },
    agent: { roomServer: { ok: false, message: "readState was answered with 503" } },
    since: null,
    message: /answered with 503/,
    unblock: /Look at the RoomServer/,
  },
  {
    reason: "PassRunning",
    room: { head: newer },
    place: { kind: "running" },
    since: null,
    message: /under way/,
    unblock: /ask again/,
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
    message: /^after a failure it waits longer each time; the next pass/,
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
