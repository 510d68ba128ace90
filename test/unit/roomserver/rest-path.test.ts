import { expect } from "chai";
import * as fc from "fast-check";
import { toPath } from "../../../agent/roomserver/rest-path.ts";
import { matchRoute } from "../../../devserver/routes.ts";

describe("toPath", () => {
  it("percent-encodes each segment", () => {
    expect(toPath(["room", "a b", "entities", "E/1?#%"])).to.equal(
      "/room/a%20b/entities/E%2F1%3F%23%25",
    );
  });

  for (const name of ["", ".", "..", "\ud800"]) {
    it(`has no path for the name ${JSON.stringify(name)}, which would change what is meant`, () => {
      expect(toPath(["room", "r", "entities", name])).to.equal(undefined);
    });
  }

  it("leads to the thing of that name and to nothing else, whatever the name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const path = toPath(["room", "room-1", "entities", name]);
        if (path === undefined) return ["", ".", ".."].includes(name) || !name.isWellFormed();
        const match = matchRoute("DELETE", path);
        return (
          match.kind === "route" &&
          match.route.operation === "kick" &&
          match.route.room === "room-1" &&
          match.route.name === name
        );
      }),
      { numRuns: 300 },
    );
  });
});
