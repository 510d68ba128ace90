import { expect } from "chai";
import { withUselessNaming } from "../../../agent/intake/useless-naming.ts";
import type { RoomNews } from "../../../agent/intake/room-news.ts";
import type { RoomIntent } from "../../../agent/intent/room-intent.ts";
import type { Room } from "../../../agent/room/room.ts";
import { aFileRow } from "../../support/a-row.ts";
import { aVerifiedRoom, theInputs } from "../../support/a-verified-room.ts";

const LINE = "Confirm: lab-01";
const naming = {
  originId: "c1",
  actor: "Ada",
  line: LINE,
  dryRun: { kind: "off" },
} as const;
const INTENT: RoomIntent = {
  touched: true,
  named: true,
  dryRun: { kind: "off" },
  confirmations: [],
  confirmedByName: true,
  naming,
  ignored: [],
};
const confirmation = { origin: "commit", originId: "c1", actor: "Ada", named: true } as const;

const inputs = (specVersion: number) => theInputs({ digest: "next", specVersion });
const brings = (specVersion: number): RoomNews => ({
  kind: "inputs",
  file: aFileRow({ roomId: "lab-01", inputs: inputs(specVersion) }),
});

interface Row {
  readonly intent?: Partial<RoomIntent>;
  readonly before?: Room | null;
  readonly news?: RoomNews;
  readonly reviewed?: true;
}

const NOTHING = "nothing of the room was refused";
const BRINGS = "the commit brings the room's file";
const orphan = aVerifiedRoom({ owner: null });

const ROWS: readonly (readonly [string, Row, string | null])[] = [
  ["changes the file and removes nothing", {}, NOTHING],
  ["changes it, and a later one changes it back", { news: { kind: "intentOnly" } }, NOTHING],
  ["brings a new room", { before: null }, BRINGS],
  ["brings the file of an orphan", { before: orphan }, BRINGS],
  [
    "removes something",
    { intent: { confirmations: [{ ...confirmation, items: ["entity/E1"] }] } },
    null,
  ],
  ["changes other files", { intent: { touched: false } }, null],
  ["lowers the version", { news: brings(3) }, null],
  [
    "ends a dry run of the push",
    { intent: { naming: { ...naming, dryRun: { kind: "on", commit: "c0" } } } },
    null,
  ],
  [
    "comes to a room that is a dry run",
    { before: aVerifiedRoom({ dryRun: { commit: "c0" } }) },
    null,
  ],
  ["confirms a plan that must be reviewed", { reviewed: true }, null],
  ["removes the file", { news: { kind: "gone", prune: null, why: "" } }, null],
  [
    "is said not to count",
    { intent: { ignored: [{ commit: "c1", line: LINE, reason: "said" }] } },
    null,
  ],
];

describe("a Confirm by name in a push that changes the room's file", () => {
  for (const [what, row, expected] of ROWS)
    it(`${expected === null ? "is not reported" : "is reported as of no use"} where its commit ${what}`, () => {
      const { before = aVerifiedRoom(), news = brings(5) } = row;
      const intent = { ...INTENT, ...row.intent };
      const logged: unknown[] = [];
      const log = { info: () => undefined, warn: (line: unknown) => void logged.push(line) };
      const requiresReview = () => row.reviewed === true;
      const after = withUselessNaming(
        intent,
        { before, news, source: "specs" },
        { log, requiresReview },
      );
      const added = after?.ignored.slice(intent.ignored.length) ?? [];
      expect(added).to.have.length(expected === null ? 0 : 1);
      expect(logged).to.have.length(added.length);
      if (expected === null) return;
      expect(added[0]).to.include({ commit: "c1", line: LINE });
      expect(added[0]?.reason).to.include(expected);
    });
});
