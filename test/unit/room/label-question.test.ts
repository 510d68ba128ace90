import { expect } from "chai";
import { emptyRoom } from "../../../agent/room/empty-room.ts";
import { openQuestion } from "../../../agent/room/label-question.ts";
import type { LabelQuestion } from "../../../agent/room/label-question.ts";
import type { Room } from "../../../agent/room/room.ts";
import { someInputs } from "../../support/some-inputs.ts";

const ROOM = "room-a";
const asked = someInputs({ digest: "d2", revision: "main@sha1:2" });
const later = someInputs({ digest: "d3", revision: "main@sha1:3" });
const older = someInputs({ digest: "d1", revision: "main@sha1:1" });

const question: LabelQuestion = {
  source: "specs",
  revision: "main@sha1:2",
  commits: [],
  rooms: [ROOM],
  mayConfirm: true,
  message: "the forge does not answer",
  since: "2026-11-29T10:00:00.000Z",
};

const CASES: readonly {
  readonly name: string;
  readonly row: Partial<Room>;
  readonly inputs?: typeof asked;
  readonly rooms?: readonly string[];
  readonly isOpen: boolean;
}[] = [
  { name: "is about the inputs that its commits brought", row: { head: asked }, isOpen: true },
  {
    name: "is about them while they are enforced in the place of later ones",
    row: { head: later, enforced: asked },
    isOpen: true,
  },
  {
    name: "is not about later inputs",
    row: { head: later, enforced: asked },
    inputs: later,
    isOpen: false,
  },
  {
    name: "is not about what was enforced before",
    row: { head: asked, enforced: older },
    inputs: older,
    isOpen: false,
  },
  {
    name: "is over for inputs that were verified",
    row: { head: asked, verified: asked },
    isOpen: false,
  },
  {
    name: "is not about a room that its commits did not touch",
    row: { head: asked },
    rooms: ["room-b"],
    isOpen: false,
  },
];

describe("a question about labels that is not answered", () => {
  for (const { name, row, inputs = asked, rooms = [ROOM], isOpen } of CASES) {
    it(name, () => {
      const found = openQuestion(
        [{ ...question, rooms }],
        { ...emptyRoom(ROOM, null), ...row },
        inputs,
      );
      expect(found !== null).to.equal(isOpen);
    });
  }
});
