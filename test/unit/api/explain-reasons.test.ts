import { expect } from "chai";
import { explain } from "../../../agent/api/explain/explain.ts";
import { REASONS } from "../../../agent/status/reasons.ts";
import { explainFacts, SINCE } from "../../support/explain-facts.ts";
import { OTHER_ROWS } from "./explain-other-rows.ts";
import { WARNING_ROWS } from "./explain-warning-rows.ts";
import { ROOM_ROWS } from "./explain-room-rows.ts";

const rows = [...OTHER_ROWS, ...ROOM_ROWS, ...WARNING_ROWS];

describe("explain, reason by reason", () => {
  for (const { reason, atHead = false, since = SINCE, message, unblock, ...given } of rows) {
    it(`tells ${reason}: ${message.source}`, () => {
      const answer = explain(explainFacts(given));
      const told = answer.blockedBy.find((blocker) => blocker.reason === reason);
      expect(told, JSON.stringify(answer.blockedBy)).to.not.equal(undefined);
      expect(told?.message).to.match(message);
      expect(told?.unblock).to.match(unblock);
      expect(told?.since).to.equal(since);
      expect(answer.atHead).to.equal(atHead);
    });
  }

  it("shows of a room at its head that the agent only observes, until the room is released", () => {
    const observing = (released: readonly string[]) => {
      const damage = { since: SINCE, reason: "StoreDamaged", message: "a bad page" } as const;
      const observeOnly = { ...damage, file: "/data/store.db.damaged-1", released };
      const { atHead, blockedBy } = explain(explainFacts({ agent: { observeOnly } }));
      return { atHead, reasons: blockedBy.map(({ reason }) => reason) };
    };
    expect(observing([])).to.deep.equal({ atHead: true, reasons: ["ObserveOnly"] });
    expect(observing(["lab-01"])).to.deep.equal({ atHead: true, reasons: [] });
  });

  it("has a row for every reason of a room, a refusal and a blocked item", () => {
    const shown = new Set<string>(rows.map(({ reason }) => reason));
    const wanted = Object.entries(REASONS).filter(
      ([reason, { place }]) =>
        ["room", "refusal", "blocked"].includes(place) &&
        !["Converged", "ItemsBlocked"].includes(reason),
    );
    const without = wanted.map(([reason]) => reason).filter((reason) => !shown.has(reason));
    expect(without, "explain-room-rows.ts needs a row for each reason").to.deep.equal([]);
  });
});
