import { expect } from "chai";
import { judgeClone, ROTATION_LIMITS } from "../../../../agent/source/git/git-rotation-rule.ts";
import type { CloneBirth, RotationReason } from "../../../../agent/source/git/git-rotation-rule.ts";

const DAY = 24 * 3_600_000;
const MIB = 1024 * 1024;
const NOW = 1_800_000_000_000;

describe("judgeClone", () => {
  const young: CloneBirth = { atMs: NOW - DAY, bytes: 10 * MIB };
  const cases: {
    name: string;
    packs?: number;
    bytes?: number;
    birth?: CloneBirth | null;
    due: RotationReason | null;
  }[] = [
    { name: "a young clone of one pack", due: null },
    { name: "as many packs as are allowed", packs: 100, due: null },
    { name: "one pack more", packs: 101, due: "packs" },
    { name: "as many bytes as are allowed", bytes: 52 * MIB, due: null },
    { name: "one byte more", bytes: 52 * MIB + 1, due: "bytes" },
    {
      name: "a small clone that grew tenfold",
      bytes: MIB,
      birth: { atMs: NOW, bytes: 100_000 },
      due: null,
    },
    { name: "seven days old to the ms", birth: { atMs: NOW - 7 * DAY, bytes: 1 }, due: null },
    { name: "a ms older", birth: { atMs: NOW - 7 * DAY - 1, bytes: 1 }, due: "age" },
    {
      name: "made after now, by its own word",
      birth: { atMs: NOW + 3650 * DAY, bytes: 1 },
      due: null,
    },
    { name: "of unknown beginning, and small", birth: null, due: null },
    { name: "of unknown beginning, and large", birth: null, bytes: 500 * MIB, due: null },
    { name: "of unknown beginning, with many packs", birth: null, packs: 5_000, due: "packs" },
    { name: "many packs and old", packs: 500, birth: { atMs: 0, bytes: 1 }, due: "packs" },
  ];
  for (const { name, due, packs = 1, bytes = 10 * MIB, birth = young } of cases) {
    it(`${due === null ? "lets stay" : `makes anew for its ${due}`}: ${name}`, () => {
      expect(judgeClone({ packs, bytes, birth }, NOW).due).to.equal(due);
    });
  }

  it("begins the age of a clone of unknown beginning now, with its present size", () => {
    const { birth } = judgeClone({ packs: 3, bytes: 7, birth: null }, NOW);
    expect(birth).to.deep.equal({ atMs: NOW, bytes: 7 });
  });

  it("keeps what it knows of a beginning in the past", () => {
    expect(judgeClone({ packs: 3, bytes: 7, birth: young }, NOW).birth).to.deep.equal(young);
  });

  it("makes a clone anew once, however often the clock leaps ten years ahead and back", () => {
    const size = { packs: 1, bytes: 7 };
    let birth: CloneBirth | null = null;
    let rotations = 0;
    for (const nowMs of [NOW, NOW + 3650 * DAY, NOW, NOW + DAY, NOW, NOW + 2 * DAY]) {
      const verdict = judgeClone({ ...size, birth }, nowMs);
      rotations += verdict.due === null ? 0 : 1;
      birth = verdict.due === null ? verdict.birth : { atMs: nowMs, bytes: size.bytes };
    }
    expect(rotations).to.equal(1);
  });

  it("never makes a clone anew for its age because a clock went back", () => {
    const { due, birth } = judgeClone({ packs: 1, bytes: 1, birth: young }, NOW - 30 * DAY);
    expect(due).to.equal(null);
    expect(
      judgeClone({ packs: 1, bytes: 1, birth }, NOW - 30 * DAY + ROTATION_LIMITS.ageMs).due,
    ).to.equal(null);
  });
});
