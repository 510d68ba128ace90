import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import type { FaultCase, RunGiven } from "./fault-case.ts";
import { PATIENCE_MS } from "./fault-world.ts";
import type { FaultWorld } from "./fault-world.ts";
import { gitOutage, inWorld } from "./outage.ts";
import type { Outage } from "./outage.ts";

const ROOM_FILES = /^(rooms|seeds)\//;

const forced: Pick<Outage, "id" | "title" | "variants" | "withinCycles" | "smoke"> = {
  id: "G17",
  title: "forced push",
  variants: ["older", "unrelated", "sameTree", "amended"],
  withinCycles: 2,
  smoke: true,
};

/** Cases in which the branch does not say what it said, or says nothing. */
export const gitHistoryCases: readonly FaultCase[] = [
  { ...forced, run: (run) => inWorld({ ...forced, needs: ["kick"] }, run, playForced) },
  gitOutage({
    id: "G18",
    title: "branch deleted",
    withinCycles: 2,
    reasons: ["BranchMissing"],
    pushes: "atEnd",
    putOn: ({ world }) => {
      world.repository.commit({ "README.md": "elsewhere" }, { branch: "elsewhere" });
      world.repository.deleteBranch();
    },
    heal: () => undefined,
  }),
  gitOutage({
    id: "G19",
    title: "repository emptied",
    variants: ["refs", "files", "folder", "texts"],
    withinCycles: 2,
    pushes: "atEnd",
    settings: { Git__Sources__0__Path: "rooms" },
    putOn: empty,
    heal: () => undefined,
    during: async (world, { variant }) => {
      const expected = { refs: "RepositoryEmpty", files: "SourceEmptied", folder: "SourceEmptied" };
      const reason = variant === "texts" ? null : expected[variant as keyof typeof expected];
      expect(await world.sourceReason()).to.equal(reason);
    },
  }),
];

function empty({ world }: FaultWorld, { variant }: RunGiven): void {
  const { repository } = world;
  const files = repository.git("ls-tree", "-r", "--name-only", "main").split("\n");
  const change = (chosen: readonly string[], content: string | null, more = {}) =>
    void world.commit({
      ...Object.fromEntries(chosen.map((file) => [file, content])),
      ...more,
    });
  const specs = files.filter((file) => file.endsWith(".room.yaml"));
  switch (variant) {
    case "refs":
      repository.deleteBranch();
      return;
    case "files":
      change(specs, null, { "rooms/README.md": "nothing here" });
      return;
    case "folder":
      change(
        files.filter((file) => ROOM_FILES.test(file)),
        null,
        { "README.md": "nothing here" },
      );
      return;
    default:
      change(specs, "");
  }
}

/** The branch is put where its head is no child of the head before. What that takes out waits for a word. */
async function playForced(world: FaultWorld, _given: unknown, { variant }: RunGiven) {
  const { story } = world;
  const { repository } = world.world;
  const first = repository.head() ?? "";
  world.push();
  await world.converged();
  const writes = (await world.world.writes(story.room)).length;
  const removed = await world.removals();
  const since = async () => (await world.world.writes(story.room)).slice(writes);
  switch (variant) {
    case "amended":
    case "sameTree": {
      const under = variant === "amended" ? ["-p", first] : [];
      const tree = repository.git("rev-parse", "main^{tree}");
      repository.forceBranch(repository.git("commit-tree", tree, ...under, "-m", "The same, anew"));
      if (variant === "sameTree") await keptUntilAccepted(world);
      await world.world.observed(undefined, PATIENCE_MS);
      await world.morePolls(5);
      const expected = variant === "amended" ? [] : THROWN_OUT_AND_BACK;
      expect(await since(), "writes after a push that changes nothing").to.deep.equal(expected);
      return 0;
    }
    case "older":
      repository.forceBranch(first);
      await refusedFor(world, "SpecVersionRegressed");
      await world.morePolls(5);
      expect(await since(), "writes for an older version").to.deep.equal([]);
      await world.check();
      story.goBack();
      break;
    default:
      world.push({ parents: [], message: "A history of its own\n\nConfirm: true" });
      await keptUntilAccepted(world);
      await refusedFor(world, "HistoryRewritten");
      await world.morePolls(5);
      expect(await world.removals(), "removals after a forced push").to.deep.equal(removed);
      await world.check();
  }
  const confirmedMs = Date.now();
  world.world.commit({}, `Yes\n\nConfirm: ${story.room}`);
  await world.converged();
  return world.cyclesToConverge(confirmedMs);
}

/** Somebody throws an entity out, and the agent puts it back. */
const THROWN_OUT_AND_BACK = ["kick E-01", "join E-01"];

/**
 * The head shares no commit with the one before. Until a person accepts it nothing of it is carried out, additions neither, and
 * the room is held to what it was.
 */
async function keptUntilAccepted(world: FaultWorld): Promise<void> {
  const { story } = world;
  const head = world.world.repository.head() ?? "";
  const { verifiedRevision } = await world.world.room(story.room);
  const writes = (await world.world.writes(story.room)).length;
  const isTold = async () => (await world.sourceReason()) === "UnrelatedHistory";
  await eventually("the source says UnrelatedHistory", isTold, PATIENCE_MS);
  await world.world.kickByHand(story.room, "E-01");
  await world.mended("E-01");
  await world.morePolls(5);
  expect(await world.sourceReason()).to.equal("UnrelatedHistory");
  const since = (await world.world.writes(story.room)).slice(writes);
  expect(since, "writes before it is accepted").to.deep.equal(THROWN_OUT_AND_BACK);
  expect((await world.world.room(story.room)).verifiedRevision).to.equal(verifiedRevision);
  await world.check();
  const answer = await world.world.accept(head);
  expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
}

async function refusedFor({ world, story }: FaultWorld, reason: string): Promise<void> {
  await eventually(
    `${story.room} is told ${reason}`,
    async () => {
      const room = await world.room(story.room);
      const reasons = [...room.refusals, ...room.conditions].map((each) => each.reason);
      if (reasons.includes(reason) || room.headProblem?.reason === reason) return true;
      throw new Error(JSON.stringify(room));
    },
    PATIENCE_MS,
  );
}
