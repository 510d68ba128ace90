import { expect } from "chai";
import {
  importedKeys,
  readGpgStatus,
} from "../../../../../agent/source/git/signature/gpg-status.ts";

const PRIMARY = "A".repeat(40);
const SUBKEY = "B".repeat(40);
const GOOD = "GOODSIG BBBBBBBBBBBBBBBB Ada <ada@example.org>";
const valid = ({ hash = "8", kind = "00", primary = PRIMARY } = {}) =>
  `VALIDSIG ${SUBKEY} 2026-11-29 1795958244 0 4 0 22 ${hash} ${kind} ${primary}`;
const status = (...lines: readonly string[]) => lines.map((line) => `[GNUPG:] ${line}\n`).join("");

describe("readGpgStatus", () => {
  it("names the primary key and its user id where a subkey signed", () => {
    expect(readGpgStatus(status("NEWSIG", GOOD, valid()), 0)).to.deep.equal({
      kind: "good",
      tool: "gpg",
      key: PRIMARY,
      name: "Ada <ada@example.org>",
    });
  });

  it("shows a user id in which gpg escaped a line break", () => {
    const lines = status("GOODSIG BBBBBBBBBBBBBBBB Ada%0A[GNUPG:] BADSIG", valid());
    expect(readGpgStatus(lines, 0)).to.deep.include({ name: String.raw`"Ada\n[GNUPG:] BADSIG"` });
  });

  const bad: readonly (readonly [string, string, number | null, string])[] = [
    ["nothing", "", 0, "SignatureInvalid"],
    ["no status line but other text", `${GOOD}\n${valid()}\n`, 0, "SignatureInvalid"],
    ["GOODSIG alone", status(GOOD), 0, "SignatureInvalid"],
    ["VALIDSIG alone", status(valid()), 0, "SignatureInvalid"],
    ["a good signature with an exit code", status(GOOD, valid()), 2, "SignatureInvalid"],
    [
      "a good signature of a program that was ended",
      status(GOOD, valid()),
      null,
      "SignatureInvalid",
    ],
    ["two good signatures", status(GOOD, valid(), GOOD, valid()), 0, "SignatureInvalid"],
    ["a good and a bad signature", status(GOOD, valid(), "BADSIG C x"), 0, "SignatureInvalid"],
    ["SHA-1", status(GOOD, valid({ hash: "2" })), 0, "SignatureInvalid"],
    ["MD5", status(GOOD, valid({ hash: "1" })), 0, "SignatureInvalid"],
    ["a certification", status(GOOD, valid({ kind: "10" })), 0, "SignatureInvalid"],
    ["an odd fingerprint", status(GOOD, valid({ primary: "x" })), 0, "SignatureInvalid"],
    ["another text", status("BADSIG B Ada"), 1, "SignatureInvalid"],
    ["an expired signature", status("EXPSIG B Ada", valid()), 0, "KeyExpired"],
    ["an expired key", status("EXPKEYSIG B Ada", valid()), 0, "KeyExpired"],
    ["a revoked key", status("REVKEYSIG B Ada", valid()), 0, "KeyRevoked"],
    ["an unknown key", status("ERRSIG B 22 8 00 1 9 -", "NO_PUBKEY B"), 2, "SignerUnknown"],
    ["an unknown algorithm", status("ERRSIG B 99 8 00 1 4 -"), 2, "SignatureInvalid"],
  ];
  for (const [what, text, code, reason] of bad) {
    it(`refuses ${what}`, () => {
      expect(readGpgStatus(text, code)).to.include({ kind: "bad", reason });
    });
  }
});

describe("importedKeys", () => {
  it("counts keys that came, and no secret or failed ones", () => {
    const lines = status(
      `IMPORT_OK 1 ${PRIMARY}`,
      "IMPORT_OK 0 short",
      `IMPORT_PROBLEM 1 ${SUBKEY}`,
    );
    expect(importedKeys(lines)).to.deep.equal([PRIMARY]);
    expect(importedKeys("NODATA 1")).to.deep.equal([]);
  });
});
