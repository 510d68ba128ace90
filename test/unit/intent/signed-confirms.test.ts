import { expect } from "chai";
import { commitWords } from "../../../agent/intent/commit-words.ts";
import { withSignedConfirms } from "../../../agent/intent/signed-confirms.ts";
import type { CommitSignature } from "../../../agent/source/commit-signature.ts";
import type { CommitRecord } from "../../../agent/source/spec-source.ts";

const KEY = `SHA256:${"k".repeat(43)}`;
const GOOD: CommitSignature = { kind: "good", tool: "ssh", key: KEY, name: "ada@example.org" };
const BAD: CommitSignature = { kind: "bad", reason: "SignatureMissing", why: "is not signed" };

function said(message: string, signature?: CommitSignature) {
  const commit: CommitRecord = {
    oid: "1".repeat(40),
    parents: ["2".repeat(40)],
    message,
    author: "Ada",
    committer: "Ada",
    committedAtMs: 0,
    touches: [],
    ...(signature && { signature }),
  };
  const words = commitWords({ history: "descends", commits: [commit] });
  return (signers: readonly string[] | null) => withSignedConfirms(words, signers)[0];
}

describe("withSignedConfirms", () => {
  const confirm = "Go\n\nConfirm: room-a";

  it("lets a Confirm count that one of the keys signed, and any where none is asked for", () => {
    expect(said(confirm, GOOD)([KEY])?.confirm).to.deep.equal(["room-a"]);
    expect(said(confirm)(null)?.confirm).to.deep.equal(["room-a"]);
  });

  for (const [what, signature, why] of [
    ["unsigned", BAD, "this commit is not signed"],
    ["not checked", undefined, "this commit was not checked"],
    ["of another key", { ...GOOD, key: "A".repeat(40) }, "is signed by ada@example.org"],
  ] as const) {
    it(`ignores one that is ${what}, on the rooms that it names`, () => {
      const words = said(confirm, signature)([KEY]);
      expect(words?.confirm).to.equal(null);
      expect(words?.ignored).to.have.length(1);
      expect(words?.ignored[0]).to.deep.include({ line: "Confirm: room-a", rooms: ["room-a"] });
      expect(words?.ignored[0]?.reason)
        .to.match(/^NotSigned: /)
        .and.include(why);
    });
  }

  it("leaves what else the commit says", () => {
    const words = said("Go\n\nDry-Run: room-a\nOverride-Window: urgent", BAD)([KEY]);
    expect(words).to.deep.include({ dryRun: ["room-a"], override: "urgent", ignored: [] });
  });
});
