import { expect } from "chai";
import { chooseDesired } from "../../../agent/room/choose-desired.ts";
import { emptyRoom } from "../../../agent/room/empty-room.ts";
import type { Room } from "../../../agent/room/room.ts";
import { aQuarantine } from "../../support/a-row.ts";
import { someInputs } from "../../support/some-inputs.ts";

const older = someInputs({ digest: "d1" });
const newer = someInputs({ digest: "d2", specVersion: 2 });
const LABELLED = { commit: "c", label: "label dry-run of #2", oid: older.specOid };

const cases: readonly {
  name: string;
  row: Partial<Room>;
  dryRunRequested?: boolean;
  want: { candidate: string | null; fallback: string | null; problem: string | null };
}[] = [
  {
    name: "observes a room without a spec only",
    row: {},
    want: { candidate: null, fallback: null, problem: "NoSpec" },
  },
  {
    name: "applies the newest inputs and has nothing older to fall back to",
    row: { head: newer },
    want: { candidate: "d2 apply", fallback: null, problem: null },
  },
  {
    name: "keeps what was enforced as the fallback of newer inputs",
    row: { head: newer, enforced: older },
    want: { candidate: "d2 apply", fallback: "d1", problem: null },
  },
  {
    name: "needs no fallback where the newest inputs are the enforced ones",
    row: { head: older, enforced: older },
    want: { candidate: "d1 apply", fallback: null, problem: null },
  },
  {
    name: "enforces the last good inputs while the newest spec is broken",
    row: {
      head: newer,
      enforced: older,
      headProblem: { reason: "SpecInvalid", message: "line 3", revision: "r" },
    },
    want: { candidate: null, fallback: "d1", problem: "SpecInvalid" },
  },
  {
    name: "plans the newest inputs and enforces the older ones during a dry run",
    row: { head: newer, enforced: older, dryRun: { commit: "c" } },
    want: { candidate: "d2 plan", fallback: "d1", problem: null },
  },
  {
    name: "goes on enforcing when a commit that changes nothing asks for a dry run",
    row: { head: older, enforced: older, dryRun: { commit: "c" } },
    want: { candidate: "d1 plan", fallback: "d1", problem: null },
  },
  {
    name: "carries nothing more out where a label for a dry run was read after a part was",
    row: { head: newer, enforced: newer, dryRun: { commit: "c", label: "label dry-run of #2" } },
    want: { candidate: "d2 plan", fallback: null, problem: null },
  },
  {
    name: "carries nothing more of it out either while a later spec is broken",
    row: {
      head: newer,
      enforced: newer,
      headProblem: { reason: "SpecInvalid", message: "line 3", revision: "r" },
      dryRun: { commit: "c", label: "label dry-run of #2" },
    },
    want: { candidate: null, fallback: null, problem: "SpecInvalid" },
  },
  {
    name: "carries nothing more of it out either while later inputs are a dry run of their own",
    row: { head: newer, enforced: older, dryRun: { commit: "c" }, rehearsals: [LABELLED] },
    want: { candidate: "d2 plan", fallback: null, problem: null },
  },
  {
    name: "carries nothing more of it out in the place of later inputs that are refused",
    row: { head: newer, enforced: older, rehearsals: [LABELLED] },
    want: { candidate: "d2 apply", fallback: null, problem: null },
  },
  {
    name: "goes on enforcing what was verified although a label once asked for a dry run of it",
    row: { head: newer, enforced: older, verified: older, rehearsals: [LABELLED] },
    want: { candidate: "d2 apply", fallback: "d1", problem: null },
  },
  {
    name: "goes on enforcing what a commit once asked for a dry run of",
    row: { head: newer, enforced: older, rehearsals: [{ commit: "c", oid: older.specOid }] },
    want: { candidate: "d2 apply", fallback: "d1", problem: null },
  },
  {
    name: "goes on enforcing what was verified before a label for a dry run was read",
    row: {
      head: newer,
      enforced: newer,
      verified: newer,
      dryRun: { commit: "c", label: "label dry-run of #2" },
    },
    want: { candidate: "d2 plan", fallback: "d2", problem: null },
  },
  {
    name: "enforces what was enforced before while the newest inputs are quarantined",
    row: { head: newer, enforced: older, quarantine: aQuarantine({ digest: "d2" }) },
    want: { candidate: null, fallback: "d1", problem: "Quarantined" },
  },
  {
    name: "observes a room whose only inputs are quarantined",
    row: { head: newer, quarantine: aQuarantine({ digest: "d2" }) },
    want: { candidate: null, fallback: null, problem: "Quarantined" },
  },
  {
    name: "applies inputs although others are quarantined",
    row: { head: newer, enforced: older, quarantine: aQuarantine({ digest: "d3" }) },
    want: { candidate: "d2 apply", fallback: "d1", problem: null },
  },
  {
    name: "plans quarantined inputs when the request asks for a dry run",
    row: { head: newer, enforced: older, quarantine: aQuarantine({ digest: "d2" }) },
    dryRunRequested: true,
    want: { candidate: "d2 plan", fallback: null, problem: null },
  },
  {
    name: "says of a broken spec that it is broken, although the one before is quarantined",
    row: {
      head: newer,
      enforced: older,
      quarantine: aQuarantine({ digest: "d2" }),
      headProblem: { reason: "SpecInvalid", message: "line 3", revision: "r" },
    },
    want: { candidate: null, fallback: "d1", problem: "SpecInvalid" },
  },
  {
    name: "only plans when the request asks for a dry run",
    row: { head: newer, enforced: older },
    dryRunRequested: true,
    want: { candidate: "d2 plan", fallback: null, problem: null },
  },
];

describe("chooseDesired", () => {
  for (const { name, row, dryRunRequested, want } of cases) {
    it(name, () => {
      const choice = chooseDesired(
        { ...emptyRoom("room-harbor7", null), ...row },
        dryRunRequested ?? false,
      );
      expect({
        candidate:
          choice.candidate === null
            ? null
            : `${choice.candidate.inputs.digest} ${choice.candidate.mode}`,
        fallback: choice.fallback?.digest ?? null,
        problem: choice.problem?.reason ?? null,
      }).to.deep.equal(want);
    });
  }
});
