import { expect } from "chai";
import { whyOrphaned, whyTakenOver } from "../../../agent/intake/withdrawn-why.ts";
import { aVerifiedRoom } from "../../support/a-verified-room.ts";

const GONE = { kind: "gone", prune: null, why: "" } as const;
const CLAIM = { source: "other", path: "b/lab.room.yaml" };
const LOST = { source: "specs", path: "lab.room.yaml", reason: "SourceNotConfigured" } as const;

describe("why a confirmation is withdrawn", () => {
  it("names the file that moved, the one of another source, or neither", () => {
    const waitsFor = { ...CLAIM, head: "c1", by: "specs" };
    expect(whyOrphaned({ ...GONE, waitsFor }, "specs", [CLAIM])).to.equal(
      'the room\'s file moved to b/lab.room.yaml, which source "other" reads',
    );
    expect(whyOrphaned(GONE, "specs", [CLAIM])).to.equal(
      'the room lost its spec: source "specs" has no file of it any more, and b/lab.room.yaml of source "other" names it',
    );
    expect(whyOrphaned(GONE, "specs", [])).to.equal("the room lost its spec");
  });

  it("names the configuration that took the room from its source", () => {
    const room = aVerifiedRoom({
      owner: null,
      lostOwner: { ...LOST, since: "2026-01-01T00:00:00.000Z" },
    });
    const text =
      'source "specs" may not have the room any more (SourceNotConfigured), and source "renamed" has ';
    expect(whyTakenOver(room, "renamed", true)).to.equal(`${text}another spec of it`);
    expect(whyTakenOver(room, "renamed", false)).to.equal(`${text}a file of it that is not valid`);
    expect(whyTakenOver(aVerifiedRoom(), "renamed", true)).to.equal(
      "the room's spec comes from another owner than before",
    );
  });
});
