import { expect } from "chai";
import { withMemberNames } from "../../../agent/kernel/member-names.ts";

describe("withMemberNames", () => {
  it("finds members in any letter case and leaves others out", () => {
    const given = { RoomId: "a", ENTITIES: [], extra: 1 };
    expect(withMemberNames(given, ["roomId", "entities"])).to.deep.equal({
      roomId: "a",
      entities: [],
    });
  });

  it("prefers the member that is written exactly so", () => {
    expect(withMemberNames({ ROOMID: 1, roomId: 2, RoomId: 3 }, ["roomId"])).to.deep.equal({
      roomId: 2,
    });
  });

  for (const given of ["text", 7, null, undefined, [1], true]) {
    it(`gives ${JSON.stringify(given)} back as it is`, () => {
      expect(withMemberNames(given, ["roomId"])).to.equal(given);
    });
  }

  it("is not led astray by `__proto__`", () => {
    const given: unknown = JSON.parse('{"__proto__": {"roomId": "evil"}, "a": 1}');
    expect(withMemberNames(given, ["roomId", "a"])).to.deep.equal({ a: 1 });
  });
});
