import { expect } from "chai";
import { z } from "zod";
import { roomSpecJsonSchema } from "../../../agent/spec/json-schema.ts";

interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

const root: Node = roomSpecJsonSchema();

/** Every object of the schema with the path of its members. */
function objectsOf(node: Node, path: string): { path: string; node: Node }[] {
  const own = node.properties === undefined ? [] : [{ path, node }];
  const below = Object.entries(node.properties ?? {}).flatMap(([name, member]) =>
    objectsOf(member, `${path}.${name}`),
  );
  const nested = [...(node.anyOf ?? []), ...(node.items ? [node.items] : [])];
  return [...own, ...below, ...nested.flatMap((each) => objectsOf(each, path))];
}

/** The schema read back, so that values can be tried on it. */
const accepts = (value: unknown) => z.fromJSONSchema(roomSpecJsonSchema()).safeParse(value).success;

const minimal = { metadata: { version: 1 }, spec: { roomId: "lab-01" } };
const withEntity = (members: object) => ({
  ...minimal,
  spec: { roomId: "lab-01", entities: [{ id: "E-1", kind: "agent", ...members }] },
});

describe("roomSpecJsonSchema", () => {
  it("names its draft and what it describes", () => {
    expect(root).to.include({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "RoomSpec",
    });
  });

  it("has objects down to the policy of an entity", () => {
    expect(objectsOf(root, "").map(({ path }) => path)).to.deep.equal([
      "",
      ".metadata",
      ".spec",
      ".spec.entities",
      ".spec.entities.policy",
      ".spec.entities.policy.rateLimit",
      ".spec.artifacts",
      ".spec.policies",
      ".spec.resources",
    ]);
  });

  for (const { path, node } of objectsOf(root, "")) {
    it(`closes the object at ${path || "the root"}`, () => {
      expect(node.additionalProperties).to.equal(false);
    });

    if (path === "") continue;
    it(`describes each member of ${path}`, () => {
      const silent = Object.entries(node.properties ?? {}).filter(
        ([, member]) => member.description === undefined,
      );
      expect(silent.map(([name]) => name)).to.deep.equal([]);
    });
  }

  it("tells the defaults and requires no member that has one", () => {
    for (const { path, node } of objectsOf(root, "")) {
      for (const name of node.required ?? []) {
        expect(node.properties?.[name], `${path}.${name}`).not.to.have.property("default");
      }
    }
    expect(root.properties?.["spec"]?.properties?.["entities"]?.default).to.deep.equal([]);
  });

  it("keeps no name of its own making", () => {
    expect(JSON.stringify(root)).not.to.include("x-default");
  });

  const cases = [
    { name: "the smallest spec", value: minimal, want: true },
    { name: "a spec without version", value: { ...minimal, metadata: {} }, want: false },
    { name: "version 0", value: { ...minimal, metadata: { version: 0 } }, want: false },
    { name: "an unknown member", value: { ...minimal, extra: 1 }, want: false },
    { name: "a kind in capitals", value: withEntity({ kind: "Agent" }), want: true },
    { name: "a kind nobody knows", value: withEntity({ kind: "robot" }), want: false },
    { name: "null for what may be absent", value: withEntity({ policy: null }), want: true },
    {
      name: "null for a value with suggestions",
      value: withEntity({ visibility: null }),
      want: true,
    },
    {
      name: "a value beside the suggestions",
      value: withEntity({ policy: { allow_commands_from: "none" } }),
      want: true,
    },
    { name: "a number for a text", value: withEntity({ displayName: 5 }), want: false },
  ];
  for (const { name, value, want } of cases) {
    it(`${want ? "accepts" : "rejects"} ${name}`, () => {
      expect(accepts(value)).to.equal(want);
    });
  }
});
