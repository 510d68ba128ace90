import { randomBytes } from "node:crypto";
import { expect } from "chai";
import type { GitRepository } from "../support/git-repository.ts";
import type { GitFault } from "../support/git-server.ts";
import type { FaultCase, RunGiven } from "./fault-case.ts";
import type { FaultWorld } from "./fault-world.ts";
import { isFetch } from "./git-requests.ts";
import { gitOutage } from "./outage.ts";

const MB = 1024 * 1024;

/** What an agent of two small sources may take at most, whatever one of them sends. */
const MOST_RSS_MB = 300;

/**
 * Each is as large as its limit makes sense of: a file of 66 MB against `PackBytes` of 64 (1 GB would be the same refusal
 * after a minute), 100,001 files, a list of 280,000 refs, which is over what a poll
 * reads (3 million would be cut off at the same byte), and the bomb of trees as it is known.
 */
const HUGE: Readonly<Record<string, (repository: GitRepository) => string>> = {
  blob: (repository) => `100644 blob ${blobOf(repository, randomBytes(66 * MB))}`,
  files: (repository) => {
    const entry = `100644 blob ${blobOf(repository, Buffer.from("x"))}`;
    return `040000 tree ${treeOf(repository, entry, 100_001)}`;
  },
  bomb: (repository) => {
    let entry = `100644 blob ${blobOf(repository, Buffer.from("x"))}`;
    for (let level = 0; level < 7; level += 1) {
      entry = `040000 tree ${treeOf(repository, entry, 10)}`;
    }
    return entry;
  },
};

function blobOf(repository: GitRepository, bytes: Buffer): string {
  return repository.gitWithInput(bytes, "hash-object", "-w", "--stdin");
}

/** A tree that has the same entry under so many names. */
function treeOf(repository: GitRepository, entry: string, count: number): string {
  const lines = Array.from({ length: count }, (_unused, at) => `${entry}\tn${at}\n`);
  return repository.gitWithInput(lines.join(""), "mktree");
}

/** What was put beside the specs, by the repository it lies in. */
const PREPARED = new WeakMap<GitRepository, string>();

function putOn({ world }: FaultWorld, { variant }: RunGiven): void {
  const { repository } = world;
  if (variant === "refs") {
    const fault: GitFault = { kind: "body", body: manyRefs(280_000) };
    world.git.fault = (request) =>
      request.method === "POST" && !isFetch(request) ? fault : undefined;
    return;
  }
  const root = `${repository.git("ls-tree", "main")}\n${PREPARED.get(repository)}\thuge\n`;
  const tree = repository.gitWithInput(root, "mktree");
  repository.forceBranch(repository.git("commit-tree", tree, "-p", "main", "-m", "Huge"));
}

/** Cases in which a repository is far larger than anybody means it to be. */
export const gitHugeCases: readonly FaultCase[] = [
  gitOutage({
    id: "G20",
    title: "repository huge",
    variants: [...Object.keys(HUGE), "refs"],
    lasts: 3,
    withinCycles: 2,
    reasons: ["LimitExceeded", "ProtocolError"],
    avoids: ["kick", "delete"],
    prepare: ({ world: { repository } }, { variant }) => {
      const entry = HUGE[variant]?.(repository);
      if (entry !== undefined) PREPARED.set(repository, entry);
    },
    putOn,
    heal: ({ world }, { variant }) => {
      world.git.heal();
      if (variant !== "refs") world.commit({ huge: null });
    },
    during: (world, run) => smallEnough(world, run),
  }),
];

function smallEnough(world: FaultWorld, { variant }: RunGiven): void {
  expect(world.resources().rssMb, `MB of memory with ${variant}`).to.be.below(MOST_RSS_MB);
}

/** A list of so many refs in protocol v2, each in a line of its own. */
function manyRefs(count: number): Buffer {
  const lines = Array.from({ length: count }, (_unused, at) => {
    const line = `${"1".repeat(40)} refs/heads/b-${String(at).padStart(7, "0")}\n`;
    return (line.length + 4).toString(16).padStart(4, "0") + line;
  });
  return Buffer.from(`${lines.join("")}0000`);
}
