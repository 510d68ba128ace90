import { z } from "zod";
import { key } from "./key.ts";
import { headerToken, line } from "./values.ts";

const text = "a line of text without control characters";

const sshPath = "a path without quotes, `$` and `\\`";

/** How a source signs in. */
export const authSchema = z
  .strictObject({
    Kind: key(z.enum(["none", "token", "bearer", "basic", "ssh"]).default("none"), {
      meaning:
        "How the agent logs in: `token` sends `Token` as the password of `Username`, `bearer` sends it as `Authorization: Bearer`, `basic` sends `Username` and `Password`, `ssh` signs in with a key",
      range: "`none`, `token`, `bearer`, `basic` or `ssh`",
    }),
    Username: key(line.regex(/^[^:]*$/).optional(), {
      meaning: "The user; with `token` most servers take any name",
      range: `${text} and without \`:\``,
      shownDefault: "with `token`: `x-access-token`",
      secret: true,
    }),
    Token: key(headerToken.optional(), {
      meaning: "The access token",
      range: "visible ASCII without blanks",
      secret: true,
    }),
    TokenFile: key(line.optional(), {
      meaning: "A file with the access token, read again at each use",
      range: "a path; the file holds one line of visible ASCII",
    }),
    Password: key(line.optional(), { meaning: "The password", range: text, secret: true }),
    PasswordFile: key(line.optional(), {
      meaning: "A file with the password, read again at each use",
      range: "a path",
    }),
    KeyFile: key(line.optional(), {
      meaning: "A file with the private key for ssh, readable by its owner alone",
      range: sshPath,
    }),
    PassphraseFile: key(line.optional(), {
      meaning: "A file with the passphrase of `KeyFile`, read at each use",
      range: "a path",
    }),
    KnownHostsFile: key(line.optional(), {
      meaning:
        "A file with the server's host keys as `ssh-keyscan` writes them, compared with what the server's owner says. Without it `ssh` is refused",
      range: sshPath,
    }),
  })
  .prefault({});
