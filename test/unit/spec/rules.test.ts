import { expect } from "chai";
import { errorsOf, parse, specText, warningsOf } from "../../support/parse.ts";

const artifacts = (...rows: string[]) =>
  specText(`artifacts:\n${rows.map((row) => `- { type: t, workspace: w, ${row} }`).join("\n")}`);

const resources = (rows: readonly string[], rest = "") =>
  specText(`${rest}resources:\n${rows.map((row) => `- { type: t, ${row} }`).join("\n")}`);

const entity = (members: string) => specText(`entities: [{ id: E-1, kind: agent, ${members} }]`);

const broken = [
  {
    name: "an artifact name twice",
    text: artifacts("name: a", "name: b", "name: a"),
    want: [
      '7:36 spec.artifacts[2].name: the artifact name "a" is already at spec.artifacts[0].name',
    ],
  },
  {
    name: "a resource name twice",
    text: resources(["name: r", "name: r"]),
    want: [
      '6:22 spec.resources[1].name: the resource name "r" is already at spec.resources[0].name',
    ],
  },
  {
    name: "an entity id three times",
    text: specText("entities: [{id: E, kind: npc}, {id: E, kind: npc}, {id: E, kind: npc}]"),
    want: ["4:39 spec.entities[1].id: ", "4:59 spec.entities[2].id: "],
  },
  {
    name: "a duplicate beside an entry of the wrong shape",
    text: specText("entities: [{id: E, kind: npc}, 5, {id: E, kind: npc}]"),
    want: ["4:34 spec.entities[1]: expected a mapping", "4:42 spec.entities[2].id: the entity id"],
  },
  {
    name: "visibility owner without an owner",
    text: entity("visibility: Owner"),
    want: ["4:14 spec.entities[0].ownerUserId: is missing while visibility is owner"],
  },
  {
    name: "visibility owner with a blank owner",
    text: entity('visibility: owner, ownerUserId: ""'),
    want: ["4:70 spec.entities[0].ownerUserId: is missing while visibility is owner"],
  },
  {
    name: "a policy member in both spellings",
    text: entity("policy: { sandbox_mode: true, sandboxMode: true }"),
    want: ["4:68 spec.entities[0].policy.sandboxMode: is another spelling of sandbox_mode"],
  },
  {
    name: "a dependency nobody has",
    text: artifacts("name: a, dependsOn: [x]"),
    want: [
      '5:51 spec.artifacts[0].dependsOn[0]: "x" is unknown here: name an entity or an artifact',
    ],
  },
  {
    name: "an artifact that depends on a resource",
    text: resources(["name: r"], "artifacts: [{name: a, type: t, workspace: w, dependsOn: [r]}]\n"),
    want: [
      '4:60 spec.artifacts[0].dependsOn[0]: "r" is unknown here: name an entity or an artifact',
    ],
  },
  {
    name: "a dependency that could mean two things",
    text: specText(
      "entities: [{ id: x, kind: npc }]\nartifacts: [{ name: x, type: t, workspace: w }, { name: y, type: t, workspace: w, dependsOn: [x] }]",
    ),
    want: ['5:97 spec.artifacts[1].dependsOn[0]: "x" is the name of an entity and an artifact'],
  },
  {
    name: "an artifact that depends on itself",
    text: artifacts("name: a, dependsOn: [a]"),
    want: ["5:51 spec.artifacts[0].dependsOn[0]: depends on itself: a → a; take one of these out"],
  },
  {
    name: "a cycle, with its members in order",
    text: artifacts(
      "name: a, dependsOn: [b]",
      "name: b, dependsOn: [d, c]",
      "name: c, dependsOn: [a]",
      "name: d",
    ),
    want: ["5:51 spec.artifacts[0].dependsOn[0]: depends on itself: a → b → c → a; take one"],
  },
  {
    name: "two cycles",
    text: artifacts(
      "name: a, dependsOn: [b]",
      "name: b, dependsOn: [a]",
      "name: c, dependsOn: [d]",
      "name: d, dependsOn: [c]",
    ),
    want: [
      "5:51 spec.artifacts[0].dependsOn[0]: depends on itself: a → b → a",
      "7:51 spec.artifacts[2].dependsOn[0]: depends on itself: c → d → c",
    ],
  },
  {
    name: "a cycle among resources",
    text: resources(["name: r, dependsOn: [s]", "name: s, dependsOn: [r]"]),
    want: ["5:37 spec.resources[0].dependsOn[0]: depends on itself: r → s → r"],
  },
];

describe("the rules of a spec", () => {
  for (const { name, text, want } of broken) {
    it(`refuse ${name}`, () => {
      const errors = errorsOf(text);
      expect(errors, errors.join("\n")).to.have.length(want.length);
      for (const [position, start] of want.entries()) {
        expect(errors[position]?.slice(0, start.length)).to.equal(start);
      }
    });
  }

  const allowed = [
    {
      name: "ids that differ in case",
      text: specText("entities: [{id: e, kind: npc}, {id: E, kind: npc}]"),
    },
    {
      name: "an entity, an artifact and a resource of one name",
      text: specText(
        "entities: [{id: x, kind: npc}]\nartifacts: [{name: x, type: t, workspace: w}]\nresources: [{name: x, type: t}]",
      ),
    },
    { name: "visibility owner with an owner", text: entity("visibility: owner, ownerUserId: u") },
    {
      name: "two ways to one dependency",
      text: artifacts(
        "name: a, dependsOn: [b, c]",
        "name: b, dependsOn: [d]",
        "name: c, dependsOn: [d]",
        "name: d",
      ),
    },
    {
      name: "a dependency named before it is declared",
      text: artifacts("name: a, dependsOn: [b]", "name: b"),
    },
    {
      name: "a resource that depends on an entity, an artifact and a resource",
      text: resources(
        ["name: r, dependsOn: [E-1, a, s]", "name: s"],
        "entities: [{id: E-1, kind: npc}]\nartifacts: [{name: a, type: t, workspace: w}]\n",
      ),
    },
    {
      name: "both spellings where one is null",
      text: entity("policy: { sandbox_mode: null, sandboxMode: true }"),
    },
  ];
  for (const { name, text } of allowed) {
    it(`allow ${name}`, () => {
      expect(errorsOf(text)).to.deep.equal([]);
    });
  }

  it("find the cycle at the end of a chain of a thousand", () => {
    const rows = Array.from({ length: 1000 }, (_, id) => `name: a${id}, dependsOn: [a${id + 1}]`);
    rows[999] = "name: a999, dependsOn: [a998]";
    const errors = errorsOf(artifacts(...rows));
    expect(errors).to.have.length(1);
    expect(errors[0]).to.include("a998 → a999 → a998");
  });

  it("judge the room id by the pattern given, also a global one", () => {
    const roomIdPattern = /^room-[a-z]{3}$/g;
    for (let time = 0; time < 3; time += 1) {
      expect(errorsOf(specText().replace("lab-01", "room-abc"), { roomIdPattern })).to.deep.equal(
        [],
      );
      expect(errorsOf(specText(), { roomIdPattern })).to.deep.equal([
        '3:11 spec.roomId: "lab-01" is not a room id here: it must match ^room-[a-z]{3}$',
      ]);
    }
  });

  const lists = [
    { list: "entities", row: (id: number) => `{ id: E-${id}, kind: npc }` },
    { list: "artifacts", row: (id: number) => `{ name: a${id}, type: t, workspace: w }` },
    { list: "resources", row: (id: number) => `{ name: r${id}, type: t }` },
  ];
  for (const { list, row } of lists) {
    it(`allow as many ${list} as the limit says and no more`, () => {
      const rows = (count: number) => Array.from({ length: count }, (_, id) => row(id)).join(", ");
      const text = (count: number) => specText(`${list}: [${rows(count)}]`);
      expect(errorsOf(text(3), { maxEntities: 3 })).to.deep.equal([]);
      expect(errorsOf(text(4), { maxEntities: 3 })).to.deep.equal([
        `4:${list.length + 5} spec.${list}: has 4 entries, more than the limit of 3 per room: split the room`,
      ]);
      expect(errorsOf(text(1001))[0]).to.include("more than the limit of 1000 per room");
    });
  }
});

describe("values outside of the meant ones", () => {
  const odd = [
    {
      text: entity("policy: { allow_commands_from: none }"),
      want: '4:69 spec.entities[0].policy.allow_commands_from: "none" is none of any, orchestrator, owner: it is sent as it is',
    },
    {
      text: entity("policy: { allowCommandsFrom: Any }"),
      want: '4:67 spec.entities[0].policy.allowCommandsFrom: "Any" is none of any, orchestrator, owner: it is sent as it is',
    },
    {
      text: entity("visibility: private"),
      want: '4:50 spec.entities[0].visibility: "private" is none of public, team, owner: it is sent as it is',
    },
    {
      text: entity('visibility: ""'),
      want: "4:50 spec.entities[0].visibility: is blank: team is used, better write it",
    },
    {
      text: entity("capabilities: [read_artifacts]"),
      want: '4:53 spec.entities[0].capabilities[0]: "read_artifacts" is refused by some RoomServers: write lower-case words joined by dots',
    },
    {
      text: specText('policies: { dmVisibilityDefault: " " }'),
      want: "4:36 spec.policies.dmVisibilityDefault: is blank: team is used, better write it",
    },
    {
      text: specText("policies: { dmVisibilityDefault: all }"),
      want: '4:36 spec.policies.dmVisibilityDefault: "all" is none of public, team, owner: it is sent as it is',
    },
    {
      text: resources(["name: r, onMissingDependency: retry"]),
      want: '5:46 spec.resources[0].onMissingDependency: "retry" is none of skip, fail, wait: it is sent as it is',
    },
    {
      text: artifacts('name: a, tags: ["b,c"]'),
      want: '5:46 spec.artifacts[0].tags[0]: "b,c" holds a comma, which a RoomServer reads as two tags: write two tags',
    },
  ];
  for (const { text, want } of odd) {
    it(`are warned of: ${want}`, () => {
      expect(warningsOf(text)).to.deep.equal([want]);
      expect(parse(text).kind).to.equal("valid");
    });
  }

  it("are kept as they are", () => {
    const parsed = parse(entity("visibility: Private, policy: { allow_commands_from: None }"));
    if (parsed.kind === "invalid") throw new Error("these are warnings");
    expect(parsed.spec.spec.entities[0]).to.deep.include({ visibility: "private" });
    expect(parsed.spec.spec.entities[0]?.policy.allow_commands_from).to.equal("None");
  });

  it("are replaced by the default where they are blank", () => {
    const parsed = parse(specText('policies: { dmVisibilityDefault: "" }'));
    if (parsed.kind === "invalid") throw new Error("these are warnings");
    expect(parsed.spec.spec.policies).to.deep.equal({ dmVisibilityDefault: "team" });
  });

  it("are reported beside errors", () => {
    const text = `${entity("visibility: private")}  roomid: x\n`;
    expect(warningsOf(text)).to.have.length(1);
    expect(errorsOf(text)).to.have.length(1);
  });

  it("do not include the meant ones", () => {
    const text = `${entity("visibility: TEAM, capabilities: [text.write, a1.b2], policy: { allow_commands_from: owner }")}  policies: { dmVisibilityDefault: public }\n`;
    expect(warningsOf(text)).to.deep.equal([]);
  });
});
