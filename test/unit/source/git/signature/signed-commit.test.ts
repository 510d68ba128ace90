import { expect } from "chai";
import { splitSignature } from "../../../../../agent/source/git/signature/signed-commit.ts";

const TREE = `tree ${"1".repeat(40)}\n`;
const PARENT = `parent ${"2".repeat(40)}\n`;
const AUTHOR = "author Ada <ada@example.org> 1764000000 +0100\n";
const COMMITTER = "committer Ada <ada@example.org> 1764000001 +0100\n";
const HEAD = TREE + PARENT + AUTHOR + COMMITTER;
const SSH = "gpgsig -----BEGIN SSH SIGNATURE-----\n U1NI\n -----END SSH SIGNATURE-----\n";
const GPG = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iHUE\n -----END PGP SIGNATURE-----\n";
const MESSAGE = "\nSubject\n\nConfirm: room-a\n";

const split = (text: string) => splitSignature(Buffer.from(text));

describe("splitSignature", () => {
  for (const [by, header, signature] of [
    ["ssh", SSH, "-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----\n"],
    ["gpg", GPG, "-----BEGIN PGP SIGNATURE-----\n\niHUE\n-----END PGP SIGNATURE-----\n"],
  ] as const) {
    it(`takes a signature of ${by} out of the header, and nothing else`, () => {
      for (const [before, after] of [
        ["", ""],
        ["encoding UTF-8\n", ""],
        ["", "x-note one\n two\n"],
        [`mergetag object ${"3".repeat(40)}\n type commit\n gpgsig not this one\n`, ""],
      ]) {
        const found = split(HEAD + before + header + after + MESSAGE);
        if (found.kind !== "signed") throw new Error(JSON.stringify(found));
        expect(found.by).to.equal(by);
        expect(found.payload.toString()).to.equal(HEAD + before + after + MESSAGE);
        expect(found.signature.toString()).to.equal(signature);
        expect(found.committedAtMs).to.equal(1_764_000_001_000);
      }
    });
  }

  it("keeps bytes that are no text as they are", () => {
    const odd = Buffer.from([0xff, 0xfe, 0x00, 0x0d, 0x0a]);
    const bytes = Buffer.concat([Buffer.from(HEAD + SSH + MESSAGE), odd]);
    const found = splitSignature(bytes);
    if (found.kind !== "signed") throw new Error(JSON.stringify(found));
    expect(found.payload.subarray(-5)).to.deep.equal(odd);
  });

  it("finds no signature where the message alone has one", () => {
    for (const text of [HEAD + MESSAGE, HEAD + MESSAGE + SSH, `${HEAD}gpgsig\n${MESSAGE}`, HEAD])
      expect(split(text).kind).to.equal("unsigned");
  });

  const malformed: readonly (readonly [string, string, string])[] = [
    ["two signatures", HEAD + SSH + GPG + MESSAGE, "is there more than once"],
    ["the same signature twice", HEAD + SSH + SSH + MESSAGE, "is there more than once"],
    [
      "a signature for another kind of repository next to it",
      HEAD + SSH + SSH.replace("gpgsig", "gpgsig-sha256") + MESSAGE,
      "SHA-256",
    ],
    ["an X.509 signature", `${HEAD}gpgsig -----BEGIN SIGNED MESSAGE-----\n${MESSAGE}`, "neither"],
    ["a signature that begins elsewhere", `${HEAD}gpgsig x\n ${SSH}${MESSAGE}`, "neither"],
    [
      "a huge signature",
      HEAD + SSH.replace("U1NI", "U1NI\n ".repeat(20_000)) + MESSAGE,
      "more than 65536",
    ],
    ["a parent behind the signature", TREE + AUTHOR + COMMITTER + SSH + PARENT + MESSAGE, "cover"],
    ["a committer behind the signature", TREE + AUTHOR + SSH + COMMITTER + MESSAGE, "cover"],
  ];
  for (const [what, text, problem] of malformed) {
    it(`refuses ${what}`, () => {
      const found = split(text);
      if (found.kind !== "malformed") throw new Error(JSON.stringify(found));
      expect(found.problem).to.include(problem);
    });
  }
});
