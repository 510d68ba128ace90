import { expect } from "chai";
import { PendingRequests, type RequestEnd } from "../../../agent/request/pending-requests.ts";
import { aCause } from "../../support/an-ending.ts";

function aRequest(correlationId: string, ends: RequestEnd[]) {
  const cause = aCause({ trigger: "apply", actor: "ada", correlationId });
  const { signal: gone } = new AbortController();
  return { cause, gone, ended: (end: RequestEnd) => void ends.push(end) };
}

describe("PendingRequests", () => {
  const error = new Error("the agent stops");

  it("end all of them, and those that come later at once", () => {
    const requests = new PendingRequests();
    const ends: RequestEnd[] = [];
    requests.add("a", aRequest("one", ends));
    requests.add("a", aRequest("two", ends));
    requests.add("b", aRequest("three", ends));
    requests.endAll(error);
    requests.add("a", aRequest("four", ends));
    expect(ends).to.deep.equal(Array.from({ length: 4 }, () => ({ kind: "error", error })));
    expect(requests.has("a")).to.equal(false);
    expect(requests.take("a")).to.deep.equal([]);
  });
});
