import type { ReasonNote } from "./reason-note.ts";

/** The signature that `Verify` of a source asks for counts. */
export const SIGNATURE_VERIFIED = {
  SignatureVerified: {
    place: "source",
    meaning: "The newest commit is signed by a configured key; `SourceVerified` is `True`",
    next: "None",
  },
} as const satisfies Readonly<Record<string, ReasonNote>>;

/** Why the signature of a commit does not count. Until one does, rooms keep what was accepted last. */
export const SIGNATURE_PROBLEMS = {
  SignatureMissing: {
    place: "source",
    meaning: "A commit that must be signed is not; nothing of the new commits is carried out",
    next: "Push a signed commit (`git commit -S`); with `Verify.Mode: all` each new commit must be signed, merged ones too",
  },
  SignatureInvalid: {
    place: "source",
    meaning:
      "The signature of a commit is not of this commit, is made over a weak hash or for another purpose, or is not in a form that counts",
    next: "Find out who pushed the commit; push one that is signed by a configured key",
  },
  SignerUnknown: {
    place: "source",
    meaning: "A commit is signed by a key that is not among those of `Verify`",
    next: "Add the key to `Verify.KeyFiles` or `Verify.AllowedSignersFile` if its owner may sign; otherwise push a commit that is signed by a configured key",
  },
  KeyExpired: {
    place: "source",
    meaning:
      "The key of a signature has expired: a GPG key by now, an ssh key at the commit's time",
    next: "Prolong the key and renew its file, or push a commit that is signed by another configured key",
  },
  KeyRevoked: {
    place: "source",
    meaning: "A commit is signed by a GPG key that its owner revoked",
    next: "Find out who pushed the commit; push one that is signed by another configured key",
  },
  SignatureUnchecked: {
    place: "source",
    meaning:
      "Signatures cannot be checked: a file of keys cannot be used, or `gpg` or `ssh-keygen` is missing or does not end",
    next: "Repair the file or install the program that the message names; the agent tries again at each poll",
  },
} as const satisfies Readonly<Record<string, ReasonNote>>;

export type SignatureProblem = keyof typeof SIGNATURE_PROBLEMS;

/** True for why a signature does not count. */
export function isSignatureReason(reason: string): boolean {
  return Object.hasOwn(SIGNATURE_PROBLEMS, reason);
}
