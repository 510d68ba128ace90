import { expect } from "chai";
import { waitingConfirmations } from "../../../agent/api/waiting-confirmations.ts";
import { PRUNE_MARK } from "../../support/a-prune-mark.ts";
import { aConfirmation, aRoomRow } from "../../support/a-row.ts";

const ROW = aConfirmation({ origin: "commit", source: "specs", inputs: "sha256:prune" });

describe("confirmations of a room that wait", () => {
  const forSource = (given: Parameters<typeof aRoomRow>[0]) =>
    waitingConfirmations(aRoomRow(given), [ROW]).confirmations?.map((one) => one.forSource);

  it("count at once where they confirm a prune, though the room has no owner", () => {
    expect(forSource({ owner: null, prune: PRUNE_MARK })).to.deep.equal([undefined]);
  });

  it("count once their source has the room where another one removed its file, or none does", () => {
    expect(forSource({ owner: null, prune: { ...PRUNE_MARK, source: "other" } })).to.deep.equal([
      "specs",
    ]);
    expect(forSource({ owner: null })).to.deep.equal(["specs"]);
  });
});
