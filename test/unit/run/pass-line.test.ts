import { expect } from "chai";
import { toDiffLists } from "../../../agent/plan/diff-lists.ts";
import type { Outcome } from "../../../agent/room/outcome.ts";
import { passLine, SaidWarnings, warningLine } from "../../../agent/run/pass-line.ts";
import { aVerifiedRoom, theInputs } from "../../support/a-verified-room.ts";
import { failing } from "../../support/explain-facts.ts";

const NO_PLAN = {
  roomId: "lab-01",
  actions: [],
  blocked: [],
  unknownPolicies: [],
  removedPolicies: [],
};
const REPORT = {
  roomId: "lab-01",
  correlationId: "c",
  phase: "APPLY",
  diff: toDiffLists(NO_PLAN),
  planDigest: null,
  refusals: [],
  warnings: [],
  durationMs: 1,
} as const;

describe("the log line of a pass", () => {
  const row = aVerifiedRoom(failing("Superseded"));
  const lineOf = (outcome: Outcome) => passLine({ ...REPORT, outcome }, "git", row);
  const failed: Outcome = {
    kind: "failed",
    reason: "Refused",
    message: "no",
    status: 400,
    retryAfterMs: null,
  };

  it("is no warning where another pass follows at once", () => {
    expect(lineOf({ kind: "superseded" }).level).to.equal("info");
    expect(lineOf(failed).level).to.equal("warn");
  });

  it("does not warn twice in the same words because a pass in between was superseded", () => {
    const said = new SaidWarnings();
    expect(said.isSaid(lineOf(failed), row)).to.equal(false);
    expect(said.isSaid(lineOf({ kind: "superseded" }), row)).to.equal(false);
    expect(said.isSaid(lineOf(failed), row)).to.equal(true);
  });

  it("says a warning of a room once, and again for other words or another revision", () => {
    const said = new SaidWarnings();
    const warned = (message: string, revision = "r1") =>
      said
        .newsOf({
          ...row,
          head: theInputs({ revision }),
          warnings: [
            { reason: "SpecVersionReused", message },
            { reason: "DriftOff", message: "not looked at" },
          ],
        })
        .map((warning) => warningLine(warning));
    const line = { level: "warn", fields: { reason: "SpecVersionReused", detail: "version 3" } };
    expect(warned("version 3")).to.deep.equal([line]);
    expect(warned("version 3")).to.deep.equal([]);
    expect(warned("version 3", "r2")).to.deep.equal([line]);
    expect(warned("version 4", "r2")).to.have.length(1);
    expect(said.newsOf({ ...row, warnings: [] })).to.deep.equal([]);
    expect(warned("version 4", "r2")).to.have.length(1);
  });

  it("does not warn of a version that a revert brought back", () => {
    const { level } = warningLine({ reason: "SpecVersionReverted", message: "from 4 to 3" });
    expect(level).to.equal("info");
  });
});
