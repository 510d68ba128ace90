import { parseCommit } from "../objects/git-commit-parse.ts";
import type { GitCommit } from "../objects/git-commit-parse.ts";

/** A commit apart from its signature. */
export type SignedCommit =
  | {
      readonly kind: "signed";
      readonly by: SignatureKind;
      /** What was signed: the commit's bytes without the signature's header. */
      readonly payload: Buffer;
      /** As the tool that checks it reads it. */
      readonly signature: Buffer;
      readonly committedAtMs: number;
    }
  | { readonly kind: "unsigned" }
  /** `problem`: what is wrong with how it is signed, to be read after "its signature". */
  | { readonly kind: "malformed"; readonly problem: string };

export type SignatureKind = "gpg" | "ssh";

/** Bytes of a signature; those of the largest keys in use have a few thousand. */
const MAX_SIGNATURE = 65_536;

const SPACE = 0x20;
const NEWLINE = 0x0a;

const ARMORS: readonly (readonly [string, SignatureKind])[] = [
  ["-----BEGIN PGP SIGNATURE-----\n", "gpg"],
  ["-----BEGIN SSH SIGNATURE-----\n", "ssh"],
];

/**
 * Takes the signature out of a commit as git does: the header `gpgsig` with the lines that continue it. What the agent reads
 * of a commit must be the same without it, so that nothing that counts is unsigned. Throws as `parseCommit` does.
 */
export function splitSignature(bytes: Buffer): SignedCommit {
  const blank = bytes.indexOf("\n\n");
  const header = blank === -1 ? bytes : bytes.subarray(0, blank + 1);
  const found = signatureLines(header);
  if (found === null) return { kind: "unsigned" };
  if (typeof found === "string") return { kind: "malformed", problem: found };
  const signature = unfolded(header.subarray(found.start, found.end));
  if (signature.length > MAX_SIGNATURE)
    return malformed(`has ${signature.length} bytes, more than ${MAX_SIGNATURE}`);
  const by = ARMORS.find(([begin]) => signature.toString("latin1").startsWith(begin))?.[1];
  if (by === undefined) return malformed("is neither one of OpenPGP nor one of ssh");
  const payload = Buffer.concat([bytes.subarray(0, found.start), bytes.subarray(found.end)]);
  const commit = parseCommit(bytes);
  if (!isSame(commit, parseCommit(payload)))
    return malformed("stands before lines that git reads and that it does not cover");
  return { kind: "signed", by, payload, signature, committedAtMs: commit.committedAtMs };
}

function malformed(problem: string): SignedCommit {
  return { kind: "malformed", problem };
}

/** Where the one signature stands in the header, its continued lines included; null: there is none. Else what is wrong. */
function signatureLines(
  header: Buffer,
): { readonly start: number; readonly end: number } | string | null {
  let found: { readonly start: number; end: number } | null = null;
  let isInside = false;
  for (let at = 0; at < header.length;) {
    const newline = header.indexOf(NEWLINE, at);
    const next = newline === -1 ? header.length : newline + 1;
    if (header[at] === SPACE) {
      if (isInside && found !== null) found.end = next;
    } else {
      const key = header.toString("latin1", at, Math.min(next, at + 14));
      isInside = key.startsWith("gpgsig ");
      if (key.startsWith("gpgsig-sha256 "))
        return "comes with one for SHA-256 repositories, which this is not";
      if (isInside && found !== null) return "is there more than once";
      if (isInside) found = { start: at, end: next };
    }
    at = next;
  }
  return found;
}

/** The value of a header: without its key, and each line after the first without the space in front. */
function unfolded(lines: Buffer): Buffer {
  const text = lines.toString("latin1").slice("gpgsig ".length).replaceAll("\n ", "\n");
  return Buffer.from(text.endsWith("\n") ? text : `${text}\n`, "latin1");
}

function isSame(a: GitCommit, b: GitCommit): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
