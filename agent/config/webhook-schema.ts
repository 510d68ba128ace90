import { z } from "zod";
import { key } from "./key.ts";
import { line } from "./values.ts";

const secretRange = "a line of text without control characters";
const fileRange = "a path; the file holds the secret, on one line";

/** `Git.Sources[].Webhook`: without a secret the source has no webhook. */
export const webhookSchema = z
  .strictObject({
    Secret: key(line.optional(), {
      meaning:
        "The secret that the forge signs webhooks with; a signing token of GitLab begins with `whsec_`",
      range: secretRange,
      secret: true,
    }),
    SecretFile: key(line.optional(), {
      meaning: "A file with that secret, read again for each delivery",
      range: fileRange,
    }),
    PreviousSecret: key(line.optional(), {
      meaning: "The secret before, accepted as well while it is rotated",
      range: secretRange,
      secret: true,
    }),
    PreviousSecretFile: key(line.optional(), {
      meaning: "A file with the secret before, read again for each delivery",
      range: fileRange,
    }),
  })
  .prefault({});
