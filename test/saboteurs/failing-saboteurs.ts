import type { Saboteur } from "./saboteur.ts";

const LAW = ["test/unit/room/failing.test.ts"];
const WAITS = ["test/integration/agent/asked-waits.test.ts"];
const AGENT = ["test/integration/agent/failing-rooms.test.ts"];

/** Those of a room whose passes fail, while the agent and other rooms are well. */
export const FAILING_SABOTEURS: readonly Saboteur[] = [
  {
    name: "a room that cannot be read for long needs no person",
    file: "agent/room/failing.ts",
    text: `nowMs - Date.parse(failingSince) >= FAILING_MS;`,
    replacement: `nowMs - Date.parse(failingSince) >= 99 * FAILING_MS;`,
    tests: ["test/model/failing-stories.test.ts", ...AGENT],
  },
  {
    name: "a blip of the RoomServer needs a person",
    file: "agent/room/failing.ts",
    text: `export const FAILING_MS = 60_000;`,
    replacement: `export const FAILING_MS = 0;`,
    tests: AGENT,
  },
  {
    name: "a newer commit makes a room that fails well for a moment",
    file: "agent/room/failing.ts",
    text: `new Set(["superseded", "stopping", "rolledBack"]);`,
    replacement: `new Set(["rolledBack"]);`,
    tests: LAW,
  },
  {
    name: "reads that are never believed do not count as failures",
    file: "agent/room/failing.ts",
    text: ` || isHolding(trust?.suspicion ?? null);`,
    replacement: ` || (trust !== null && outcome.kind === "failed");`,
    tests: LAW,
  },
  {
    name: "since when a room fails is forgotten with each pass",
    file: "agent/room/after-pass.ts",
    text: `{ failingSince: room.failingSince }`,
    replacement: `{}`,
    tests: AGENT,
  },
  {
    name: "a read that timed out is tried again while its worker waits",
    file: "agent/roomserver/room-caller.ts",
    text: `return isTimeout && !rule.isWrite ? { ...ended, resend: false } : ended;`,
    replacement: `return ended;`,
    tests: ["test/unit/roomserver/room-caller.test.ts"],
  },
  {
    name: "a write that timed out is not tried again",
    file: "agent/roomserver/room-caller.ts",
    text: `return isTimeout && !rule.isWrite ? { ...ended, resend: false } : ended;`,
    replacement: `return isTimeout ? { ...ended, resend: false } : ended;`,
    tests: ["test/unit/roomserver/room-caller.test.ts"],
  },
  {
    name: "an outage of the RoomServer is as many problems as there are rooms",
    file: "agent/api/health.ts",
    text: `const needy = isOutage ? rooms.others : rooms.all;`,
    replacement: `const needy = rooms.all;`,
    tests: ["test/unit/api/health.test.ts"],
  },
  {
    name: "a room that fails because of the RoomServer is named nowhere in health",
    file: "agent/api/health.ts",
    text: `if (count === 0)\n`,
    replacement: `if (count >= 0)\n`,
    tests: ["test/unit/api/health.test.ts"],
  },
  {
    name: "one room that fails among quiet ones is called an outage",
    file: "agent/roomserver/call-report.ts",
    text: `this.#failed.size > 1 &&`,
    replacement: ``,
    tests: ["test/unit/roomserver/call-report.test.ts"],
  },
  {
    name: "a call about one room says that the RoomServer serves another one again",
    file: "agent/roomserver/call-report.ts",
    text: `this.#failed.delete(roomId);
    if (seen`,
    replacement: `this.#failed.clear();
    if (seen`,
    tests: ["test/unit/roomserver/call-report.test.ts"],
  },
  {
    name: "rooms wait out their backoff although the outage is over",
    file: "agent/run/passes.ts",
    text: `for (const roomId of roomIds) work.queue.endBackoff(roomId);`,
    replacement: `void roomIds;`,
    tests: ["test/integration/agent/room-server-outages.test.ts"],
  },
  {
    name: "rooms that hang by themselves end their waits with each answer of another room",
    file: "agent/roomserver/call-report.ts",
    text: `failedIn.length > 1 && nowMs - this.#endedMs >= OUTAGE_MS`,
    replacement: `failedIn.length > 1`,
    tests: ["test/unit/roomserver/call-report.test.ts"],
  },
  {
    name: "a read that was answered counts as one more failure",
    file: "agent/queue/work-queue.ts",
    text: `if (ending.isFirst === true) this.#backoff.reset(key);`,
    replacement: ``,
    tests: ["test/unit/queue/work-queue-backoff.test.ts"],
  },
  {
    name: "a room that was asked to come later comes earlier",
    file: "agent/roomserver/call-report.ts",
    text: `filter(([, { seen }]) => !isAskedToWait(seen))`,
    replacement: `filter(() => true)`,
    tests: ["test/unit/roomserver/call-report.test.ts"],
  },
  {
    name: "a RoomServer may ask for a day without a look at the room",
    file: "agent/reconcile/asked-wait.ts",
    text: `return Math.min(askedMs(ending), LONGEST_BACKOFF_MS);`,
    replacement: `return askedMs(ending);`,
    tests: WAITS,
  },
  {
    name: "a write that may have been done does not count when the RoomServer asks to wait",
    file: "agent/reconcile/sending/perform-action.ts",
    text: `retryAfterMs: answer.retryAfterMs ?? null,`,
    replacement: `retryAfterMs: answer.maybeDone ? null : (answer.retryAfterMs ?? null),`,
    tests: WAITS,
  },
  {
    name: "a long wait that the RoomServer asked for needs no person",
    file: "agent/reconcile/summarize.ts",
    text: `isFailing(row, deps.steady.nowMs()) || waitsLong(pass)`,
    replacement: `isFailing(row, deps.steady.nowMs())`,
    tests: ["test/unit/reconcile/asked-wait.test.ts"],
  },
  {
    name: "a wait of a day is shown as one of an hour",
    file: "agent/roomserver/rest-verdict.ts",
    text: `import { askedWaitMs }`,
    replacement: `import { parseRetryAfter as askedWaitMs }`,
    tests: WAITS,
  },
  {
    name: "the gauge counts only stalled rooms among those that need a person",
    file: "agent/run/room-tally.ts",
    text: `needsPerson: attentionOf(row) !== null,`,
    replacement: `needsPerson: attentionOf(row) !== null && has("Stalled"),`,
    tests: ["test/unit/run/room-tally.test.ts"],
  },
  {
    name: "a dry run of an hour pages somebody",
    file: "agent/run/room-tally.ts",
    text: `!orphaned && !isAsked;`,
    replacement: `!orphaned;`,
    tests: ["test/unit/run/room-tally.test.ts"],
  },
  {
    name: "the hours in which a window was closed count as a failure once it opens",
    file: "agent/run/room-tally.ts",
    text: `if (before?.isAskedFor === true) return nowMs;`,
    replacement: ``,
    tests: ["test/unit/run/room-tally.test.ts"],
  },
  {
    name: "a git server that asks to wait with a 503 is not said to",
    file: "agent/source/git/wire/git-refused-answer.ts",
    text: `if (waitMs <= SHORT_MS) return "";`,
    replacement: `if (waitMs <= 99 * SHORT_MS) return "";`,
    tests: ["test/unit/source/git/wire/git-asked-waits.test.ts"],
  },
  {
    name: "a commit whose status was written too often never succeeds",
    file: "agent/review/sync-status.ts",
    text: `if (before.writes >= MOST_WRITES && now.state !== "success") return false;`,
    replacement: `if (before.writes >= MOST_WRITES) return false;`,
    tests: ["test/unit/review/sync-status.test.ts"],
  },
];
