import { expect } from "chai";
import { withMemberNames } from "../../../agent/kernel/member-names.ts";

describe("withMemberNames", () => {
  it("finds members in any letter case and leaves others out", () => {
    const given = { RoomId: "a", ENTITIES: [], extra: 1 };
    expect(withMemberNames(["roomId", "entities"])(given)).to.deep.equal({
      roomId: "a",
      entities: [],
    });
  });

  it("prefers the member that is written exactly so", () => {
    expect(withMemberNames(["roomId"])({ ROOMID: 1, roomId: 2, RoomId: 3 })).to.deep.equal({
      roomId: 2,
    });
  });

  for (const given of ["text", 7, null, undefined, [1], true]) {
    it(`gives ${JSON.stringify(given)} back as it is`, () => {
      expect(withMemberNames(["roomId"])(given)).to.equal(given);
    });
  }

  it("is not led astray by `__proto__`", () => {
    const given: unknown = JSON.parse('{"__proto__": {"roomId": "evil"}, "A": 1}');
    expect(withMemberNames(["roomId", "a"])(given)).to.deep.equal({ a: 1 });
  });
});
