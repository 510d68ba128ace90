import { expect } from "chai";
import * as fc from "fast-check";
import { jsonInTurns } from "../../../agent/kernel/json-in-turns.ts";
import { othersTurns, work } from "../../support/others-turns.ts";

const asItIs = (json: string): string => json;

describe("JSON made in turns", () => {
  it("is what JSON.stringify gives", async () => {
    const value = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.array(fc.jsonValue()));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), value), async (object) => {
        expect(await jsonInTurns(object, asItIs)).to.equal(JSON.stringify(object));
      }),
    );
    const odd = { list: [1, undefined, () => 1], left: () => 1, date: new Date(0) };
    expect(await jsonInTurns(odd, asItIs)).to.equal(JSON.stringify(odd));
  });

  it("lets others have a turn, however long a list is", async () => {
    const list = Array.from({ length: 200 }, () => ({
      toJSON: () => {
        work(1);
        return 1;
      },
    }));
    let json = "";
    const turns = await othersTurns(async () => {
      json = await jsonInTurns({ list }, asItIs);
    });
    expect(turns).to.be.at.least(4);
    expect(json).to.equal(`{"list":[${Array(200).fill(1).join(",")}]}`);
  });

  it("is changed piece by piece", async () => {
    const json = await jsonInTurns({ a: ["x", "y"], x: "x" }, (text) => text.replace("x", "z"));
    expect(json).to.equal('{"a":["z","y"],"z":"z"}');
  });
});
