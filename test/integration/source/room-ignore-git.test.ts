import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readIgnoreFiles } from "../../../agent/source/room-ignore.ts";
import { seededRandom } from "../../support/seeded-random.ts";

const FOLDERS = ["", "a/", "a/b/", "b/", "a b/", "a[1]/", "a/b/c/"];
const NAMES = ["a", "b", "x.yaml", "y.yaml", "#c", "!d"];
const PATTERNS = [
  ["a", "b/", "/a", "/a/", "!a", "!b/", "*.yaml", "!x.yaml", "a/b", "/a/b/", "**/b", "a/**"],
  ["a/**/x.yaml", "!a/b/", "!a/b/**", "*", "!*/", "x.*", "y.yaml ", "\\#c", "\\!d", "#c", "?"],
  ["[ab]", "!/b", "b/*", "!b/x.yaml", "**", "a*/", "*b", "", "  ", "a\\[1\\]/x.yaml", "a b/y.*"],
].flat();

/** What git itself ignores, where the same files are called `.gitignore`. */
describe("readIgnoreFiles against git", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "room-ignore-"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const git = (...args: readonly string[]) =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8" });

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }

  it("ignores the same of 200 trees", () => {
    const random = seededRandom(7);
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
    git("init", "-q");
    const paths = FOLDERS.flatMap((at) => NAMES.map((name) => `${at}${name}_/${name}`)).concat(
      FOLDERS.flatMap((at) => ["x.yaml", "y.yaml", "#c", "!d"].map((name) => `${at}${name}`)),
    );
    const rounds = Array.from({ length: 200 }, (_, round) => {
      const files = new Map<string, string>();
      for (const at of FOLDERS) {
        if (random() < 0.6) continue;
        const lines = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(PATTERNS));
        files.set(at, lines.join(random() < 0.2 ? "\r\n" : "\n"));
      }
      for (const [at, text] of files) write(`${round}/${at}.gitignore`, text);
      return files;
    });
    // One process for all trees: their rules hold in them alone.
    const theirs = ignoredByGit(
      rounds.flatMap((_, round) => paths.map((path) => `${round}/${path}`)),
    );
    for (const [round, files] of rounds.entries()) {
      const ignoreFiles = [...files].map(([at, text]) => {
        return { path: `${at}.roomignore`, bytes: Buffer.from(text) };
      });
      const rules = readIgnoreFiles(ignoreFiles, ".");
      const ours = paths.filter((path) => rules.whyIgnored(path) !== null);
      const inRound = theirs.filter((path) => path.startsWith(`${round}/`));
      expect(
        ours.map((path) => `${round}/${path}`),
        JSON.stringify([...files]),
      ).to.deep.equal(inRound);
    }
    const met = theirs.length;
    expect(met).to.be.above(1_000);
  });

  function ignoredByGit(paths: readonly string[]): readonly string[] {
    try {
      const input = paths.join("\0");
      const args = ["check-ignore", "--no-index", "--stdin", "-z"];
      const told = execFileSync("git", args, { cwd: folder, input, encoding: "utf8" });
      return told.split("\0").filter((path) => path !== "");
    } catch (error) {
      // Nothing is ignored.
      if (error instanceof Error && "status" in error && error.status === 1) return [];
      throw error;
    }
  }
});
