import { expect } from "chai";
import { judgeVersion, type VersionPolicy } from "../../../agent/reconcile/version-law.ts";
import { emptyRoom } from "../../../agent/store/empty-room.ts";
import type { RoomInputs, RoomRow } from "../../../agent/store/rows.ts";
import { someInputs } from "../../support/some-inputs.ts";

interface Case {
  readonly name: string;
  readonly inputs: Partial<RoomInputs>;
  readonly applied: RoomRow["appliedVersion"];
  readonly versionConfirmed?: string;
  readonly policy?: VersionPolicy;
  readonly want: string;
}

const applied = { specVersion: 4, specDigest: "content-4" };

const cases: readonly Case[] = [
  {
    name: "takes any version of a room nothing was applied to",
    inputs: { specVersion: 1 },
    applied: null,
    want: "ok",
  },
  { name: "takes a higher version", inputs: { specVersion: 5 }, applied, want: "ok" },
  {
    name: "takes the same version with the same content (only seeds changed)",
    inputs: { specVersion: 4, specDigest: "content-4" },
    applied,
    want: "ok",
  },
  {
    name: "warns of the same version with other content",
    inputs: { specVersion: 4 },
    applied,
    want: "SpecVersionReused",
  },
  {
    name: "refuses a lower version",
    inputs: { specVersion: 3 },
    applied,
    want: "SpecVersionRegressed",
  },
  {
    name: "takes a lower version that a person named",
    inputs: { specVersion: 3, digest: "d9" },
    applied,
    versionConfirmed: "d9",
    want: "ok",
  },
  {
    name: "refuses a lower version when other inputs were named",
    inputs: { specVersion: 3, digest: "d9" },
    applied,
    versionConfirmed: "d8",
    want: "SpecVersionRegressed",
  },
  {
    name: "does not judge a posted spec",
    inputs: { specVersion: 1, path: null },
    applied,
    want: "ok",
  },
  {
    name: "does not judge when the policy is off",
    inputs: { specVersion: 1 },
    applied,
    policy: "off",
    want: "ok",
  },
];

describe("judgeVersion", () => {
  for (const { name, inputs, applied: appliedVersion, versionConfirmed, policy, want } of cases) {
    it(name, () => {
      const row = {
        ...emptyRoom("room-harbor7", null),
        appliedVersion,
        versionConfirmed: versionConfirmed ?? null,
      };
      const verdict = judgeVersion(someInputs(inputs), row, policy ?? "monotonic");
      const got =
        verdict.kind === "refused"
          ? verdict.refusal.reason
          : verdict.kind === "warning"
            ? verdict.warning.reason
            : "ok";
      expect(got).to.equal(want);
    });
  }

  it("names the trailer and the header that would accept a lower version", () => {
    const row = { ...emptyRoom("room-harbor7", null), appliedVersion: applied };
    const verdict = judgeVersion(someInputs({ specVersion: 3 }), row, "monotonic");
    expect(verdict.kind === "refused" && verdict.refusal.message)
      .to.include("Confirm: room-harbor7")
      .and.include("X-Confirm: true");
  });
});
