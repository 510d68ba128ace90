import { expect } from "chai";
import type { SourceRef } from "../../../agent/config/config.ts";
import { isBack } from "../../../agent/room/detour.ts";
import {
  commitOf,
  headName,
  isLocal,
  observedRevision,
  shownRef,
  toRevision,
} from "../../../agent/room/revision.ts";
import { aSourceRow } from "../../support/a-row.ts";

const OID = "0123456789abcdef0123456789abcdef01234567";

describe("revisions", () => {
  const cases: { ref: SourceRef; tag: string | null; shown: string; revision: string }[] = [
    {
      ref: { kind: "branch", name: "release/1.x" },
      tag: null,
      shown: "release/1.x",
      revision: `release/1.x@sha1:${OID}`,
    },
    {
      ref: { kind: "tag", name: "v1" },
      tag: "v1",
      shown: "tag v1",
      revision: `v1@sha1:${OID}`,
    },
    {
      ref: { kind: "semver", range: ">=1.2 <3" },
      tag: "v2.9.1",
      shown: "semver >=1.2 <3",
      revision: `v2.9.1@sha1:${OID}`,
    },
    {
      ref: { kind: "commit", oid: OID },
      tag: null,
      shown: `commit ${OID}`,
      revision: `sha1:${OID}`,
    },
  ];
  for (const { ref, tag, shown, revision } of cases) {
    it(`name what a ${ref.kind} was found at, and hold the commit`, () => {
      expect(shownRef(ref)).to.equal(shown);
      expect(toRevision(headName(shown, tag), OID)).to.equal(revision);
      expect(commitOf(revision)).to.equal(OID);
    });
  }

  it("of a folder hold the digest of what was read", () => {
    const digest = "0123456789abcdef".repeat(4);
    const revision = toRevision(headName(shownRef({ kind: "local" }), null), digest);
    expect(revision).to.equal(`local@sha256:${digest}`);
    expect(commitOf(revision)).to.equal(digest);
    expect(isLocal(revision)).to.equal(true);
  });

  for (const revision of [`local@sha1:${OID}`, `api@sha256:${OID}`, `main@sha1:${OID}`]) {
    it(`${revision.slice(0, 12)}… is not one of a folder`, () => {
      expect(isLocal(revision)).to.equal(false);
    });
  }

  it("show a tag and a branch of one name apart", () => {
    const [branch, tag] = (["branch", "tag"] as const).map((kind) =>
      shownRef({ kind, name: "v1" }),
    );
    expect(branch).to.not.equal(tag);
  });

  it("of a source from before there were tags name its branch", () => {
    const { observedName: _none, ...old } = aSourceRow({ ref: "main", observedHead: OID });
    expect(observedRevision(old)).to.equal(`main@sha1:${OID}`);
  });

  it("of a source whose ref was changed name what its head was found at", () => {
    const row = aSourceRow({ ref: "semver ^1", observedHead: OID, observedName: "main" });
    expect(observedRevision(row)).to.equal(`main@sha1:${OID}`);
    expect(observedRevision({ ...row, observedName: null })).to.equal(`sha1:${OID}`);
  });

  it("are of one commit whatever tag it was found at", () => {
    expect(isBack({ from: `v1.2.0@sha1:${OID}` }, [OID])).to.equal(true);
    expect(isBack({ from: `v1.2.0@sha1:${OID}` }, ["1".repeat(40)])).to.equal(false);
  });
});
