import { expect } from "chai";
import { commitOf } from "../../../agent/room/revision.ts";
import { pastOf } from "../../../agent/room/detour.ts";
import { marked } from "../../../agent/intake/mark-room.ts";
import type { RoomNews } from "../../../agent/intake/room-news.ts";
import { SteadyTime } from "../../../agent/kernel/steady-time.ts";
import type { Room } from "../../../agent/room/room.ts";
import { aFileRow, anInput, aRoomRow } from "../../support/a-row.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const [OLD, NEW] = [anInput("1"), anInput("2")];
const version = (specVersion: number, lineage: string) => ({
  specVersion,
  specDigest: `${specVersion}`,
  lineage,
});
const before = aRoomRow({
  head: OLD,
  enforced: OLD,
  enforcedBefore: anInput("0"),
  verified: OLD,
  lineage: "specs/1/a",
  appliedVersion: version(1, "specs/1/a"),
  keepsDmVisibility: true,
});
const inputs: RoomNews = { kind: "inputs", file: aFileRow({ inputs: OLD }) };
const broken: RoomNews = { kind: "problem", reason: "SpecInvalid", message: "no", path: "a" };

const take = (row: Room, was: Room, given: { news: RoomNews; returnedTo: string[] }) => {
  const clock = new FakeClock();
  const common = { intent: undefined, source: "main", lineage: "specs/2/b", correlationId: "c" };
  const heads = { history: "rewritten", previous: OLD.revision, revision: NEW.revision } as const;
  const all = { roomId: row.roomId, before: was, ...common, ...heads, ...given };
  const deps = { clock, steady: new SteadyTime(clock, null) };
  return marked(row, { given: all, deps, isChanged: true }).row;
};

/** What came of `before` at the rewritten head, which is carried out but for its removals. */
const away = () => {
  const marking = take({ ...before, head: NEW }, before, { news: inputs, returnedTo: [] });
  return {
    ...marking,
    enforced: NEW,
    enforcedBefore: OLD,
    appliedVersion: version(2, "specs/2/b"),
    lineage: "specs/2/b",
    keepsDmVisibility: false,
  };
};
const back = (row: Room, news: RoomNews = inputs, returnedTo = [commitOf(OLD.revision)]) =>
  take({ ...row, head: OLD }, row, { news, returnedTo });

describe("a room whose branch returns", () => {
  it("is as it was when it left", () => {
    expect(away().rewritten).to.include({ from: OLD.revision, to: NEW.revision });
    expect(back(away())).to.deep.equal(before);
  });

  it("keeps the line of a newest spec that it did not have", () => {
    const row = away();
    const head = anInput("3");
    const one = take({ ...row, head }, row, { news: inputs, returnedTo: [commitOf(OLD.revision)] });
    expect(one).to.deep.include({ ...before, head, lineage: "specs/2/b" });
  });

  const older = () => {
    const { past: _, ...detour } = away().detour ?? { from: "", since: "", added: [] };
    return { ...away(), detour };
  };
  const cases: readonly { name: string; row: () => Room; news?: RoomNews }[] = [
    { name: "what it was is not known", row: older },
    { name: "nothing at all is known of it", row: () => ({ ...away(), detour: null }) },
    { name: "its newest spec is broken", row: away, news: broken },
    { name: "it is gone", row: away, news: { kind: "gone", prune: null, why: "" } },
    { name: "a person overrode it", row: () => ({ ...away(), overridden: true }) },
  ];
  for (const { name, row, news } of cases) {
    it(`keeps its mark where ${name}`, () => {
      const problem = { reason: "SpecInvalid" as const, message: "no", revision: NEW.revision };
      const headProblem = news?.kind === "problem" ? problem : null;
      const one = back({ ...row(), headProblem }, news);
      expect(one.rewritten?.from).to.equal(OLD.revision);
      expect(one.detour).to.deep.equal(row().detour);
      expect(one.enforced).to.equal(NEW);
    });
  }

  it("is marked anew when its mark was over", () => {
    const row = { ...away(), rewritten: null, detour: null };
    const one = back(row);
    expect(one.rewritten).to.not.equal(null);
    expect(one.detour?.past).to.deep.equal(pastOf(row));
    expect(one.enforced).to.equal(NEW);
  });
});
