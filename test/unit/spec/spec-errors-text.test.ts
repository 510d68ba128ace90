import { expect } from "chai";
import { specErrorsText } from "../../../agent/spec/spec-errors-text.ts";

const errorIn = (path: string) => ({ path, line: 7, column: 21, message: "bad" });

describe("the text of errors in spec files", () => {
  for (const [count, wanted] of [
    [1, "1 error in spec files: a.room.yaml:7:21: bad"],
    [2, "2 errors in spec files: a.room.yaml:7:21: bad; b.room.yaml:7:21: bad"],
    [
      9,
      "9 errors in spec files: a.room.yaml:7:21: bad; b.room.yaml:7:21: bad; and 7 more: GET /status lists all",
    ],
  ] as const)
    it(`names the first two of ${count}, and where the others are`, () => {
      const specErrors = ["a.room.yaml", "b.room.yaml", "c.room.yaml"].slice(0, count).map(errorIn);
      expect(specErrorsText({ specErrors, specErrorCount: count })).to.equal(wanted);
    });

  it("shows as many as are asked for", () => {
    const errors = { specErrors: [errorIn("a"), errorIn("b"), errorIn("c")], specErrorCount: 3 };
    expect(specErrorsText(errors, { max: 3, others: "" })).to.match(/ c:7:21: bad$/);
    expect(specErrorsText(errors, { max: 1, others: "" })).to.match(/: a:7:21: bad; and 2 more$/);
  });
});
