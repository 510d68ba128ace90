import { z } from "zod";
import { key } from "./key.ts";
import { line, wholeNumber } from "./values.ts";

/** Files of GPG keys that a source may name. */
const MOST_FILES = 32;

const MOST_SIGNERS = 256;

/** `Git.Sources[].Verify`: whose commits count. */
export const verifySchema = z
  .strictObject({
    Mode: key(z.enum(["none", "head", "all"]).default("none"), {
      meaning:
        "Which commits must be signed by one of the keys below: `none`; `head`: the newest, which stands for what it is built on; `all`: each new commit, merged ones too. Where one is not, the source fails and rooms keep what was accepted last",
      range: "`none`, `head` or `all`",
    }),
    KeyFiles: key(
      z
        .array(key(line, { meaning: "One file", range: "a path" }))
        .max(MOST_FILES)
        .default([]),
      {
        meaning:
          "Files with public GPG keys, read again at each use. The system's `gpg` checks their signatures",
        range: `a list of at most ${MOST_FILES} paths`,
      },
    ),
    AllowedSignersFile: key(line.optional(), {
      meaning:
        "A file of allowed signers for ssh keys, as `ssh-keygen` and git read it, read again at each use; its times are UTC. The system's `ssh-keygen` checks their signatures",
      range: "a path",
    }),
    MaxCommits: key(wholeNumber(1, 1_000_000).default(2000), {
      meaning:
        "Commits whose signatures one fetch may need; each costs some 20 ms. Over it the source fails",
      range: "a whole number of commits from 1 to 1000000",
    }),
  })
  .prefault({});

/** What `Intent` says of signatures. */
export const signedIntent = {
  ConfirmRequiresSignature: key(z.boolean().default(false), {
    meaning:
      "Whether a `Confirm` counts only in a commit that is signed by a key in `ConfirmSigners`. What is confirmed by `/apply` is not affected",
    range: "`true` or `false`",
  }),
  ConfirmSigners: key(
    z
      .array(
        key(z.string().regex(/^(?:SHA256:[A-Za-z0-9+/]{43}|[0-9A-Fa-f]{40})$/), {
          meaning: "One fingerprint",
          range:
            "`SHA256:` and 43 characters, as `ssh-keygen -lf` shows it, or the 40 hex digits of a primary GPG key without blanks",
        }),
      )
      .max(MOST_SIGNERS)
      .default([]),
    {
      meaning: "Fingerprints of the keys whose commits may confirm; the keys stand under `Verify`",
      range: `a list of at most ${MOST_SIGNERS} fingerprints`,
    },
  ),
};
