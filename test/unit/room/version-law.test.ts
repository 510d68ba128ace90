import { expect } from "chai";
import * as fc from "fast-check";
import {
  isLowered,
  judgeVersion,
  type VersionPolicy,
  type VersionVerdict,
} from "../../../agent/room/version-law.ts";
import { emptyRoom } from "../../../agent/room/empty-room.ts";
import type { RoomInputs, Room } from "../../../agent/room/room.ts";
import { someInputs } from "../../support/some-inputs.ts";

interface Case {
  readonly name: string;
  readonly inputs: Partial<RoomInputs>;
  readonly applied: Room["appliedVersion"];
  readonly versionConfirmed?: string;
  /** The line of commits head was observed in; default: the one that was applied. */
  readonly lineage?: string | null;
  readonly wasVerified?: boolean;
  readonly policy?: VersionPolicy;
  readonly want: string;
}

const LINE = "specs/1/abc";
const applied = { specVersion: 4, specDigest: "content-4", lineage: LINE };

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
    name: "warns of a lower version that was verified before, on the line of the applied one",
    inputs: { specVersion: 3 },
    applied,
    wasVerified: true,
    want: "SpecVersionReverted",
  },
  {
    name: "warns of a revert also when a person named it",
    inputs: { specVersion: 3, digest: "d9" },
    applied,
    wasVerified: true,
    versionConfirmed: "d9",
    want: "SpecVersionReverted",
  },
  {
    name: "refuses a lower version that was verified before on another line",
    inputs: { specVersion: 3 },
    applied,
    wasVerified: true,
    lineage: "specs/2/def",
    want: "SpecVersionRegressed",
  },
  {
    name: "refuses a lower version that was verified before when its line is not known",
    inputs: { specVersion: 3 },
    applied,
    wasVerified: true,
    lineage: null,
    want: "SpecVersionRegressed",
  },
  {
    name: "refuses a lower version when no line is known at all",
    inputs: { specVersion: 3 },
    applied: { ...applied, lineage: null },
    wasVerified: true,
    lineage: null,
    want: "SpecVersionRegressed",
  },
  {
    name: "takes a lower version of another line that a person named",
    inputs: { specVersion: 3, digest: "d9" },
    applied,
    wasVerified: true,
    lineage: "specs/2/def",
    versionConfirmed: "d9",
    want: "ok",
  },
  {
    name: "warns of the same version with other content that was verified before as of any other",
    inputs: { specVersion: 4 },
    applied,
    wasVerified: true,
    want: "SpecVersionReused",
  },
  {
    name: "takes the revert of a revert as what it is, a higher version",
    inputs: { specVersion: 5 },
    applied,
    wasVerified: true,
    want: "ok",
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

function reasonOf(verdict: VersionVerdict): string {
  switch (verdict.kind) {
    case "ok":
      return "ok";
    case "warning":
      return verdict.warning.reason;
    case "refused":
      return verdict.refusal.reason;
  }
}

function aRow(given: Pick<Case, "applied" | "versionConfirmed" | "lineage">): Room {
  const { applied: appliedVersion, versionConfirmed = null, lineage = LINE } = given;
  return { ...emptyRoom("room-harbor7", null), appliedVersion, versionConfirmed, lineage };
}

describe("judgeVersion", () => {
  for (const { name, inputs, policy = "monotonic", wasVerified = false, want, ...given } of cases) {
    it(name, () => {
      const verdict = judgeVersion(someInputs(inputs), aRow(given), { policy, wasVerified });
      expect(reasonOf(verdict)).to.equal(want);
    });
  }

  const refusalText = (given: Pick<Case, "lineage" | "wasVerified">) => {
    const facts = { policy: "monotonic", wasVerified: given.wasVerified ?? false } as const;
    const verdict = judgeVersion(
      someInputs({ specVersion: 3 }),
      aRow({ applied, ...given }),
      facts,
    );
    return verdict.kind === "refused" ? verdict.refusal.message : "";
  };

  it("says that a confirmation would accept a lower version", () => {
    expect(refusalText({})).to.include("Raise it above 4, or confirm");
  });

  it("speaks of no commit where the spec is of a folder", () => {
    const inputs = someInputs({ specVersion: 3, revision: `local@sha256:${"a".repeat(64)}` });
    const said = (lineage: string, wasVerified: boolean) => {
      const row = aRow({ applied, lineage });
      const verdict = judgeVersion(inputs, row, { policy: "monotonic", wasVerified });
      return verdict.kind === "refused" ? verdict.refusal.message : "";
    };
    expect(said(LINE, false)).to.equal(
      "metadata.version decreased from 4 to 3, and the room's history does not hold this spec as verified. " +
        "Raise it above 4, or confirm the lower version",
    );
    expect(said("specs/2/def", true)).to.equal(
      "metadata.version decreased from 4 to 3, and it cannot be shown that this came after 4 in the same folder. " +
        "Raise it above 4, or confirm the lower version",
    );
  });

  it("names the force-push after which no commit was built on the applied one", () => {
    const rewritten = { from: "main@sha1:a", to: "main@sha1:b", since: "2026-01-01T00:00:00Z" };
    const said = (lineage: string) => {
      const row = { ...aRow({ applied, lineage }), rewritten };
      const inputs = someInputs({ specVersion: 3 });
      const verdict = judgeVersion(inputs, row, { policy: "monotonic", wasVerified: false });
      return verdict.kind === "refused" ? verdict.refusal.message : "";
    };
    const force = "a force-push rewrote the history from main@sha1:a to main@sha1:b";
    expect(said("specs/2/def")).to.include(`that 4 came from: ${force}. Raise`);
    expect(said(LINE)).to.not.include("force-push");
  });

  it("says what a revert would have needed", () => {
    const [unverified, unbuilt] = ["does not hold this spec as verified", "was built on"];
    expect(refusalText({})).to.include(unverified).and.not.include(unbuilt);
    const elsewhere = refusalText({ lineage: "specs/2/def", wasVerified: true });
    expect(elsewhere).to.include(unbuilt).and.not.include(unverified);
    expect(refusalText({ lineage: null }))
      .to.include(unverified)
      .and.include(unbuilt);
  });
});

describe("the version law", () => {
  const anyCase = fc.record({
    specVersion: fc.integer({ min: 1, max: 5 }),
    specDigest: fc.constantFrom("content-3", "content-4", "content-9"),
    lineage: fc.constantFrom(LINE, "specs/2/def", null),
    appliedLineage: fc.constantFrom(LINE, "specs/2/def", null),
    versionConfirmed: fc.constantFrom(null, "d1", "d2"),
    wasVerified: fc.boolean(),
  });

  it("never lets a lower version pass that was not verified and built on the applied one, or named", () => {
    fc.assert(
      fc.property(anyCase, ({ specVersion, specDigest, lineage, appliedLineage, ...given }) => {
        const row = {
          ...emptyRoom("room-harbor7", null),
          appliedVersion: { ...applied, lineage: appliedLineage },
          lineage,
          versionConfirmed: given.versionConfirmed,
        };
        const inputs = someInputs({ specVersion, specDigest, digest: "d1" });
        const facts = { policy: "monotonic", wasVerified: given.wasVerified } as const;
        const passes = judgeVersion(inputs, row, facts).kind !== "refused";
        const isDown = specVersion < 4 && specDigest !== "content-4";
        const isRevert = given.wasVerified && lineage !== null && lineage === appliedLineage;
        expect(passes).to.equal(!isDown || isRevert || given.versionConfirmed === "d1");
      }),
    );
  });

  it("asks the history of lower versions alone, and never without a policy or a file", () => {
    const row = aRow({ applied });
    const isAsked = (given: Partial<RoomInputs>, policy: VersionPolicy = "monotonic") =>
      isLowered(someInputs(given), row, policy);
    expect(isAsked({ specVersion: 3 })).to.equal(true);
    expect(isAsked({ specVersion: 4 })).to.equal(false);
    expect(isAsked({ specVersion: 5 })).to.equal(false);
    expect(isAsked({ specVersion: 3 }, "off")).to.equal(false);
    expect(isAsked({ specVersion: 3, path: null })).to.equal(false);
    expect(isLowered(someInputs(), aRow({ applied: null }), "monotonic")).to.equal(false);
  });
});
