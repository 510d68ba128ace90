import { expect } from "chai";
import { asSentence, joined, withoutStop } from "../../../agent/kernel/joined.ts";

describe("joined", () => {
  for (const { messages, separator, expected } of [
    { messages: [], separator: "; ", expected: "" },
    { messages: ["One."], separator: "; ", expected: "One." },
    { messages: ["One.", "two"], separator: "; ", expected: "One; two" },
    { messages: ["One.", "Two."], separator: ". ", expected: "One. Two." },
    {
      messages: ["One. Two.", "", "three more;", "entity/E-1 is out"],
      separator: "; ",
      expected: "One. Two. Three more; entity/E-1 is out",
    },
    { messages: ["One. Two", "8 of the 15"], separator: "; ", expected: "One. Two. 8 of the 15" },
    { messages: ["and so on...", "five"], separator: "; ", expected: "and so on...; five" },
    { messages: ["cut…", "six"], separator: "; ", expected: "cut…; six" },
  ]) {
    it(`makes ${JSON.stringify(expected)}`, () => {
      expect(joined(messages, separator)).to.equal(expected);
    });
  }

  for (const [message, sentence] of [
    ["it is gone", "it is gone."],
    ["It is gone.", "It is gone."],
    ['did you mean "b"?', 'did you mean "b"?'],
  ] as const)
    it(`ends ${message} with one mark as a sentence`, () => {
      expect(asSentence(message)).to.equal(sentence);
    });

  it("has no two marks side by side whatever a message ends in", () => {
    expect(`${withoutStop("It is gone. ")}; later`).to.equal("It is gone; later");
  });
});
