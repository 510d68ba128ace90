import { expect } from "chai";
import { judgeOwner, lostRefusals, withOwner } from "../../../agent/room/judge-owner.ts";
import type { LostOwner } from "../../../agent/room/lost-owner.ts";
import type { Room } from "../../../agent/room/room.ts";
import { aRoomRow } from "../../support/a-row.ts";

const NOW = "2026-01-02T00:00:00.000Z";
const EARLIER = "2026-01-01T00:00:00.000Z";
const PATH = "rooms/harbor7.room.yaml";
const owned = aRoomRow({ verifiedBefore: true, overridden: true });
const lost = (reason: LostOwner["reason"], since = EARLIER): Room => ({
  ...owned,
  owner: null,
  lostOwner: { source: "main", path: PATH, reason, since },
});

/** Sources that are configured, and those of them that may manage every room. */
const rules = (configured: readonly string[], allowed = configured) => ({
  isConfigured: (source: string) => configured.includes(source),
  isRoomAllowed: (source: string) => allowed.includes(source),
});

describe("judgeOwner", () => {
  const cases = [
    { name: "keeps a configured owner", row: owned, given: rules(["main"]), want: "main" },
    {
      name: "takes it from one that is not",
      row: owned,
      given: rules([]),
      want: "SourceNotConfigured",
    },
    {
      name: "takes it from one that may not",
      row: owned,
      given: rules(["main"], []),
      want: "RoomNotAllowed",
    },
    {
      name: "gives it back",
      row: lost("SourceNotConfigured"),
      given: rules(["main"]),
      want: "main",
    },
    {
      name: "knows another reason",
      row: lost("SourceNotConfigured"),
      given: rules(["main"], []),
      want: "RoomNotAllowed",
    },
    {
      name: "leaves a room to a person that its source was changed without",
      row: lost("SourceChanged"),
      given: rules(["main"]),
      want: "SourceChanged",
    },
    {
      name: "does so while the source is not configured",
      row: lost("SourceChanged"),
      given: rules([]),
      want: "SourceChanged",
    },
    {
      name: "leaves a posted room alone",
      row: { ...owned, owner: { kind: "api" } as const },
      given: rules([]),
      want: "api",
    },
    {
      name: "leaves an orphan alone",
      row: { ...owned, owner: null },
      given: rules(["main"]),
      want: null,
    },
  ];
  for (const { name, row, given, want } of cases) {
    it(name, () => {
      const { owner, lostOwner } = judgeOwner(row, given, NOW);
      const kind = owner?.kind === "git" ? owner.source : (owner?.kind ?? null);
      expect(kind ?? lostOwner?.reason ?? null).to.equal(want);
    });
  }

  it("gives back the very row where nothing changes, also a second time", () => {
    expect(judgeOwner(owned, rules(["main"]), NOW)).to.equal(owned);
    const once = judgeOwner(owned, rules([]), EARLIER);
    expect(judgeOwner(once, rules([]), NOW)).to.equal(once);
  });

  it("says the same in conditions and refusals, and keeps what is known of the room", () => {
    const row = judgeOwner(owned, rules([]), NOW);
    expect(row).to.include({ verifiedBefore: true, overridden: true });
    expect(row.refusals).to.deep.equal(lostRefusals(row));
    const [message] = row.refusals.map((refusal) => refusal.message);
    expect(row.conditions).to.deep.equal(
      ["Ready", "Stalled"].map((type) => ({
        type,
        status: type === "Ready" ? "False" : "True",
        reason: "SourceNotConfigured",
        message,
        lastTransitionTime: NOW,
      })),
    );
  });

  it("clears what an older configuration refused", () => {
    const refusals = lostRefusals(lost("RoomNotAllowed"));
    const row = judgeOwner({ ...owned, refusals }, rules(["main"]), NOW);
    expect(row.refusals).to.deep.equal([]);
    expect(row.conditions.map(({ type, status }) => `${type} ${status}`)).to.deep.equal([
      "Ready Unknown",
    ]);
  });

  it("says nothing of the lost owner once another has the room", () => {
    const owner = { kind: "git", source: "other", path: "x" } as const;
    const row = withOwner(lost("RoomNotAllowed"), owner, NOW);
    expect(row).to.deep.include({ owner, lostOwner: null, refusals: [] });
  });
});
