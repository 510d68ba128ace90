import { legible } from "../../../kernel/shortened.ts";
import type { CommitSignature } from "../../commit-signature.ts";
import { bad } from "./bad-signature.ts";

/** Lines by which gpg says how a signature turned out: one for each signature. */
const RESULTS = ["GOODSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "BADSIG", "ERRSIG"] as const;

/** Hashes by their OpenPGP numbers for which no two texts with one hash can be made: SHA-2 and SHA-3. */
const STRONG: ReadonlySet<string> = new Set(["8", "9", "10", "11", "12", "14"]);

/** What `ERRSIG` gives as its cause where the key is not in the keyring. */
const NO_KEY = "9";

const HEX = /^[0-9A-F]{40}$/;

/**
 * What gpg found, by its status lines (`--status-fd`) and its exit code. Good is one signature over a whole text, made by a key
 * that is neither expired nor revoked now, over a strong hash; everything else is not.
 */
export function readGpgStatus(text: string, exitCode: number | null): CommitSignature {
  const lines = text
    .split("\n")
    .filter((line) => line.startsWith("[GNUPG:] "))
    .map((line) => line.slice("[GNUPG:] ".length).split(" "));
  const results = lines.filter(([word]) => RESULTS.some((each) => each === word));
  const [result] = results;
  if (result === undefined) return bad("SignatureInvalid", "has a signature that gpg cannot read");
  if (results.length > 1)
    return bad("SignatureInvalid", `has ${results.length} signatures, and only one counts`);
  const [word = "", keyId = "", ...rest] = result;
  if (word !== "GOODSIG") return refused(word, keyId, rest);
  const valid = lines.filter(([each]) => each === "VALIDSIG");
  const [, fingerprint = "", , , , , , , hash = "", kind = "", primary = fingerprint] =
    valid[0] ?? [];
  if (valid.length !== 1 || !HEX.test(primary) || !/^0[01]$/.test(kind) || exitCode !== 0)
    return bad("SignatureInvalid", "has a signature that gpg does not call valid");
  if (!STRONG.has(hash))
    return bad(
      "SignatureInvalid",
      `is signed over a weak hash (OpenPGP number ${hash}; SHA-1 is 2): sign it with digest-algo SHA256`,
    );
  return { kind: "good", tool: "gpg", key: primary, name: legible(unescaped(rest.join(" "))) };
}

function refused(word: string, keyId: string, rest: readonly string[]): CommitSignature {
  const key = `the GPG key ${legible(keyId)}`;
  switch (word) {
    case "EXPKEYSIG":
      return bad("KeyExpired", `is signed by ${key}, which has expired`);
    case "REVKEYSIG":
      return bad("KeyRevoked", `is signed by ${key}, which was revoked`);
    case "EXPSIG":
      return bad("KeyExpired", `is signed by ${key}, and the signature itself has expired`);
    case "ERRSIG":
      return rest[4] === NO_KEY
        ? bad("SignerUnknown", `is signed by ${key}, which no file of Verify.KeyFiles holds`)
        : bad("SignatureInvalid", `is signed by ${key} in a way that gpg cannot check`);
    default:
      return bad("SignatureInvalid", `has a signature of ${key} that is not of this commit`);
  }
}

/** gpg writes bytes that would break a line as `%0A`. */
function unescaped(text: string): string {
  return text.replaceAll(/%([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The primary keys that an import brought. */
export function importedKeys(text: string): readonly string[] {
  return text
    .split("\n")
    .flatMap((line) => /^\[GNUPG:\] IMPORT_OK \d+ ([0-9A-F]{40})$/.exec(line)?.[1] ?? []);
}
