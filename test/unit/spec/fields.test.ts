import { expect } from "chai";
import { errorsOf, parseValid, specText } from "../../support/parse.ts";

/** One entity, artifact or resource of an else valid spec, in flow style: it stands at line 4, from column 12 on. */
const entity = (members: string) => specText(`entities: [{ id: E-1, kind: agent, ${members} }]`);
const artifact = (members: string) =>
  specText(`artifacts: [{ name: a, type: t, workspace: w, ${members} }]`);
const resource = (members: string) => specText(`resources: [{ name: r, type: t, ${members} }]`);

const readEntity = (members: string) => parseValid(entity(members)).spec.entities[0];

const wrong = [
  { text: "- a\n", want: "1:1 the RoomSpec: expected a mapping, got a list: write a mapping" },
  { text: "hello\n", want: '1:1 the RoomSpec: expected a mapping, got "hello": write a mapping' },
  { text: "metadata: { version: 1 }\n", want: "1:1 spec: is missing: write `spec: {" },
  { text: "metadata: { version: 1 }\nspec:\n", want: "2:1 spec: expected a mapping, got nothing" },
  { text: specText().replace("lab-01", ""), want: "3:3 spec.roomId: expected text, got nothing" },
  { text: specText().replace("lab-01", '" "'), want: "3:11 spec.roomId: is blank: write a name" },
  {
    text: specText().replace("lab-01", "lab 1"),
    want: '3:11 spec.roomId: "lab 1" is not a room id',
  },
  {
    text: specText().replace("lab-01", "l"),
    want: '3:11 spec.roomId: "l" is not a room id here: write 3 to 128 letters, digits, `.`, `_` and `-`, with a letter or a digit first',
  },
  {
    text: "metadata: { version: 1 }\nspec:\nroomId: lab-01\nentities: []\n",
    want: "2:1 spec: has nothing in it: indent `roomId` and `entities` below it",
  },
  {
    text: "metadata:\nversion: 1\nspec:\n  roomId: lab-01\n",
    want: "1:1 metadata: has nothing in it: indent `version` below it",
  },
  {
    text: "metadata:\nversion: 1\nspec:\nroomId: lab-01\n",
    want: "3:1 spec: has nothing in it: indent `roomId` below it",
  },
  {
    text: "metadata: { version: 1 }\nspec:\nroomid: lab-01\n",
    want: "2:1 spec: expected a mapping, got nothing",
  },
  { text: specText().replace("lab-01", "true"), want: "3:11 spec.roomId: expected text, got true" },
  { text: `kind: Room\n${specText()}`, want: '1:7 kind: "Room" is not allowed: write RoomSpec' },
  { text: `apiVersion: ""\n${specText()}`, want: '1:13 apiVersion: "" is not allowed: write v1' },
  ...["0", "-1", "1.5", '"1"', "1e400", "9007199254740993", ".nan", "yes"].map((version) => ({
    text: specText().replace("version: 1", `version: ${version}`),
    want: "1:22 metadata.version: ",
  })),
  {
    text: specText().replace("version: 1", "version: 1, annotations: { owner: x }"),
    want: "1:40 metadata.annotations.owner: is not an annotation: its name must begin with room-operator/",
  },
  {
    text: specText().replace("version: 1", "version: 1, annotations: { room-operator/: x }"),
    want: '1:40 metadata.annotations["room-operator/"]: is not an annotation',
  },
  {
    text: specText().replace("version: 1", "version: 1, annotations: { room-operator/a: 1 }"),
    want: '1:57 metadata.annotations["room-operator/a"]: expected text, got 1',
  },
  {
    text: specText().replace("version: 1", "version: 1, annotations: { room-operator/drfit: off }"),
    want: '1:40 metadata.annotations["room-operator/drfit"]: is not an annotation; did you mean room-operator/drift?',
  },
  {
    text: specText().replace("version: 1", "version: 1, annotations: { room-operator/drift: x }"),
    want: '1:61 metadata.annotations["room-operator/drift"]: "x" is not a drift policy: write correct, report, off',
  },
  { text: specText("entities: x"), want: '4:13 spec.entities: expected a list, got "x"' },
  { text: specText("entities: [null]"), want: "4:14 spec.entities[0]: expected a mapping" },
  {
    text: "Metadata: { version: 1 }\nspec: { roomId: lab-01 }\n",
    want: '1:1 Metadata: unknown field "Metadata"; did you mean "metadata", which is missing?',
  },
  {
    text: "metadata: { version: 1 }\nspec: { roomID: lab-01 }\n",
    want: '2:9 spec.roomID: unknown field "roomID"; did you mean "roomId", which is missing?',
  },
  {
    text: specText("entities: [{ ID: a, kind: agent }]"),
    want: '4:16 spec.entities[0].ID: unknown field "ID"; did you mean "id", which is missing?',
  },
  {
    text: specText("entities: [{ id: a, kind: agent, visibility: owner, ownerUserID: x }]"),
    want: '4:55 spec.entities[0].ownerUserID: unknown field "ownerUserID"; did you mean "ownerUserId", which is missing?',
  },
  { text: specText("entities: [{ kind: agent }]"), want: "4:14 spec.entities[0].id: is missing" },
  { text: specText("entities: [{ id: E-1 }]"), want: "4:14 spec.entities[0].kind: is missing" },
  {
    text: specText('entities: [{ id: "", kind: agent }]'),
    want: "4:20 spec.entities[0].id: is blank: write a name",
  },
  {
    text: specText('entities: [{ id: "E\\n1", kind: agent }]'),
    want: '4:20 spec.entities[0].id: "E\\n1" holds the control character U+000A: remove it',
  },
  {
    text: specText('entities: [{ id: "\\ud800", kind: agent }]'),
    want: "4:20 spec.entities[0].id: ",
  },
  ...[".", ".."].flatMap((name) => [
    {
      text: specText(`entities: [{ id: "${name}", kind: agent }]`),
      want: `4:20 spec.entities[0].id: "${name}" cannot be part of the RoomServer's addresses`,
    },
    {
      text: specText(`artifacts: [{ name: "${name}", type: t, workspace: w }]`),
      want: `4:23 spec.artifacts[0].name: "${name}" cannot be part of`,
    },
    {
      text: specText(`resources: [{ name: "${name}", type: t }]`),
      want: `4:23 spec.resources[0].name: "${name}" cannot be part of`,
    },
  ]),
  {
    text: specText(`entities: [{ id: ${"E".repeat(257)}, kind: agent }]`),
    want: `4:20 spec.entities[0].id: "${"E".repeat(80)}…" is longer than 256 characters: write a shorter name`,
  },
  {
    text: specText(`entities: [{ id: ${"🦊".repeat(257)}, kind: agent }]`),
    want: "4:20 spec.entities[0].id: ",
  },
  {
    text: artifact(`tags: [${"t".repeat(20_000)}]`),
    want: "4:56 spec.artifacts[0].tags[0]: ",
  },
  { text: entity('displayName: "\\e[2J"'), want: "4:51 spec.entities[0].displayName: " },
  {
    text: entity("capabilities: text.write"),
    want: '4:52 spec.entities[0].capabilities: expected a list, got "text.write": write [text.write]',
  },
  {
    text: entity("capabilities: yes please"),
    want: '4:52 spec.entities[0].capabilities: expected a list, got "yes please": write ["yes please"]',
  },
  {
    text: entity("capabilities: [1]"),
    want: "4:53 spec.entities[0].capabilities[0]: expected text",
  },
  {
    text: entity("owner: x"),
    want: '4:38 spec.entities[0].owner: unknown field "owner": remove it or use one of id, kind,',
  },
  {
    text: entity("policy: []"),
    want: "4:46 spec.entities[0].policy: expected a mapping, got a list",
  },
  {
    text: entity("policy: { sandbox_mode: maybe }"),
    want: '4:62 spec.entities[0].policy.sandbox_mode: expected true or false, got "maybe"',
  },
  {
    text: entity("policy: { rate_limit: 1 }"),
    want: '4:48 spec.entities[0].policy.rate_limit: unknown field "rate_limit"; did you mean "rateLimit"?',
  },
  {
    text: entity("policy: { rateLimit: {} }"),
    want: "4:48 spec.entities[0].policy.rateLimit.perMinute: is missing: write a",
  },
  {
    text: entity("policy: { rateLimit: { perMinute: 0 } }"),
    want: "4:72 spec.entities[0].policy.rateLimit.perMinute: 0 is too small: write 1 or more",
  },
  { text: artifact("tags: a"), want: "4:55 spec.artifacts[0].tags: expected a list" },
  { text: artifact('tags: [""]'), want: "4:56 spec.artifacts[0].tags[0]: is blank: write a name" },
  {
    text: artifact("seedFrom: 5"),
    want: "4:59 spec.artifacts[0].seedFrom: expected text, got 5: put it in quotes",
  },
  {
    text: artifact("seedFrom: a/../b"),
    want: '4:59 spec.artifacts[0].seedFrom: "a/../b" leaves its folder',
  },
  { text: artifact("promoteAfterSeed: 1"), want: "4:67 spec.artifacts[0].promoteAfterSeed: " },
  {
    text: specText('artifacts: [{ name: a, type: " ", workspace: w }]'),
    want: "4:32 spec.artifacts[0].type: is blank",
  },
  {
    text: specText("policies: { dmVisibility: team }"),
    want: '4:15 spec.policies.dmVisibility: unknown field "dmVisibility": remove it or use one of dmVisibilityDefault, allowResourceCreation, maxArtifactsPerEntity',
  },
  {
    text: specText("policies: { maxArtifactsPerEntity: -1 }"),
    want: "4:38 spec.policies.maxArtifactsPerEntity: -1 is too small: write 0 or more",
  },
  {
    text: specText("policies: { maxArtifactsPerEntity: 2.5 }"),
    want: "4:38 spec.policies.maxArtifactsPerEntity: expected a whole number, got 2.5",
  },
  { text: resource("config: []"), want: "4:43 spec.resources[0].config: expected a mapping" },
  {
    text: resource("config: { a: .inf }"),
    want: "4:48 spec.resources[0].config.a: Infinity is not a number that JSON can hold",
  },
  {
    text: resource("config: { a: 12345678901234567890 }"),
    want: "4:48 spec.resources[0].config.a: 12345678901234567000 has more digits",
  },
];

describe("a RoomSpec's fields", () => {
  for (const { text, want } of wrong) {
    it(`are refused as ${want}`, () => {
      const errors = errorsOf(text);
      expect(
        errors.filter((error) => error.startsWith(want)),
        errors.join("\n"),
      ).to.have.length(1);
    });
  }

  it("are one mistake where a section is not indented", () => {
    const text = "metadata:\nversion: 1\nspec:\nroomId: lab-01\nentities: []\n";
    expect(errorsOf(text)).to.deep.equal([
      "1:1 metadata: has nothing in it: indent `version` below it",
      "3:1 spec: has nothing in it: indent `roomId` and `entities` below it",
    ]);
  });

  it("may be null wherever they may be absent", () => {
    const nulls = `apiVersion: null
kind: null
metadata: { name: null, version: 1, annotations: { room-operator/a: null } }
spec:
  roomId: lab-01
  entities:
    - id: E-1
      kind: agent
      displayName: null
      visibility: null
      ownerUserId: null
      capabilities: null
      policy: { allow_commands_from: null, sandbox_mode: null, env_whitelist: null, scopes: null, rateLimit: null }
    - { id: E-2, kind: agent, policy: null }
  artifacts:
    - { name: a, type: t, workspace: w, tags: null, seedFrom: null, promoteAfterSeed: null, dependsOn: null }
  policies: { dmVisibilityDefault: null, allowResourceCreation: null, maxArtifactsPerEntity: null }
  resources:
    - { name: r, type: t, config: null, dependsOn: null, onMissingDependency: null }
`;
    const absent = specText(`entities: [{ id: E-1, kind: agent }, { id: E-2, kind: agent }]
artifacts: [{ name: a, type: t, workspace: w }]
resources: [{ name: r, type: t }]`);
    expect(parseValid(nulls)).to.deep.equal(parseValid(absent));
  });

  it("take the lists and policies of a spec as null", () => {
    const text = specText("entities:\nartifacts:\npolicies:\nresources:");
    expect(parseValid(text)).to.deep.equal(parseValid(specText()));
  });

  for (const kind of ["Human", "AGENT", "nPc", "orchestrator"]) {
    it(`fold the case of the kind ${kind}`, () => {
      const text = specText(`entities: [{ id: E-1, kind: ${kind} }]`);
      expect(parseValid(text).spec.entities[0]?.kind).to.equal(kind.toLowerCase());
    });
  }

  it("fold the case of the visibility", () => {
    expect(readEntity("visibility: Public")?.visibility).to.equal("public");
  });

  it("take a blank owner for none", () => {
    expect(readEntity('ownerUserId: " "')?.ownerUserId).to.equal(null);
  });

  it("accept the other spellings of policy members", () => {
    const policy = readEntity(
      "policy: { allowCommandsFrom: owner, sandboxMode: true, envWhitelist: [A] }",
    )?.policy;
    expect(policy).to.deep.equal({
      allow_commands_from: "owner",
      sandbox_mode: true,
      env_whitelist: ["A"],
      scopes: [],
      rateLimit: null,
    });
  });

  it("keep only the policies a spec names", () => {
    const text = specText("policies: { allowResourceCreation: false }");
    expect(parseValid(text).spec.policies).to.deep.equal({ allowResourceCreation: false });
  });

  it("keep names that need escaping in an address", () => {
    const names = ["a/b", "ä b", "?x#y", "100%", "...", "データ"];
    for (const name of names) {
      const text = specText(`artifacts: [{ name: "${name}", type: t, workspace: w }]`);
      expect(parseValid(text).spec.artifacts[0]?.name).to.equal(name);
    }
  });

  it("keep the order of tags", () => {
    const text = artifact("tags: [b, a, b]");
    expect(parseValid(text).spec.artifacts[0]?.tags).to.deep.equal(["b", "a", "b"]);
  });
});
