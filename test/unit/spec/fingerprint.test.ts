import { createHash } from "node:crypto";
import { expect } from "chai";
import { artifactFingerprint } from "../../../agent/spec/fingerprint.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

const third = {
  name: "relatório",
  type: "document",
  workspace: "análise",
  tags: ["ação", "データ"],
};

const vectors = [
  {
    name: "text with tags",
    artifact: {
      name: "test-artifact",
      type: "document",
      workspace: "shared",
      tags: ["tag1", "tag2"],
    },
    bytes: utf8("test content"),
    want: "9a0a3c3661175e6a9e486b9fa0e94482fc9c1d4d5083cd6b2232f58b9709b22f",
  },
  {
    name: "no tags",
    artifact: { name: "notes", type: "document", workspace: "shared", tags: [] },
    bytes: utf8("hello"),
    want: "84d5f3e924fe7993df48fbbaea1ffbb05bf947636d583fb82c69e6259e748656",
  },
  {
    name: "names and content outside ASCII",
    artifact: third,
    bytes: utf8("Olá, 世界\n"),
    want: "598991317d77f2a222243ce14d9977943ac4cd6e2701d201212db27ab98f5b16",
  },
  {
    name: "the same name decomposed (NFD), which is another name",
    artifact: { ...third, name: third.name.normalize("NFD") },
    bytes: utf8("Olá, 世界\n"),
    want: "ba15bd9f0867e53d4a9439d4687f1d201e38caf32b8757e5fe2c63f3db0b22f0",
  },
  {
    name: "bytes that are no text",
    artifact: { name: "blob", type: "dataset", workspace: "shared", tags: [] },
    bytes: Uint8Array.of(0x00, 0xff, 0x10, 0x80),
    want: "7e8910a638a854127398c657efb2db516d3453af26aef7de13c5c47ff537219d",
  },
  {
    name: "an empty file, tags in spec order",
    artifact: { name: "empty", type: "config", workspace: "shared", tags: ["b", "a"] },
    bytes: new Uint8Array(),
    want: "faac1046cbf06dafe06b59004989ada55a2c03e9838e4cccd535765b2afee3cc",
  },
];

describe("artifactFingerprint", () => {
  for (const { name, artifact, bytes, want } of vectors) {
    it(`gives the contract's value for ${name}`, () => {
      expect(artifactFingerprint(artifact, bytes)).to.equal(want);
    });
  }

  it("is the same for content that is encoded in several pieces", () => {
    const bytes = Uint8Array.from({ length: 500_000 }, (_, position) => (position * 7) % 256);
    const artifact = { name: "big", type: "t", workspace: "w", tags: [] };
    const text = `big|t|w||${Buffer.from(bytes).toString("base64")}`;
    expect(artifactFingerprint(artifact, bytes)).to.equal(
      createHash("sha256").update(text).digest("hex"),
    );
  });

  it("reads only the view, not the buffer behind it", () => {
    const view = utf8("..hello..").subarray(2, 7);
    const artifact = { name: "notes", type: "document", workspace: "shared", tags: [] };
    expect(artifactFingerprint(artifact, view)).to.equal(vectors[1]?.want);
  });
});
