import { expect } from "chai";
import { saysRoomSpec, unreadWarnings, UNREAD_LIMITS } from "../../../agent/source/unread-specs.ts";

const SAYS: readonly string[] = [
  "kind: RoomSpec\n",
  "\uFEFFkind: RoomSpec",
  "# a room\r\napiVersion: v1\r\nkind: RoomSpec # of ours\r\n",
  `"kind":   'RoomSpec'\n`,
  "a: 1\n---\nkind: RoomSpec\n",
  '{"apiVersion":"v1","kind":"RoomSpec"}',
  '  {\n "kind": "RoomSpec" }\n',
];
const SAYS_NOT: readonly string[] = [
  "",
  "kind: RoomSpecs\n",
  "kind:RoomSpec\n",
  "# kind: RoomSpec\n",
  "spec:\n  kind: RoomSpec\n",
  "names:\n  - kind: RoomSpec\n",
  '{"properties":{"kind":{"const":"RoomSpec"}}}',
  '{"spec":{"kind":"RoomSpec"}}',
  '{"kind":"RoomSpec"',
  "[RoomSpec]",
  `kind: RoomSpec\n${"#".repeat(UNREAD_LIMITS.bytes)}`,
];

describe("files that are not read because of their name", () => {
  for (const text of SAYS)
    it(`takes ${JSON.stringify(text)} for a RoomSpec`, () => {
      expect(saysRoomSpec(Buffer.from(text))).to.equal(true);
    });
  for (const text of SAYS_NOT)
    it(`does not take ${JSON.stringify(text.slice(0, 60))} for a RoomSpec`, () => {
      expect(saysRoomSpec(Buffer.from(text))).to.equal(false);
    });

  it("warns of none where none says so, and names only the first of many", () => {
    expect(unreadWarnings([])).to.deep.equal([]);
    const paths = Array.from({ length: 200 }, (_, at) => `rooms/${at}-${"x".repeat(300)}.yaml`);
    const [warning] = unreadWarnings(paths);
    expect(warning?.message).to.match(/^200 files have kind: RoomSpec/);
    expect(warning?.message.length).to.be.below(5_000);
  });
});
