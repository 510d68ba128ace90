import { expect } from "chai";
import type { IntentRow } from "../../agent/room/rows.ts";
import type { RunGiven } from "./fault-case.ts";
import { ROOM, type ProcessWorld } from "./process-world.ts";
import type { RoomChange } from "./room-changes.ts";

/** Every intent that the kill left open was ended by the first pass after it, by reading, before anything else was done. */
export async function settledByReading(
  world: ProcessWorld,
  open: readonly IntentRow[],
  killedMs: number,
): Promise<void> {
  const ids = open.map(({ id }) => id);
  const audit = await world.world.auditOf(ROOM);
  const since = audit.filter(({ timestamp }) => Date.parse(timestamp) >= killedMs);
  const first = since.slice(0, ids.length);
  expect(first.map(({ metadata }) => metadata["requestId"])).to.have.members(ids);
  for (const { metadata } of first) expect(metadata["settledByRead"]).to.equal(true);
  expect(new Set(first.map(({ correlationId }) => correlationId)).size).to.be.at.most(1);
  expect(world.openIntents()).to.deep.equal([]);
}

/**
 * Each of these effects has happened as often as it is listed and nothing else has, counted in the RoomServer's log from write
 * number `since` on. What was lost or doubled is told of the whole matrix.
 */
export async function happenedOnce(
  world: ProcessWorld,
  given: { readonly effects: readonly string[]; readonly since: number; readonly run: RunGiven },
): Promise<void> {
  const { effects, since, run } = given;
  const lost = [...effects];
  const doubled: string[] = [];
  for (const { op, target, effect } of await world.writesAfter(since)) {
    if (!effect) continue;
    const at = lost.indexOf(`${op} ${target}`);
    if (at === -1) doubled.push(`${op} ${target}`);
    else lost.splice(at, 1);
  }
  run.count("lost effects", lost.length);
  run.count("doubled effects", doubled.length);
  expect({ lost, doubled }).to.deep.equal({ lost: [], doubled: [] });
}

/** What had to be confirmed is covered by one yes, which is used up. */
export function confirmedOnce(world: ProcessWorld, { removes }: RoomChange): void {
  const rows = world.confirmations();
  expect(rows).to.have.length(removes.length > 0 ? 1 : 0);
  for (const { items, used } of rows) {
    expect(items).to.have.members(removes);
    expect(used, "used up").to.have.members(removes);
  }
}
