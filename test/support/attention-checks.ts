import { expect } from "chai";
import type { HealthBody } from "../../agent/api/contract.ts";
import type { ExplainAnswer } from "../../agent/api/explain/explain-contract.ts";
import type { RoomAnswer } from "../../agent/api/status-contract.ts";
import type { AuditRecord } from "../../agent/status/audit-record.ts";
import type { AgentWorld } from "./agent-world.ts";
import { samplesOf, type Sample } from "./alert-rules.ts";
import type { RoomAttention } from "./attention-row.ts";
import { eventually } from "./eventually.ts";

export interface Line {
  readonly level: string;
  readonly message: string;
  readonly room?: string;
  /** Names, or how many, of a line about several rooms. */
  readonly rooms?: readonly string[] | number;
  readonly source?: string;
  readonly reason?: string;
  readonly reasons?: readonly string[];
  readonly detail?: string;
}

export const logOf = (world: AgentWorld) => world.lines.map((line) => JSON.parse(line) as Line);
export const gauges = async (world: AgentWorld) => samplesOf(await world.text("/metrics"));
export const healthOf = async (world: AgentWorld) => (await world.get<HealthBody>("/health")).body;

export const sum = (
  samples: readonly Sample[],
  name: string,
  labels: Record<string, string> = {},
) =>
  samples
    .filter(({ metric }) => metric === `room_operator_${name}`)
    .filter((sample) => Object.entries(labels).every(([label, to]) => sample.labels[label] === to))
    .reduce((total, { value }) => total + value, 0);

const holds = (room: RoomAnswer, type: string) =>
  room.conditions.some((condition) => condition.type === type && condition.status === "True");

const shows = (room: RoomAnswer, reason: string) =>
  room.conditions.some((condition) => condition.reason === reason) ||
  room.blocked.some((blocked) => blocked.reason === reason);

/** Waits until each room is in the state of its row. */
export const settledAs = (rows: readonly RoomAttention[], world: AgentWorld) =>
  eventually("every room is in its state", async () => {
    const { rooms } = await world.status();
    const missing = rows.filter(({ room, reason, stalled = false }) => {
      const shown = rooms.find(({ roomId }) => roomId === room);
      if (shown === undefined || !shows(shown, reason)) return true;
      return stalled && !holds(shown, "Stalled");
    });
    if (missing.length === 0) return true;
    const told = missing.map(({ room, reason }) => {
      const shown = rooms.find(({ roomId }) => roomId === room);
      return `${room} is not ${reason} but ${JSON.stringify(shown?.conditions)}`;
    });
    throw new Error(told.join("\n"));
  });

/** One test for each place that shows the state of a row. `inWorld` gives the world, once it is there. */
export function describeRow(row: RoomAttention, inWorld: () => AgentWorld): void {
  describe(`${row.reason} (${row.room})`, () => {
    it("is logged", () => {
      const lines = logOf(inWorld()).filter(
        ({ room, rooms, reason, reasons = [] }) =>
          (room === row.room || (Array.isArray(rooms) && rooms.includes(row.room))) &&
          (reason === row.reason || reasons.includes(row.reason)),
      );
      expect(lines, "log lines").to.not.be.empty;
      const loud = lines.filter(({ level }) => level === "warn" || row.healthy !== undefined);
      expect(loud.map(({ detail }) => detail).join("\n")).to.match(row.says);
    });

    it("is audited", async () => {
      const records = (await inWorld().auditOf(row.room)).filter(
        ({ action }) => action === row.audit,
      );
      expect(records.map(textOf).join("\n")).to.match(row.says);
    });

    it("is explained in the same words", async () => {
      const { body } = await inWorld().get<ExplainAnswer>(`/rooms/${row.room}/explain`);
      const found = body.blockedBy.filter(({ reason }) => reason === row.reason);
      const told = found.map(({ message }) => message).join("\n");
      expect(told, JSON.stringify(body)).to.match(row.says);
    });

    it(
      row.healthy === undefined ? "needs a person in /status" : `needs nobody: ${row.healthy}`,
      async () => {
        const { needsPerson } = await inWorld().room(row.room);
        if (row.healthy !== undefined) expect(needsPerson).to.equal(null);
        else
          expect(needsPerson?.message, JSON.stringify(needsPerson)).to.match(row.needs ?? row.says);
      },
    );

    it("is counted by a gauge", async () => {
      await eventually("counted", async () => isCounted(row, inWorld()));
    });
  });
}

async function isCounted(
  { gauge, room, reason }: RoomAttention,
  world: AgentWorld,
): Promise<boolean> {
  const samples = await gauges(world);
  const { rooms } = await world.status();
  const its = rooms.find(({ roomId }) => roomId === room);
  expect(its, room).to.not.equal(undefined);
  switch (gauge) {
    case "ready": {
      const ready = its?.conditions.find(({ type }) => type === "Ready");
      expect(ready).to.include({ reason });
      const alike = rooms.filter(({ conditions }) =>
        conditions.some((each) => each.type === "Ready" && each.reason === reason),
      );
      return sum(samples, "rooms", { reason }) === alike.length;
    }
    case "rooms_awaiting_confirm":
      return sum(samples, gauge) === rooms.filter((one) => holds(one, "AwaitingConfirm")).length;
    case "rooms_partly_managed":
      return sum(samples, gauge) === rooms.filter((one) => holds(one, "PartlyManaged")).length;
    case "rooms_contested":
      return sum(samples, gauge) === rooms.filter((one) => holds(one, "Contested")).length;
    case "rooms_orphaned":
      return sum(samples, gauge) === rooms.filter(({ orphaned }) => orphaned).length;
  }
}

/** `/health` counts the rooms that need a person and names the first. */
export const checkHealth = (world: AgentWorld) =>
  eventually("/health counts the rooms that need a person", async () => {
    const { status, problems } = await healthOf(world);
    const needy = (await world.status()).rooms.filter(({ needsPerson }) => needsPerson !== null);
    expect(status).to.equal("degraded");
    const told = problems.find(({ check }) => check === "rooms")?.message ?? "";
    expect(told).to.match(new RegExp(`^${needy.length} rooms need a person: `));
    expect(sum(await gauges(world), "rooms_needing_person")).to.equal(needy.length);
    for (const { roomId, needsPerson } of needy.slice(0, 5))
      expect(told).to.include(`${roomId} (${needsPerson?.reason ?? ""})`);
    return true;
  });

function textOf({ metadata }: AuditRecord): string {
  const parts = [
    metadata["message"],
    metadata["refusals"],
    metadata["blocked"],
    metadata["detail"],
  ];
  return parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join("\n");
}
