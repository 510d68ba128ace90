import { expect } from "chai";
import { explain } from "../../../agent/api/explain/explain.ts";
import { toText } from "../../../agent/cli/explain.ts";
import { explainFacts, failing } from "../../support/explain-facts.ts";

describe("explain, with an update that the RoomServer refused", () => {
  const triedAt = "2026-01-01T00:00:00.000Z";
  const given = { item: "entity/E-1", digest: "d", triedAt, status: 400 } as const;
  const waiting = (place: { readonly dueInMs: number }, inputs = "newer") => {
    const room = { ...failing("Refused"), refusedUpdates: [{ ...given, inputs }] };
    const facts = explainFacts({ room, place: { kind: "waiting", held: true, ...place } });
    // The time that things expire by is a day ahead of the wall clock, and ten minutes after the answer.
    const nowMs = Date.parse(triedAt) - 24 * 3_600_000;
    return explain({ ...facts, nowMs, steadyMs: Date.parse(triedAt) + 600_000 });
  };
  const dueOf = ({ blockedBy }: ReturnType<typeof waiting>) =>
    blockedBy.find(({ reason }) => reason === "PassDue");

  it("says when it is tried again, and does not ask to wait for a pass before that", () => {
    const answer = waiting({ dueInMs: 60_000 });
    expect(answer.triedAgainAt).to.equal("2025-12-31T00:50:00.000Z");
    expect(dueOf(answer)?.message).to.match(
      /begins at 2025-12-31T00:01:00\.000Z; what the RoomServer refused to update is tried again by the first pass after 2025-12-31T00:50:00\.000Z$/,
    );
    expect(dueOf(answer)?.unblock).to.match(/^Correct the spec and push, .*"lab-01"/);
    expect(toText(answer)).to.include("  again     after 2025-12-31T00:50:00.000Z, what the");
  });

  it("asks to wait for a pass that tries it", () => {
    const due = dueOf(waiting({ dueInMs: 3_000_000 }));
    expect(due?.message).to.match(/begins at 2025-12-31T00:50:00\.000Z$/);
    expect(due?.unblock).to.match(/^Wait for it/);
  });

  it("says nothing of it once the inputs changed", () => {
    const answer = waiting({ dueInMs: 60_000 }, "older");
    expect(answer).to.not.have.property("triedAgainAt");
    expect(dueOf(answer)?.unblock).to.match(/^Wait for it/);
  });
});
