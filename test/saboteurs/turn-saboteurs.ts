import type { Saboteur } from "./saboteur.ts";

const SNAPSHOT = "test/unit/intake/assign-snapshot.test.ts";
const TURNS = "test/unit/kernel/in-turns.test.ts";
const INDEX = "test/unit/intake/source-index.test.ts";
const POOL = "agent/queue/worker-pool.ts";
const HANGING = "test/integration/agent/hanging-rooms.test.ts";
const QUEUE_TEST = "test/unit/queue/work-queue-backoff.test.ts";
const SLOW_TEST = "test/unit/queue/worker-pool-slow.test.ts";
const POOL_TEST = "test/unit/queue/worker-pool.test.ts";
const SAVING_TEST = "test/unit/queue/worker-pool-saving.test.ts";

/** What work in turns promises: others have theirs, and what they change is not missed. */
export const TURN_SABOTEURS: readonly Saboteur[] = [
  {
    name: "whoever asks later gets an answer from before",
    file: "agent/kernel/shared-work.ts",
    text: "    asked.next = null;\n",
    replacement: "",
    tests: ["test/unit/kernel/shared-work.test.ts"],
  },
  {
    name: "a file that is being taken in is not asked again once another source lets go of its room",
    file: "agent/intake/intake.ts",
    text: `return this.#lock.run([this.name], async () => (isAsked() ? this.#reassess() : undefined));`,
    replacement: `const isNow = isAsked();
    return this.#lock.run([this.name], async () => (isNow ? this.#reassess() : undefined));`,
    tests: ["test/unit/intake/released-rooms.test.ts"],
  },
  {
    name: "a source stays synced at a head at which a room holds it back",
    file: "agent/api/sync-state.ts",
    text: `known === observedRevision ? syncedBefore : known`,
    replacement: `known === observedRevision ? known : known`,
    tests: ["test/unit/api/sync-state.test.ts"],
  },
  {
    name: "a decision keeps what was true when it began",
    file: "agent/kernel/in-turns.ts",
    text: `if (moment() === begun) return answer;`,
    replacement: `return answer;`,
    tests: [TURNS, SNAPSHOT],
  },
  {
    name: "a decision that is disturbed each time never ends",
    file: "agent/kernel/in-turns.ts",
    text: `for (let tries = 0; tries < TRIES; tries += 1) {`,
    replacement: `for (let tries = 0; tries < 50 * TRIES; tries += 1) {`,
    tests: [TURNS, SNAPSHOT],
  },
  {
    name: "who owns what is decided in one go",
    file: "agent/kernel/in-turns.ts",
    text: `    yield;`,
    replacement: `    if (left === 0) yield;`,
    tests: [TURNS, SNAPSHOT, INDEX, "test/unit/run/first-polls.test.ts"],
  },
  {
    name: "a room that changes hands is not noticed by a decision under way",
    file: "agent/intake/source-index.ts",
    text: `known.lost !== fact.lost || !isSameOwner(known.owner, owner)`,
    replacement: `known.lost !== fact.lost`,
    tests: [INDEX, SNAPSHOT],
  },
  {
    name: "a file that names another room is not noticed by a decision under way",
    file: "agent/intake/source-index.ts",
    text: `if (claimOf(before) !== claimOf(file)) this.#onClaim();`,
    replacement: `if (file.path === "") this.#onClaim();`,
    tests: [INDEX, SNAPSHOT],
  },
  {
    name: "a reload is not noticed by a decision under way",
    file: "agent/run/reconfiguration.ts",
    text: `      memory.loaded.owners.noteChange();`,
    replacement: ``,
    tests: ["test/unit/run/reconfiguration.test.ts"],
  },
  {
    name: "rooms wait for the interval after a start",
    file: "agent/run/work.ts",
    text: `await firstPolls.queueWanted(wanted, (roomId) =>`,
    replacement: `await firstPolls.queueWanted(wanted.slice(wanted.length), (roomId) =>`,
    tests: ["test/integration/agent/owner-configuration.test.ts"],
  },
  {
    name: "rooms that are slow to fail may hold every worker",
    file: POOL,
    text: `this.#work(at < shared ? "any" : "quick")`,
    replacement: `this.#work(at < shared ? "any" : "any")`,
    tests: [SLOW_TEST, HANGING],
  },
  {
    name: "rooms that are slow to fail hold all workers but one",
    file: POOL,
    text: `return Math.max(1, Math.floor(workers / 2));`,
    replacement: `return Math.max(1, workers - 1);`,
    tests: [SLOW_TEST],
  },
  {
    name: "no worker is left for rooms that are slow to fail where there is one",
    file: POOL,
    text: `return Math.max(1, Math.floor(workers / 2));`,
    replacement: `return Math.floor(workers / 2);`,
    tests: [SLOW_TEST],
  },
  {
    name: "a room that is slow to fail counts as quick once a pass is repeated",
    file: "agent/queue/work-queue.ts",
    text: `if (pass.ending.kind === "again") return;`,
    replacement: "",
    tests: [QUEUE_TEST],
  },
  {
    name: "a room that was slow to fail once counts so for ever",
    file: "agent/queue/work-queue.ts",
    text: `else this.#slow.delete(key);`,
    replacement: "",
    tests: [QUEUE_TEST],
  },
  {
    name: "a room that fails quickly waits with those that are slow to fail",
    file: "agent/queue/work-queue.ts",
    text: `if (isSlowFailure(pass.ending, tookMs))`,
    replacement: `if (pass.ending.kind === "backoff" || isLong)`,
    tests: [QUEUE_TEST],
  },
  {
    name: "workers that take any room take what only they do not have to",
    file: "agent/queue/waiting-workers.ts",
    text: `return [...this.#waiting.quick, ...this.#waiting.any];`,
    replacement: `return [...this.#waiting.any, ...this.#waiting.quick];`,
    tests: [SLOW_TEST],
  },
  {
    name: "a stop does not wait for what is written down last",
    file: POOL,
    text: `      .then(() => Promise.all(this.#passes))\n`,
    replacement: "",
    tests: [POOL_TEST],
  },
  {
    name: "a slow disk gathers passes that are ending",
    file: POOL,
    text: `if (this.#away.size >= this.#options.workers) return false;`,
    replacement: "",
    tests: [POOL_TEST],
  },
  {
    name: "a pass that has saved what it will do makes its calls without a worker",
    file: POOL,
    text: `if (!this.#stopping.signal.aborted) await this.#comeBack(pass);`,
    replacement: "",
    tests: [SAVING_TEST],
  },
  {
    name: "a pass that waits for a worker is not seen by those that wait for a key",
    file: POOL,
    text: `      this.#options.queue.wake();`,
    replacement: "",
    tests: [SAVING_TEST],
  },
  {
    name: "a pass waits for a worker that stops",
    file: POOL,
    text: `for (const { resume } of this.#back.splice(0)) resume();`,
    replacement: "",
    tests: [SAVING_TEST],
  },
  {
    name: "keys that are slow to fail take the workers of others while they save",
    file: POOL,
    text: `workers === 1 || queue.isSlow(pass.key)`,
    replacement: "workers === 1",
    tests: [SAVING_TEST],
  },
  {
    name: "a room keeps its worker while its intents are saved",
    file: "agent/reconcile/phases/apply.ts",
    text: `await judged.signals.saving(() => deps.rooms.writePass({ before: row, after }, changes));`,
    replacement: "await deps.rooms.writePass({ before: row, after }, changes);",
    tests: ["test/unit/reconcile/reconciler.test.ts"],
  },
  {
    name: "a pass leaves its worker before its calls have ended",
    file: "agent/reconcile/reconciler.ts",
    text: `    const attempts = await this.#attempts(before, choice, taken);
    signals.callsEnded();`,
    replacement: `    signals.callsEnded();
    const attempts = await this.#attempts(before, choice, taken);`,
    tests: ["test/unit/reconcile/reconciler.test.ts"],
  },
  {
    name: "what is on record is put back at a start before the source is asked",
    file: "agent/run/first-polls.ts",
    text: `if (sources.length === 0) return`,
    replacement: `if (sources.length >= 0) return`,
    tests: ["test/unit/run/first-polls.test.ts"],
  },
  {
    name: "a suspension that ends, or a reload, puts back what is on record before the source is asked",
    file: "agent/run/room-passes.ts",
    text: `if (waitMs > 0) return`,
    replacement: `if (waitMs < 0) return`,
    tests: ["test/unit/run/room-passes.test.ts"],
  },
  {
    name: "a commit about a room waits for the end of the first poll",
    file: "agent/run/first-polls.ts",
    text: `release(roomId: string): void {
    this.#left.delete(roomId);`,
    replacement: `release(roomId: string): void {
    void roomId;`,
    tests: ["test/unit/run/first-polls.test.ts"],
  },
  {
    name: "a posted room is held to its spec while a source that may claim it was not asked",
    file: "agent/run/first-polls.ts",
    text: `if (left > 1) {`,
    replacement: `if (left < 1) {`,
    tests: ["test/unit/run/first-polls.test.ts"],
  },
  {
    name: "a posted room waits for the first poll of no source",
    file: "agent/run/work.ts",
    text: `if (fact?.owner?.kind === "api")`,
    replacement: `if (fact?.owner?.kind === "api" && roomId === "")`,
    tests: ["test/integration/agent/first-poll.test.ts"],
  },
  {
    name: "a room in flight as an outage ends waits out its backoff",
    file: "agent/queue/work-queue.ts",
    text: `if (flight !== undefined) flight.backsOffAnew = true;`,
    replacement: ``,
    tests: ["test/unit/queue/work-queue-backoff.test.ts"],
  },
  {
    name: "rooms wait for half a minute after a start although their source was polled",
    file: "agent/trigger/running-source.ts",
    text: `await deps.polled(spec.name);`,
    replacement: ``,
    tests: ["test/integration/agent/first-poll.test.ts"],
  },
];
