import { createHash } from "node:crypto";
import { expect } from "chai";
import { parseSshSignature } from "../../../../../agent/source/git/signature/ssh-signature.ts";
import { verifyTime } from "../../../../../agent/source/git/signature/ssh-verifier.ts";

function part(bytes: string | Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, Buffer.from(bytes)]);
}

function blob({ namespace = "git", magic = "SSHSIG", version = 1, key = "key", more = "" } = {}) {
  const parts = [key, namespace, "", "sha512", "signature"].map(part);
  return Buffer.concat([
    Buffer.from(magic),
    Buffer.from([0, 0, 0, version]),
    ...parts,
    Buffer.from(more),
  ]);
}

function armor(bytes: Buffer): Buffer {
  const lines = bytes.toString("base64").replaceAll(/(.{70})/g, "$1\n");
  return Buffer.from(`-----BEGIN SSH SIGNATURE-----\n${lines}\n-----END SSH SIGNATURE-----\n`);
}

describe("parseSshSignature", () => {
  it("reads namespace, hash and key", () => {
    const sum = createHash("sha256").update("key").digest("base64").replaceAll("=", "");
    expect(parseSshSignature(armor(blob({ namespace: "file" })))).to.deep.equal({
      namespace: "file",
      hash: "sha512",
      key: Buffer.from("key").toString("base64"),
      fingerprint: `SHA256:${sum}`,
    });
  });

  const odd: Readonly<Record<string, Buffer>> = {
    "another armour": Buffer.from(
      "-----BEGIN PGP SIGNATURE-----\nAAAA\n-----END PGP SIGNATURE-----\n",
    ),
    "text behind it": Buffer.concat([armor(blob()), Buffer.from("x")]),
    "no base64": Buffer.from("-----BEGIN SSH SIGNATURE-----\n$$\n-----END SSH SIGNATURE-----\n"),
    "another magic": armor(blob({ magic: "SSHSIX" })),
    "another version": armor(blob({ version: 2 })),
    "no key": armor(blob({ key: "" })),
    "bytes behind the parts": armor(blob({ more: "x" })),
    "a cut part": armor(blob().subarray(0, -1)),
    "parts that are missing": armor(blob().subarray(0, 20)),
    nothing: Buffer.alloc(0),
  };
  for (const [what, bytes] of Object.entries(odd)) {
    it(`refuses ${what}`, () => {
      expect(parseSshSignature(bytes)).to.equal(null);
    });
  }
});

describe("verifyTime", () => {
  it("is the committer's time in UTC, within the years that ssh-keygen reads", () => {
    expect(verifyTime(1_764_000_001_000)).to.equal("20251124160001");
    expect(verifyTime(0)).to.equal("19700101000000");
    for (const odd of [-1000, 1e15, Number.NaN]) expect(verifyTime(odd)).to.equal(null);
  });
});
