import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { expect } from "chai";
import { lightAnswer } from "../../support/git-light-answers.ts";
import { GitRepository } from "../../support/git-repository.ts";

const packet = (text: string) => `${(text.length + 5).toString(16).padStart(4, "0")}${text}\n`;
const question = (command: string, lines: readonly string[]) =>
  Buffer.from(
    `${packet(`command=${command}`)}${packet("object-format=sha1")}0001${lines.map(packet).join("")}0000`,
  );
const refs = (...prefixes: readonly string[]) =>
  question("ls-refs", ["peel", ...prefixes.map((prefix) => `ref-prefix ${prefix}`)]);
const fetchOf = (...lines: readonly string[]) =>
  question("fetch", ["no-progress", "ofs-delta", ...lines, "done"]);

describe("what the tests' git server answers without git", () => {
  let git: GitRepository;
  const folder = mkdtempSync(join(tmpdir(), "room-operator-light-"));
  const commits = new Map<string, string>();
  const id = (name: string) => commits.get(name) ?? name;
  /** Replaces names of commits in braces. */
  const named = (line: string) => line.replace(/\{(\w+)\}/, (_, name: string) => id(name));

  before(() => {
    git = GitRepository.create();
    const commit = (
      name: string,
      parents: readonly string[],
      files: Record<string, string | null>,
      branch = "main",
    ) => {
      const options = { branch, parents: parents.map(id), message: name };
      commits.set(name, git.commit(files, options));
    };
    const long = Array.from({ length: 4000 }, (_, at) => `${at * at * 7919} `).join("");
    commit("root", [], { "rooms/a.yaml": "a\n", "rooms/deep/b.yaml": "b\n", "ä.md": "1\n" });
    commit("second", ["root"], { "rooms/a.yaml": "a 2\n", "rooms/copy.yaml": "b\n" });
    commit("third", ["second"], { "rooms/deep/b.yaml": null, "big.txt": `${long}${long}` });
    commit("fourth", ["third"], { "rooms/deep/c.yaml": "c\n", "rooms/a.yaml": "a\n" });
    commit("side", ["root"], { "side.md": "s\n" }, "side");
    commit("rewritten", ["second"], { "rooms/a.yaml": "other\n" }, "release/1");
    commit("merge", ["fourth", "side"], { "side.md": "s\n" }, "main2");
    commit("empty", ["fourth"], {});
    git.point("refs/tags/v1.2.0", id("second"));
  });
  after(() => {
    git.remove();
    rmSync(folder, { recursive: true });
  });

  function askGit(body: Buffer): Buffer {
    return execFileSync("git", ["upload-pack", "--stateless-rpc", git.folder], {
      input: body,
      env: { ...process.env, GIT_PROTOCOL: "version=2" },
      stdio: ["pipe", "pipe", "ignore"],
    });
  }

  /** What is before a pack, and the ids of the objects in it, sorted. */
  function unpacked(answer: Buffer): { readonly head: string; readonly oids: readonly string[] } {
    const parts: Buffer[] = [];
    let at = answer.indexOf("packfile\n") + 9;
    const head = answer.toString("latin1", 0, at);
    while (at < answer.length - 4) {
      const length = Number.parseInt(answer.toString("latin1", at, at + 4), 16);
      expect(answer[at + 4]).to.equal(1);
      parts.push(answer.subarray(at + 5, at + length));
      at += length;
    }
    expect(answer.toString("latin1", at)).to.equal("0000");
    const file = join(folder, "some.pack");
    writeFileSync(file, Buffer.concat(parts));
    git.git("index-pack", file);
    const listed = execFileSync("git", ["show-index"], {
      input: readFileSync(`${file.slice(0, -5)}.idx`),
    });
    rmSync(file, { force: true });
    rmSync(`${file.slice(0, -5)}.idx`, { force: true });
    const oids = listed.toString().match(/\b[0-9a-f]{40}\b/g) ?? [];
    return { head, oids: oids.toSorted() };
  }

  for (const prefixes of [
    ["refs/heads/main"],
    ["refs/heads/"],
    ["refs/heads/none"],
    ["refs/tags/v1.", "refs/heads/side"],
  ]) {
    it(`lists ${prefixes.join(" and ")} as git does`, () => {
      const asked = refs(...prefixes);
      expect(lightAnswer(git.folder, asked)?.toString()).to.equal(askGit(asked).toString());
    });
  }

  for (const lines of [
    ["deepen 1", "want {root}"],
    ["deepen 1", "want {fourth}"],
    ["want {root}", "have {side}"],
    ["want {empty}", "have {fourth}"],
    ["want {fourth}", "have {second}"],
    ["want {fourth}"],
    ["want {merge}", "have {second}", `have ${"1".repeat(40)}`],
    ["shallow {third}", "want {empty}", "have {third}"],
    ["shallow {third}", "want {rewritten}", "have {third}"],
    ["shallow {root}", "want {rewritten}", "have {fourth}", "have {side}"],
    ["shallow {second}", "want {merge}", "have {fourth}"],
  ]) {
    it(`sends for "${lines.join(", ")}" what git sends`, () => {
      const asked = fetchOf(...lines.map(named));
      const answer = lightAnswer(git.folder, asked);
      expect(unpacked(answer ?? Buffer.alloc(0))).to.deep.equal(unpacked(askGit(asked)));
    });
  }

  describe("leaves to git", () => {
    const left: readonly (readonly [what: string, asked: () => Buffer])[] = [
      ["all refs", () => refs()],
      ["HEAD", () => refs("HEAD")],
      ["two commits", () => fetchOf(...["want {root}", "want {side}"].map(named))],
      ["a commit that is missing", () => fetchOf(`want ${"1".repeat(40)}`)],
      ["a blob", () => fetchOf(`want ${git.oidOf(id("root"), "rooms/a.yaml")}`)],
      ["a filter", () => fetchOf("filter blob:none", named("want {root}"))],
      ["more depth", () => fetchOf("deepen 2", named("want {fourth}"))],
      [
        "depth over a clone",
        () => fetchOf(...["deepen 1", "shallow {root}", "want {side}"].map(named)),
      ],
      [
        "a talk about commits",
        () => question("fetch", ["no-progress", "ofs-delta", named("want {root}")]),
      ],
      ["nonsense", () => Buffer.from("nonsense")],
      ["a request that ends early", () => refs("refs/heads/main").subarray(0, -4)],
      ["other options", () => question("fetch", ["thin-pack", named("want {root}"), "done"])],
    ];
    for (const [what, asked] of left)
      it(what, () => expect(lightAnswer(git.folder, asked())).to.equal(null));

    const states: readonly (readonly [what: string, change: (other: GitRepository) => void])[] = [
      [
        "a repository with hidden refs",
        ({ folder: at }) => appendFileSync(join(at, "config"), "[transfer]\n\thideRefs = refs/x\n"),
      ],
      ["packed commits", (other) => other.git("repack", "-a", "-d", "-q")],
      ["a tag with a note", (other) => other.tag("v1", "refs/heads/main", "note")],
      [
        "a shallow repository",
        (other) => writeFileSync(join(other.folder, "shallow"), `${other.head()}\n`),
      ],
      [
        "an object that is not what its name says",
        (other) => {
          const head = other.head() ?? "";
          const file = join(other.folder, "objects", head.slice(0, 2), head.slice(2));
          rmSync(file);
          writeFileSync(file, deflateSync(Buffer.from("commit 5\0tree ")));
        },
      ],
      [
        "a ref that names another",
        (other) => other.git("symbolic-ref", "refs/heads/trunk", "refs/heads/main"),
      ],
      [
        "a ref to nothing",
        (other) => writeFileSync(join(other.folder, "refs/heads/next"), `${"2".repeat(40)}\n`),
      ],
    ];
    for (const [what, change] of states)
      it(what, () => {
        const other = GitRepository.create();
        other.commit({ a: "1" });
        const asked = refs("refs/heads/", "refs/tags/");
        expect(lightAnswer(other.folder, asked)).not.to.equal(null);
        change(other);
        expect(lightAnswer(other.folder, asked)).to.equal(null);
        other.remove();
      });
  });
});
