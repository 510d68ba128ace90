import { expect } from "chai";
import { errorsOf, parse, parseValid, specText } from "../../support/parse.ts";

const FULL = `apiVersion: v1
kind: RoomSpec
metadata:
  name: ai-lab
  version: 4
  annotations:
    room-operator/owner: lab
spec:
  roomId: ai-lab-01
  entities:
    - id: E-main
      kind: Orchestrator
      displayName: Lab
      visibility: OWNER
      ownerUserId: u-1
      capabilities: [commands.execute]
      policy:
        allow_commands_from: orchestrator
        sandbox_mode: true
        env_whitelist: [LANG]
        scopes: ["net:*"]
        rateLimit: { perMinute: 30 }
  artifacts:
    - name: plan
      type: document
      workspace: shared
      tags: [planning, now]
      seedFrom: ./seeds/plan.md
      promoteAfterSeed: true
      dependsOn: [E-main]
  policies:
    dmVisibilityDefault: owner
    allowResourceCreation: true
    maxArtifactsPerEntity: 7
  resources:
    - name: search
      type: mcp-tool
      config: { endpoint: "ws://127.0.0.1:5099", deep: { list: [1, null, true] } }
      dependsOn: [E-main, plan]
      onMissingDependency: wait
`;

const FULL_SPEC = {
  apiVersion: "v1",
  kind: "RoomSpec",
  metadata: { name: "ai-lab", version: 4, annotations: { "room-operator/owner": "lab" } },
  spec: {
    roomId: "ai-lab-01",
    entities: [
      {
        id: "E-main",
        kind: "orchestrator",
        displayName: "Lab",
        visibility: "owner",
        ownerUserId: "u-1",
        capabilities: ["commands.execute"],
        policy: {
          allow_commands_from: "orchestrator",
          sandbox_mode: true,
          env_whitelist: ["LANG"],
          scopes: ["net:*"],
          rateLimit: { perMinute: 30 },
        },
      },
    ],
    artifacts: [
      {
        name: "plan",
        type: "document",
        workspace: "shared",
        tags: ["planning", "now"],
        seedFrom: "seeds/plan.md",
        promoteAfterSeed: true,
        dependsOn: ["E-main"],
      },
    ],
    policies: {
      dmVisibilityDefault: "owner",
      allowResourceCreation: true,
      maxArtifactsPerEntity: 7,
    },
    resources: [
      {
        name: "search",
        type: "mcp-tool",
        config: { endpoint: "ws://127.0.0.1:5099", deep: { list: [1, null, true] } },
        dependsOn: ["E-main", "plan"],
        onMissingDependency: "wait",
      },
    ],
  },
};

const MANY_MISTAKES = `apiVersion: v2
metadata:
  name: 5
spec:
  roomId: lab-01
  entities:
    - id: E-1
      kind: robot
      visibility: owner
    - id: E-1
      kind: agent
      nick: x
  artifacts:
    - name: a
      type: t
      workspace: w
      dependsOn: [b]
      seedFrom: ../x
`;

describe("parseSpec", () => {
  it("reads every field", () => {
    const parsed = parse(FULL);
    expect(parsed.warnings).to.deep.equal([]);
    expect(parseValid(FULL)).to.deep.equal(FULL_SPEC);
  });

  it("reads JSON with the same result", () => {
    expect(parseValid(JSON.stringify(FULL_SPEC))).to.deep.equal(FULL_SPEC);
    expect(parseValid(JSON.stringify(FULL_SPEC, null, "\t"))).to.deep.equal(FULL_SPEC);
  });

  it("reads its own result back unchanged", () => {
    const spec = parseValid(specText("entities: [{ id: E-1, kind: agent }]"));
    expect(parseValid(JSON.stringify(spec))).to.deep.equal(spec);
  });

  it("fills in the defaults", () => {
    const text = specText(`entities: [{ id: E-1, kind: agent }]
artifacts: [{ name: a, type: t, workspace: w }]
resources: [{ name: r, type: t }]`);
    expect(parseValid(text)).to.deep.equal({
      apiVersion: "v1",
      kind: "RoomSpec",
      metadata: { name: null, version: 1, annotations: {} },
      spec: {
        roomId: "lab-01",
        entities: [
          {
            id: "E-1",
            kind: "agent",
            displayName: null,
            visibility: "team",
            ownerUserId: null,
            capabilities: [],
            policy: {
              allow_commands_from: "any",
              sandbox_mode: false,
              env_whitelist: [],
              scopes: [],
              rateLimit: null,
            },
          },
        ],
        artifacts: [
          {
            name: "a",
            type: "t",
            workspace: "w",
            tags: [],
            seedFrom: null,
            promoteAfterSeed: false,
            dependsOn: [],
          },
        ],
        policies: {},
        resources: [
          { name: "r", type: "t", config: {}, dependsOn: [], onMissingDependency: "skip" },
        ],
      },
    });
  });

  it("lists all errors at once, each with its place, in file order", () => {
    expect(errorsOf(MANY_MISTAKES)).to.deep.equal([
      '1:13 apiVersion: "v2" is not allowed: write v1',
      "2:1 metadata.version: is missing: write 1 in a new spec, and the next whole number with each change",
      '3:9 metadata.name: expected text, got 5: put it in quotes ("5")',
      '7:7 spec.entities[0].ownerUserId: is missing while visibility is owner: name the user who owns "E-1"',
      '8:13 spec.entities[0].kind: "robot" is not allowed: write human, agent, npc or orchestrator',
      '10:11 spec.entities[1].id: the entity id "E-1" is already at spec.entities[0].id: rename or remove one',
      '12:7 spec.entities[1].nick: unknown field "nick": remove it or use one of id, kind, displayName, visibility, ownerUserId, capabilities, policy',
      '17:19 spec.artifacts[0].dependsOn[0]: "b" is unknown here: name an entity or an artifact of this spec',
      '18:17 spec.artifacts[0].seedFrom: "../x" leaves its folder with `..`: write it from the repository\'s root',
    ]);
  });

  it("names the file in each finding", () => {
    const parsed = parse("metadata: {}\n", { path: "rooms/b.room.yaml" });
    if (parsed.kind === "valid") throw new Error("the spec is invalid");
    expect(parsed.errors.map(({ path }) => path)).to.deep.equal([
      "rooms/b.room.yaml",
      "rooms/b.room.yaml",
    ]);
  });

  it("stops after a hundred errors and says so", () => {
    const entities = Array.from({ length: 300 }, () => "- {}").join("\n");
    const errors = errorsOf(specText(`entities:\n${entities}`));
    expect(errors).to.have.length(101);
    expect(errors.at(-1)).to.include("500 further findings");
  });

  it("counts columns after CRLF line ends and a byte order mark as an editor does", () => {
    const text = `\uFEFF${specText("entities: 5")}`.replaceAll("\n", "\r\n");
    expect(errorsOf(text)).to.deep.equal([
      "4:13 spec.entities: expected a list, got 5: write a list",
    ]);
  });
});

describe("parseSpec, the room of an invalid file", () => {
  const cases = [
    { name: "an error elsewhere", text: specText("entities: 5"), want: "lab-01" },
    { name: "broken YAML after the id", text: `${specText()}  entities: [\n`, want: "lab-01" },
    { name: "an alias elsewhere", text: specText("entities: *x"), want: "lab-01" },
    { name: "an id that is not allowed", text: specText().replace("lab-01", "_"), want: null },
    { name: "an id that is a number", text: specText().replace("lab-01", "100"), want: null },
    { name: "two ids", text: specText("roomId: lab-02"), want: null },
    {
      name: "a conflict with two ids",
      text: "metadata: { version: 1 }\nspec:\n<<<<<<< HEAD\n  roomId: lab-01\n=======\n  roomId: lab-02\n>>>>>>> b\n",
      want: null,
    },
    { name: "nothing", text: "", want: null },
    { name: "a list", text: "- roomId: lab-01", want: null },
  ];
  for (const { name, text, want } of cases) {
    it(`is ${want ?? "not known"} with ${name}`, () => {
      const parsed = parse(text);
      expect(parsed.kind).to.equal("invalid");
      expect(parsed).to.have.property("roomId", want);
    });
  }
});
