import { expect } from "chai";
import {
  bytesId,
  folderDigest,
  type FolderContent,
} from "../../../../agent/source/folder/folder-digest.ts";

const CONTENT: FolderContent = {
  specs: [
    { path: "a.room.yaml", oid: "sha256:1" },
    { path: "b.room.yaml", oid: "sha256:2" },
  ],
  seeds: [
    { path: "s.md", state: "sha256:3" },
    { path: "t.md", state: "SeedMissing There is no file" },
  ],
  links: ["x", "y"],
  ignored: ["c.room.YAML"],
  unread: ["d/lab.yaml"],
  filtered: [{ path: "d.room.yaml", by: "not included by Include" }],
  problem: null,
};

describe("the digest of a folder", () => {
  it("is 64 hex digits and the same whatever the order", () => {
    const { specs, seeds, links } = CONTENT;
    const turned = {
      ...CONTENT,
      specs: specs.toReversed(),
      seeds: seeds.toReversed(),
      links: links.toReversed(),
    };
    expect(folderDigest(CONTENT)).to.match(/^[0-9a-f]{64}$/);
    expect(folderDigest(turned)).to.equal(folderDigest(CONTENT));
  });

  const others: [string, Partial<FolderContent>][] = [
    ["other bytes of a spec", { specs: [{ path: "a.room.yaml", oid: "sha256:9" }] }],
    ["another path", { specs: [{ path: "z.room.yaml", oid: "sha256:1" }] }],
    ["no spec", { specs: [] }],
    ["other bytes of a seed", { seeds: [{ path: "s.md", state: "sha256:9" }] }],
    [
      "a seed that is unusable for another reason",
      { seeds: [{ path: "t.md", state: "SeedTooLarge" }] },
    ],
    ["a link", { links: ["x"] }],
    ["a link whose name is that of two", { links: ['x","y'] }],
    ["an ignored file", { ignored: [] }],
    ["a Path that is no folder", { problem: "rooms is a file" }],
  ];
  for (const [what, change] of others) {
    it(`differs with ${what}`, () => {
      expect(folderDigest({ ...CONTENT, ...change })).to.not.equal(folderDigest(CONTENT));
    });
  }

  it("names bytes by their SHA-256", () => {
    expect(bytesId(Buffer.from("abc"))).to.equal(
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});
