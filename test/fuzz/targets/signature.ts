import { parseCommit } from "../../../agent/source/git/objects/git-commit-parse.ts";
import { readGpgStatus } from "../../../agent/source/git/signature/gpg-status.ts";
import { splitSignature } from "../../../agent/source/git/signature/signed-commit.ts";
import { parseSshSignature } from "../../../agent/source/git/signature/ssh-signature.ts";
import { mustHold, shapeOf, textBytes, type FuzzTarget } from "../fuzz-target.ts";
import { typed } from "./typed.ts";

const HEAD = `tree ${"1".repeat(40)}\nparent ${"2".repeat(40)}\nauthor A <a@b.c> 1764000000 +0100\ncommitter A <a@b.c> 1764000000 +0100\n`;
const GPG = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iHUE\n -----END PGP SIGNATURE-----\n";
const SSH = "gpgsig -----BEGIN SSH SIGNATURE-----\n U1NI\n -----END SSH SIGNATURE-----\n";

/** The signature in a commit object. */
export const signedCommit: FuzzTarget = {
  name: "signed-commit",
  what: "a commit object with a signature",
  maxBytes: 131_072,
  seeds: [HEAD, HEAD + GPG, HEAD + SSH, HEAD + SSH + GPG].map((text) =>
    textBytes(`${text}\nSubject\n`),
  ),
  words: [
    "gpgsig ",
    "gpgsig-sha256 ",
    "mergetag ",
    "parent ",
    "committer ",
    "\n ",
    "\n\n",
    "\n",
    GPG,
    SSH,
  ],
  run: (input) =>
    typed(() => {
      const bytes = Buffer.from(input);
      const found = splitSignature(bytes);
      if (found.kind !== "signed") return found.kind;
      const { payload, signature } = found;
      mustHold(payload.length < bytes.length, "the signature is not signed");
      mustHold(splitSignature(payload).kind === "unsigned", "one signature is all there is");
      const { message } = parseCommit(bytes);
      mustHold(parseCommit(payload).message === message, "what is read is what is signed");
      mustHold(signature.toString("latin1").startsWith("-----BEGIN "), "a signature is armoured");
      return `${found.by} ${parseSshSignature(signature) !== null}`;
    }),
};

/** What a ssh signature says of itself. */
export const sshSignature: FuzzTarget = {
  name: "sshsig",
  what: "an armoured ssh signature",
  maxBytes: 65_536,
  seeds: [
    "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgyqbZciBNwTx6pJuESY5B1VLVJV\nuhEq/+ibiQl0QICh4AAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5\nAAAAQCfSzO/stXFusY2TpghDuG68AkYhk0n3uXDJF1p6tGA/Yi6FAu9xnq99AofJKfHurD\nL4fwwJNTlc1bP34eRmRQI=",
    "U1NI",
  ].map((body) =>
    textBytes(`-----BEGIN SSH SIGNATURE-----\n${body}\n-----END SSH SIGNATURE-----\n`),
  ),
  words: ["AAAA", "U1NIU0lH", "=", "\n", "Z2l0", "-----BEGIN SSH SIGNATURE-----\n"],
  run: (input) => {
    const found = parseSshSignature(Buffer.from(input));
    if (found === null) return "none";
    mustHold(/^SHA256:[A-Za-z0-9+/]{43}$/.test(found.fingerprint), "a key has a fingerprint");
    mustHold(found.key !== "", "there is a key");
    return `${found.namespace === "git"} ${shapeOf(found.hash)}`;
  },
};

/** What gpg reports. */
export const gpgStatus: FuzzTarget = {
  name: "gpg-status",
  what: "the status lines of gpg",
  maxBytes: 8192,
  seeds: [
    `[GNUPG:] GOODSIG BBBB Ada <a@b.c>\n[GNUPG:] VALIDSIG ${"B".repeat(40)} 2026-11-29 1 0 4 0 22 8 00 ${"A".repeat(40)}\n`,
    "[GNUPG:] ERRSIG B 22 8 00 1 9 -\n",
    "[GNUPG:] EXPKEYSIG B Ada\n",
  ].map(textBytes),
  words: ["[GNUPG:] ", "GOODSIG ", "BADSIG ", "REVKEYSIG ", "VALIDSIG ", "%0A", "\n", " "],
  run: (input) => {
    const text = Buffer.from(input).toString("utf8");
    const found = readGpgStatus(text, 0);
    if (found.kind === "bad") return `${found.reason} ${shapeOf(found.why)}`;
    const count = text.split("\n").filter((line) => line.startsWith("[GNUPG:] GOODSIG")).length;
    mustHold(count === 1, "one signature is good");
    mustHold(/^[0-9A-F]{40}$/.test(found.key), "a key has a fingerprint");
    return "good";
  },
};
