import { expect } from "chai";
import { labelProblem } from "../../../agent/review/label-problem.ts";

const rules = { confirm: "confirm" };
const label = (id: string | null, name = "confirm") => ({ id, name });

describe("labelProblem", () => {
  it("is nothing where the one label has the id that counts, or nothing is known", () => {
    expect(labelProblem([label("11"), label("21", "dry-run")], "11", rules)).to.equal(null);
    expect(labelProblem([label("11")], null, rules)).to.equal(null);
    expect(labelProblem([], "11", rules)).to.equal(null);
    expect(labelProblem([label(null)], "11", rules)).to.equal(null);
  });

  it("names the ids of a label that was renamed or re-created", () => {
    expect(labelProblem([label("12")], "11", rules)).to.match(
      /^the label confirm has the id 12; the one that counts had the id 11\. Either it was re-created/,
    );
  });

  it("names the one of two that counts, or that none does", () => {
    expect(labelProblem([label("11"), label("12")], "11", rules)).to.equal(
      "2 labels are called confirm (ids 11, 12); the one with the id 11 counts: delete the others",
    );
    expect(labelProblem([label("12"), label("13")], "11", rules)).to.match(
      /^2 labels .* had the id 11/,
    );
  });
});
