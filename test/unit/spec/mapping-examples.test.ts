import { expect } from "chai";
import { errorsOf, specText } from "../../support/parse.ts";

const ROOM = "metadata: { version: 1 }\nspec: { roomId: lab-01 }\n";

describe("a mapping of a RoomSpec that is missing or something else", () => {
  for (const { text, says } of [
    {
      text: ROOM.replace(/.*\n/, ""),
      says: "1:1 metadata: is missing: write `metadata: { version: 1 }`",
    },
    {
      text: ROOM.replace(/spec.*\n/, ""),
      says: "1:1 spec: is missing: write `spec: { roomId: lab-01 }`",
    },
    {
      text: specText("entities: [5]"),
      says: "4:14 spec.entities[0]: expected a mapping, got 5: write `{ id: E-agent-1, kind: agent, displayName: Agent }`",
    },
    {
      text: specText("artifacts: [plan]"),
      says: '4:15 spec.artifacts[0]: expected a mapping, got "plan": write `{ name: plan, type: document, workspace: shared }`',
    },
    {
      text: specText("resources: [tool]"),
      says: '4:15 spec.resources[0]: expected a mapping, got "tool": write `{ name: search, type: mcp-tool }`',
    },
    {
      text: specText("policies: team"),
      says: '4:13 spec.policies: expected a mapping, got "team": write `policies: { dmVisibilityDefault: team }`',
    },
  ])
    it(`says "${says}"`, () => {
      expect(errorsOf(text)).to.deep.equal([says]);
    });

  it("is one that can be written so", () => {
    expect(errorsOf(ROOM)).to.deep.equal([]);
    const items = [
      "entities: [{ id: E-agent-1, kind: agent, displayName: Agent }]",
      "artifacts: [{ name: plan, type: document, workspace: shared }]",
      "resources: [{ name: search, type: mcp-tool }]",
      "policies: { dmVisibilityDefault: team }",
    ];
    const text = ROOM.replace("{ roomId: lab-01 }", ["", "roomId: lab-01", ...items].join("\n  "));
    expect(errorsOf(text)).to.deep.equal([]);
  });
});
