import { readdirSync, truncateSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { aPack } from "../support/a-pack.ts";
import type { FaultCase, RunGiven } from "./fault-case.ts";
import type { FaultWorld } from "./fault-world.ts";
import { isFetch, packIn } from "./git-requests.ts";
import { gitOutage, inWorld } from "./outage.ts";
import type { Outage } from "./outage.ts";

/** Answers with objects are changed; polls get through. */
function spoilPacks({ world }: FaultWorld, edit: (body: Buffer) => Buffer): void {
  world.git.fault = (request) => (isFetch(request) ? { kind: "edit", edit } : undefined);
}

/** Each pack has another bit flipped, ten places one after the other, from its first byte to its last. */
function bitFlips(): (body: Buffer) => Buffer {
  let answers = 0;
  return (body) => {
    const { start, end } = packIn(body);
    const spoilt = Buffer.from(body);
    const at = start + Math.floor(((answers % PLACES) / (PLACES - 1)) * (end - start - 1));
    spoilt[at] = (spoilt[at] ?? 0) ^ (1 << (answers % 8));
    answers += 1;
    return spoilt;
  };
}

const PLACES = 10;

/** A sound pack, in which nothing of what was asked for is. */
function wrongPack(): Buffer {
  const pack = aPack([{ type: "blob", data: Buffer.from("something else") }]);
  const packet = (data: Buffer) =>
    Buffer.concat([Buffer.from((data.length + 4).toString(16).padStart(4, "0")), data]);
  return Buffer.concat([
    packet(Buffer.from("NAK\n")),
    packet(Buffer.concat([Buffer.from([1]), pack])),
    Buffer.from("0000"),
  ]);
}

const damage: Pick<Outage, "id" | "title" | "variants" | "withinCycles"> = {
  id: "G15",
  title: "indexes of the clone cut on disk",
  variants: ["running", "stopped"],
  withinCycles: 3,
};

/** Cases in which what git sends or keeps is not what it should be. */
export const gitPackCases: readonly FaultCase[] = [
  gitOutage({
    id: "G13",
    title: "pack cut short",
    variants: ["5", "50", "95"],
    withinCycles: 3,
    reasons: ["ProtocolError", "CorruptPack"],
    putOn: (world, { variant }) =>
      spoilPacks(world, (body) => {
        const { start, end } = packIn(body);
        return body.subarray(0, start + Math.floor(((end - start) * Number(variant)) / 100));
      }),
    heal: ({ world }) => world.git.heal(),
  }),
  gitOutage({
    id: "G14",
    title: "a bit of the pack flipped",
    lasts: PLACES,
    withinCycles: 3,
    reasons: ["ProtocolError", "CorruptPack"],
    putOn: (world) => spoilPacks(world, bitFlips()),
    heal: ({ world }) => world.git.heal(),
  }),
  { ...damage, run: (run) => inWorld({}, run, playDamage) },
  gitOutage({
    id: "G16",
    title: "other objects served",
    variants: ["pack", "head"],
    withinCycles: 3,
    putOn: (world, { variant }) => {
      if (variant === "pack") spoilPacks(world, () => wrongPack());
      else world.world.git.fault = ({ method }) => (method === "POST" ? OTHER_HEAD : undefined);
    },
    heal: ({ world }) => world.git.heal(),
    during: async (world) => {
      expect(await world.sourceReason()).to.be.a("string");
    },
  }),
];

/** The branch is said to be where no commit is. */
const OTHER_HEAD = {
  kind: "edit",
  edit: (body: Buffer) =>
    Buffer.from(body.toString("latin1").replace(/[0-9a-f]{40}(?= refs)/, "1".repeat(40)), "latin1"),
} as const;

/** The agent's clone loses the second half of its indexes, and then the story goes on. */
async function playDamage(world: FaultWorld, _given: unknown, { variant }: RunGiven) {
  if (variant === "stopped") await world.agent.end();
  const folder = join(world.world.data, "git", "specs");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const indexes = files.filter((file) => file.endsWith(".idx")).map((file) => join(folder, file));
  expect(indexes, "indexes of the clone").to.not.deep.equal([]);
  for (const file of indexes) truncateSync(file, Math.floor(statSync(file).size / 2));
  const sinceMs = Date.now();
  if (variant === "stopped") await world.startAgent();
  world.push();
  await world.converged();
  return world.cyclesToConverge(sinceMs);
}
