import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { GitObjectStore } from "../../../agent/source/git/objects/git-object-store.ts";
import { GitRepository } from "../../support/git-repository.ts";

describe("GitObjectStore", () => {
  let repository: GitRepository;
  before(() => {
    repository = GitRepository.create();
    for (let round = 0; round < 12; round += 1) {
      const lines = Array.from(
        { length: 400 },
        (_, index) => `line ${index} ${(index * 7 + round) % 13}`,
      );
      repository.commit({
        [`rooms/r${round}.txt`]: lines.join("\n"),
        "rooms/changing.txt": [...lines.slice(round * 3), `round ${round}`].join("\n"),
        empty: "",
        "binary.bin": Buffer.from(
          Array.from({ length: 5_000 }, (_, index) => (index * round) % 251),
        ),
      });
    }
    repository.git("tag", "-a", "-m", "a tag", "v1", "main");
  });
  after(() => repository.remove());

  const packings: { name: string; options: string[] }[] = [
    { name: "deltas by offset", options: ["--delta-base-offset", "--depth=50", "--window=50"] },
    { name: "deltas by id", options: ["--depth=50", "--window=50"] },
    { name: "no deltas", options: ["--window=0"] },
  ];
  for (const { name, options } of packings) {
    it(`reads every object as git does: ${name}`, () => {
      const folder = join(repository.root, name.replaceAll(" ", "-"));
      mkdirSync(join(folder, "objects", "pack"), { recursive: true });
      const oids = repository
        .git("rev-list", "--objects", "--all", "--no-object-names")
        .split("\n");
      repository.gitWithInput(
        `${oids.join("\n")}\n`,
        "pack-objects",
        "--quiet",
        "--no-reuse-delta",
        ...options,
        join(folder, "objects", "pack", "pack"),
      );
      const store = new GitObjectStore(folder);
      store.refresh();
      const expected = repository
        .gitWithInput(oids.join("\n"), "cat-file", "--batch-check=%(objecttype) %(objectsize)")
        .split("\n");
      const found = oids.map((oid) => `${store.find(oid)?.type} ${store.find(oid)?.bytes.length}`);
      expect(found).to.deep.equal(expected);
      const sizes = expected.map((line) => Number(line.split(" ")[1]));
      expect(oids.map((oid) => store.sizeOf(oid))).to.deep.equal(sizes);
      expect(store.has("0".repeat(40))).to.equal(false);
      expect(store.find("f".repeat(40))).to.equal(null);
      expect(() => store.read("f".repeat(40), "blob")).to.throw("missing");
      store.close();
    });
  }
});
