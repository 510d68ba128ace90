import { expect } from "chai";
import { inputsDigest, specDigest } from "../../../agent/spec/digest.ts";
import type { SeedInput } from "../../../agent/spec/digest.ts";
import { parse, parseValid, specText } from "../../support/parse.ts";

const oid = (digit: string) => digit.repeat(40);
const seed = (path: string, digit: string): SeedInput => ({
  path,
  kind: "present",
  oid: oid(digit),
});
const unusable = (path: string, reason: string): SeedInput => ({ path, kind: "unusable", reason });

describe("specDigest", () => {
  it("is the digest a parsed spec carries", () => {
    const parsed = parse(specText());
    if (parsed.kind === "invalid") throw new Error("the spec is valid");
    expect(parsed.digest).to.match(/^[0-9a-f]{64}$/);
    expect(parsed.digest).to.equal(specDigest(parsed.spec));
  });

  const same = [
    { name: "the order of members", text: "spec: { roomId: lab-01 }\nmetadata: { version: 1 }\n" },
    { name: "JSON instead of YAML", text: '{"metadata":{"version":1},"spec":{"roomId":"lab-01"}}' },
    { name: "defaults written out", text: specText("entities: []\nartifacts:\npolicies: {}") },
    { name: "comments", text: `# for you\n${specText()}# end\n` },
    {
      name: "apiVersion and kind written out",
      text: `apiVersion: v1\nkind: RoomSpec\n${specText()}`,
    },
  ];
  for (const { name, text } of same) {
    it(`does not depend on ${name}`, () => {
      expect(specDigest(parseValid(text))).to.equal(specDigest(parseValid(specText())));
    });
  }

  it("tells a policy that is named with its default from one that is not named", () => {
    const named = parseValid(specText("policies: { dmVisibilityDefault: team }"));
    expect(specDigest(named)).not.to.equal(specDigest(parseValid(specText())));
  });

  it("changes with the version", () => {
    const next = parseValid(specText().replace("version: 1", "version: 2"));
    expect(specDigest(next)).not.to.equal(specDigest(parseValid(specText())));
  });
});

describe("inputsDigest", () => {
  const base = inputsDigest("d", [seed("a", "1"), seed("b", "2")]);

  it("does not depend on the order of the seeds", () => {
    expect(inputsDigest("d", [seed("b", "2"), seed("a", "1")])).to.equal(base);
  });

  it("does not depend on a seed being listed for two artifacts", () => {
    expect(inputsDigest("d", [seed("a", "1"), seed("b", "2"), seed("a", "1")])).to.equal(base);
  });

  const others: { name: string; digest: string; seeds: SeedInput[] }[] = [
    { name: "the spec", digest: "e", seeds: [seed("a", "1"), seed("b", "2")] },
    { name: "a seed's content", digest: "d", seeds: [seed("a", "1"), seed("b", "3")] },
    { name: "a seed's path", digest: "d", seeds: [seed("a", "1"), seed("c", "2")] },
    { name: "contents swapped", digest: "d", seeds: [seed("a", "2"), seed("b", "1")] },
    { name: "a seed gone", digest: "d", seeds: [seed("a", "1")] },
    {
      name: "a seed unusable",
      digest: "d",
      seeds: [seed("a", "1"), unusable("b", "SeedMissing")],
    },
    {
      name: "a seed whose path imitates another line",
      digest: "d",
      seeds: [seed(`a","oid","${oid("1")}"]\n["b`, "2")],
    },
  ];
  for (const { name, digest, seeds } of others) {
    it(`changes with ${name}`, () => {
      expect(inputsDigest(digest, seeds)).not.to.equal(base);
    });
  }

  it("tells two reasons of an unusable seed apart", () => {
    expect(inputsDigest("d", [unusable("a", "SeedMissing")])).not.to.equal(
      inputsDigest("d", [unusable("a", "SeedTooLarge")]),
    );
  });
});
