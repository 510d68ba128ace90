import { expect } from "chai";
import { expand } from "../../../agent/config/expand.ts";

const env = { HOST: "git.test", PORT: "8080", EMPTY: "", NESTED: "${HOST}", lower_1: "x" };

const cases = [
  ["nothing to fill", { kind: "plain", text: "nothing to fill" }],
  ["$HOST and 5$ and {x}", { kind: "plain", text: "$HOST and 5$ and {x}" }],
  ["${HOST}", { kind: "expanded", text: "git.test" }],
  ["https://${HOST}:${PORT}/a", { kind: "expanded", text: "https://git.test:8080/a" }],
  ["${HOST}${HOST}", { kind: "expanded", text: "git.testgit.test" }],
  ["${EMPTY}", { kind: "expanded", text: "" }],
  ["${lower_1}", { kind: "expanded", text: "x" }],
  ["${NESTED}", { kind: "expanded", text: "${HOST}" }],
  ["$${HOST}", { kind: "expanded", text: "${HOST}" }],
  ["$${HOST} ${HOST}", { kind: "expanded", text: "${HOST} git.test" }],
  ["${NOPE}", { kind: "unset", variable: "NOPE" }],
  ["${host}", { kind: "unset", variable: "host" }],
  ["${HOST", { kind: "malformed", piece: "${HOST" }],
  ["${}", { kind: "malformed", piece: "${}" }],
  ["${HOST:-x}", { kind: "malformed", piece: "${HOST:-x}" }],
  ["${ HOST }", { kind: "malformed", piece: "${ HOST }" }],
] as const;

describe("expand", () => {
  for (const [text, want] of cases) {
    it(`makes ${JSON.stringify(text)} ${want.kind}`, () => {
      expect(expand(text, env)).to.deep.equal(want);
    });
  }

  it("looks at own variables alone", () => {
    expect(expand("${constructor}", Object.freeze({}))).to.deep.include({ kind: "unset" });
  });
});
