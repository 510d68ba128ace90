import { expect } from "chai";
import { putRoom } from "../support/devserver-client.ts";
import type { FaultCase } from "./fault-case.ts";
import type { FaultWorld } from "./fault-world.ts";
import { roomOutage } from "./room-outage.ts";

/** The plan asks for 4 s of the 5 that a call may take; this is a tenth of it. */
const SLOW_MS = 400;

/** The plan asks for 3. */
const AFTER_SECONDS = 1;

/** Few and short requests, so that a pass against silence fails in time. */
const IMPATIENT = {
  Operator__Retry__MaxAttempts: "2",
  RoomServer__TimeoutSeconds: "1",
  RoomServer__UploadTimeoutSeconds: "1",
};

const SEED_BYTES = 100_000;

const UNAVAILABLE = ["RoomServerUnavailable", "ActionsFailed"];

/** Cases in which the RoomServer cannot be reached, does not answer, or asks for patience. */
const silent: readonly FaultCase[] = [
  roomOutage({
    id: "R1",
    title: "RoomServer down",
    withinCycles: 2,
    sparesOther: false,
    reasons: UNAVAILABLE,
    putOn: ({ roomProxy }) => roomProxy.set({ kind: "refuse" }),
    heal: ({ roomProxy }) => roomProxy.heal(),
  }),
  roomOutage({
    id: "R2",
    title: "RoomServer silent before headers",
    lasts: 3,
    withinCycles: 2,
    settings: IMPATIENT,
    reasons: UNAVAILABLE,
    faults: () => [{ kind: "hang" }],
  }),
  roomOutage({
    id: "R3",
    title: "RoomServer silent in mid body",
    lasts: 3,
    withinCycles: 2,
    settings: IMPATIENT,
    reasons: UNAVAILABLE,
    faults: () => [{ kind: "hang", at: "body" }],
  }),
  roomOutage({
    id: "R4",
    title: "RoomServer slow",
    withinCycles: 2,
    comesThrough: true,
    faults: () => [{ kind: "latency", ms: SLOW_MS }],
  }),
  roomOutage({
    id: "R5",
    title: "429 with Retry-After, every third call",
    withinCycles: 2,
    comesThrough: true,
    needs: ["join", "update", "seed"],
    faults: () => everyThird({ retryAfter: AFTER_SECONDS }),
    during: (world) => patient(world, AFTER_SECONDS * 990),
  }),
  roomOutage({
    id: "R6",
    title: "429 without a header, every third call",
    withinCycles: 2,
    comesThrough: true,
    needs: ["join", "update", "seed"],
    faults: () => everyThird({}),
    during: (world) => patient(world, 0),
  }),
  roomOutage({
    id: "R7",
    title: "RoomServer answers 503",
    withinCycles: 2,
    reasons: UNAVAILABLE,
    faults: () => [{ kind: "status", status: 503 }],
  }),
];

/** Cases in which the work is done and the answer does not say so, or the other way round. */
const unclear: readonly FaultCase[] = [
  roomOutage({
    id: "R8",
    title: "503 after the work",
    withinCycles: 2,
    needs: ["kick", "join", "seed"],
    faults: () => WRITES.map((operation) => ({ kind: "status", operation, status: 503, ...AFTER })),
  }),
  roomOutage({
    id: "R9",
    title: "409 on join",
    variants: ["true", "false"],
    withinCycles: 2,
    needs: ["join"],
    avoids: ["update"],
    faults: (variant) => [
      { kind: "status", operation: "join", status: 409, afterWork: variant === "true" },
    ],
  }),
  roomOutage({
    id: "R10",
    title: "404 on kick and delete",
    variants: ["true", "false"],
    withinCycles: 2,
    needs: ["kick", "delete"],
    avoids: ["update"],
    faults: (variant) =>
      ["kick", "delete"].map((operation) => ({
        kind: "status",
        operation,
        status: 404,
        afterWork: variant === "true",
        body: '{"error":"ENTITY_NOT_FOUND","message":"not there"}',
      })),
  }),
  roomOutage({
    id: "R11",
    title: "404: no such route",
    variants: ["read", "write"],
    withinCycles: 2,
    needs: ["join", "kick"],
    reasons: ["WrongProtocol"],
    faults: (variant) =>
      (variant === "read" ? ["state"] : WRITES).map((operation) => ({
        kind: "status",
        operation,
        status: 404,
        body: '{"error":"ROUTE_NOT_FOUND","message":"no route"}',
      })),
  }),
  roomOutage({
    id: "R12",
    title: "connection cut in mid upload",
    variants: ["1", "50", "99"],
    lasts: 3,
    withinCycles: 2,
    needs: ["seed"],
    seedBytes: SEED_BYTES,
    reasons: UNAVAILABLE,
    faults: (variant) => [
      { kind: "cut", operation: "seed", afterBytes: (SEED_BYTES * Number(variant)) / 100 },
    ],
    during: async (world) => {
      const seeds = (await world.world.log()).slice(world.logged).filter(({ op }) => op === "seed");
      expect(seeds.filter(({ room }) => room === world.story.room)).to.deep.equal([]);
    },
  }),
  roomOutage({
    id: "R13",
    title: "connection cut after the upload",
    withinCycles: 2,
    needs: ["seed", "promote"],
    seedBytes: SEED_BYTES,
    faults: () => [{ kind: "drop", operation: "seed", afterWork: true }],
    during: async (world) => {
      const log = (await world.world.log()).slice(world.logged);
      const seeds = log.filter(({ op, room }) => op === "seed" && room === world.story.room);
      const names = seeds.map(({ target }) => target);
      expect(names, "uploads that arrived").to.deep.equal([...new Set(names)]);
    },
  }),
];

/** Cases in which the RoomServer says what is not so. */
const lying: readonly FaultCase[] = [
  roomOutage({
    id: "R14",
    title: "says 200 and does nothing",
    withinCycles: 2,
    needs: ["join", "seed"],
    avoids: ["policy", "update", "promote"],
    reasons: ["NotConverged"],
    faults: () => WRITES.map((operation) => ({ kind: "lie", operation })),
    // What was written and does not show is not written again until the spec says something else.
    heal: (world) => void world.push(),
  }),
  roomOutage({
    id: "R15",
    title: "shows a state two cycles old",
    lasts: 2,
    withinCycles: 2,
    needs: ["join"],
    faults: () => [{ kind: "staleState" }],
  }),
  roomOutage({
    id: "R16",
    title: "shows an empty room",
    withinCycles: 2,
    removes: false,
    faults: () => [{ kind: "emptyState" }],
  }),
  roomOutage({
    id: "R17",
    title: "shows another room",
    variants: ["name", "contents"],
    withinCycles: 2,
    needs: ["kick"],
    removes: false,
    // `StaleTolerance` is 0 in these worlds: a second read may be believed at once, and then the threshold stands.
    reasons: ["SuspiciousRead", "ChangeThresholdExceeded"],
    putOn: ({ world }) =>
      putRoom(world.roomServerUrl, {
        id: "room-strangers",
        entities: [1, 2, 3, 4, 5].map((at) => ({ id: `X-${at}`, kind: "agent" })) as never,
        artifacts: [],
        policies: {},
        resources: [],
        updatedMs: 1,
      }),
    faults: (variant) =>
      variant === "name"
        ? [{ kind: "otherRoom", roomId: "room-strangers" }]
        : [{ kind: "contentsOf", other: "room-strangers" }],
  }),
  roomOutage({
    id: "R18",
    title: "answers with no JSON, or 100 MB of it",
    variants: ["page", "huge"],
    lasts: (variant) => (variant === "huge" ? 2 : 5),
    withinCycles: 2,
    reasons: (variant) => [variant === "huge" ? "AnswerTooLarge" : "WrongProtocol"],
    removes: false,
    faults: (variant) => [
      { kind: variant === "huge" ? "hugeJson" : "invalidJson", operation: "state" },
    ],
    during: (world) => {
      expect(world.resources().rssMb, "MB of memory").to.be.below(300);
    },
  }),
  roomOutage({
    id: "R19",
    title: "somebody else changes the room meanwhile",
    withinCycles: 2,
    faults: () => [{ kind: "latency", ms: 20 }],
    during: meddle,
  }),
  roomOutage({
    id: "R20",
    title: "comes back with an empty store",
    lasts: 2,
    withinCycles: 2,
    sparesOther: false,
    removes: "never",
    avoids: ["kick", "delete"],
    putOn: ({ roomProxy }) => roomProxy.set({ kind: "refuse" }),
    heal: async ({ roomProxy, world }) => {
      await fetch(`${world.roomServerUrl}/_dev/rooms`, { method: "DELETE" });
      await roomProxy.heal();
    },
  }),
];

/** R1 to R20, as far as the dialect `operator-rest` goes. */
export const roomCases: readonly FaultCase[] = [...silent, ...unclear, ...lying];

const WRITES = ["join", "kick", "seed", "promote", "delete", "policy"] as const;

const AFTER = { afterWork: true } as const;

/** Of the calls every third is asked to wait. */
const everyThird = (more: { readonly retryAfter?: number }) => [
  { kind: "status" as const, status: 429, every: 3, ...more },
];

/** Every call that was sent again was sent as itself, and no sooner than it had to be. */
async function patient({ world, logged }: FaultWorld, leastMs: number): Promise<void> {
  const log = (await world.log()).slice(logged);
  const again = [...Map.groupBy(log, ({ requestId, op, target }) => `${requestId}${op}${target}`)]
    .map(([, same]) => same.map(({ at }) => Date.parse(at)))
    .filter((times) => times.length > 1);
  expect(again, "calls that were sent again").to.not.deep.equal([]);
  for (const times of again) {
    const gaps = times.slice(1).map((atMs, at) => atMs - Number(times[at]));
    for (const gap of gaps) expect(gap, "ms until a call was sent again").to.be.at.least(leastMs);
  }
}

/** Strangers come and go, and some of ours are thrown out, while passes go on. */
async function meddle({ world, story }: FaultWorld): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    const passing = world.apply({ roomId: story.room });
    await world.joinByHand(story.room, `X-${round}`);
    await world.kickByHand(story.room, round % 2 === 0 ? "E-01" : "E-03").catch(() => undefined);
    await passing;
  }
}
