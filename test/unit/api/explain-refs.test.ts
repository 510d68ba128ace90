import { expect } from "chai";
import { explain } from "../../../agent/api/explain/explain.ts";
import { unblockOf } from "../../../agent/api/explain/unblock.ts";
import { isReason, type Reason, REASONS } from "../../../agent/status/reasons.ts";
import { HEAD } from "../../support/a-verified-room.ts";
import { explainFacts, SINCE } from "../../support/explain-facts.ts";

describe("explain, by what the room's source follows", () => {
  for (const [ref, says] of [
    ["main", /push it to main;/],
    ["tag v1", /push it and move the tag that the source follows \(tag v1\);/],
    [
      "semver ^1",
      /push it with a newer version tag in the range that the source follows \(semver \^1\);/,
    ],
    [`commit ${HEAD}`, /push it, then name the new commit in Ref\.Commit;/],
  ] as const) {
    it(`says how a correction reaches a source that follows ${ref}`, () => {
      const facts = explainFacts({});
      const info = { name: "specs", url: "http://git.test/specs.git", ref };
      const source = facts.source === null ? null : { ...facts.source, info };
      expect(unblockOf("SpecInvalid", { ...facts, source })).to.match(says);
    });
  }

  const SOURCES = [
    ["main", "http://git.test/specs.git", null],
    [
      "tag v1",
      "http://git.test/specs.git",
      /`git tag -f v1 && git push --force origin refs\/tags\/v1`\.$/,
    ],
    [
      "semver ^1",
      "http://git.test/specs.git",
      /a newer version in the range, .* \(semver \^1\)\.$/,
    ],
    [`commit ${HEAD}`, "http://git.test/specs.git", /Then name the new commit in Ref\.Commit\.$/],
    ["local", "file:///srv/specs", /The source is a folder: save the file instead of a push\.$/],
  ] as const;
  for (const [ref, url, says] of SOURCES) {
    it(`says for every reason what a push is to be followed by, or replaced by, where ${ref} is followed`, () => {
      const facts = explainFacts({});
      const info = { name: "specs", url, ref };
      const source = facts.source === null ? null : { ...facts.source, info };
      const words = Object.keys(REASONS).filter(isReason);
      const stepOf = (reason: Reason) => {
        const found = { reason, since: null, message: "", blocks: "yes" } as const;
        return explain({ ...facts, source }, [() => [found]]).blockedBy[0]?.unblock ?? "";
      };
      const pushing = words.filter((reason) => {
        const said = unblockOf(reason, { ...facts, source });
        return /\b(push|commit)\b/i.test(said) && !/\btags?\b|\bRef\.|\bsave\b/i.test(said);
      });
      expect(pushing).to.include.members(["Quarantined", "Overridden", "DesiredStateLost"]);
      for (const reason of pushing) {
        if (says === null) expect(stepOf(reason)).to.equal(unblockOf(reason, { ...facts, source }));
        else expect(stepOf(reason), reason).to.match(says);
      }
    });
  }

  it("says that a posted spec is posted again where a reason says to push", () => {
    const facts = explainFacts({ room: { owner: { kind: "api" } } });
    const found = { reason: "Quarantined", since: null, message: "", blocks: "yes" } as const;
    const [first] = explain({ ...facts, source: null }, [() => [found]]).blockedBy;
    expect(first?.unblock).to.match(/^Push .* The room follows a posted spec: post it again /);
  });

  it("says that what was pushed may not be known only where the server was not read", () => {
    const messageOf = (reason: Reason) =>
      explain(explainFacts({ row: { lastError: { reason, message: "no", since: SINCE } } }))
        .blockedBy[0]?.message;
    const kept = `main@sha1:${HEAD}, and its rooms are kept as that says`;
    for (const reason of ["Timeout", "Unreachable", "CorruptPack", "LaggingReplica"] as const)
      expect(messageOf(reason), reason).to.equal(
        `source specs: no. What was pushed since may not be known here; the last head read is ${kept}`,
      );
    for (const reason of [
      "UnrelatedHistory",
      "SourceEmptied",
      "SignatureMissing",
      "BranchMissing",
    ] as const)
      expect(messageOf(reason), reason).to.equal(
        `source specs: no. The last head that counts is ${kept}`,
      );
  });
});
