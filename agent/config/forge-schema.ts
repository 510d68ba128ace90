import { z } from "zod";
import { key } from "./key.ts";
import { headerToken, isPlainHttpUrl, line, number, wholeNumber } from "./values.ts";

/** `Git.Sources[].Forge`, `.Labels` and `.Plan`: what the agent reads of pull requests, and what it writes there. */

const yesOrNo = "`true` or `false`";
const decimal = z.string().regex(/^[1-9][0-9]{0,18}$/);
const idRange = "a decimal number as text";

const flag = (fallback: boolean, meaning: string) =>
  key(z.boolean().default(fallback), { meaning, range: yesOrNo });

/** A blank or a comma in a label's name would end it in messages. */
const labelName = line.max(50).regex(/^[^\s,/][^,/]*$/);

const labelRange = "1 to 50 characters without `,` and `/`, not beginning with a blank";

export const forgeSchema = z
  .strictObject({
    Kind: key(z.enum(["gitea", "github", "gitlab"]).optional(), {
      meaning:
        "The kind of forge that the repository is on. With it the agent reads labels, and writes plans and statuses ([pull requests](pull-requests.md))",
      range: "`gitea` (and Forgejo), `github` or `gitlab`",
      shownDefault: "no forge is asked",
    }),
    Url: key(z.string().max(2048).refine(isPlainHttpUrl).optional(), {
      meaning: "The forge's web address, as the agent reaches it",
      range: "an http or https address without user, password, `?` and `#`",
      shownDefault: "scheme and host of the source's `Url`; `https` where that is ssh",
      url: true,
    }),
    Repository: key(
      line
        .max(500)
        .regex(/^[^/\s][^\s]*\/[^/\s]+$/)
        .optional(),
      {
        meaning: "The repository's name on the forge",
        range: "`owner/name`; on GitLab with all groups before it",
        shownDefault: "the path of the source's `Url`",
      },
    ),
    Token: key(headerToken.optional(), {
      meaning: "The access token for the forge's API",
      range: "visible ASCII without blanks",
      secret: true,
    }),
    TokenFile: key(line.optional(), {
      meaning: "A file with that token, read again at each use",
      range: "a path; the file holds one line of visible ASCII",
    }),
    App: z
      .strictObject({
        Id: key(decimal.optional(), {
          meaning: "The id of the app on GitHub that the agent signs in as, instead of a token",
          range: idRange,
        }),
        InstallationId: key(decimal.optional(), {
          meaning: "The id of the app's installation for the repository's owner",
          range: idRange,
        }),
        PrivateKeyFile: key(line.optional(), {
          meaning: "A file with the app's private key, read again at each use",
          range: "a path; the file holds PEM text",
        }),
      })
      .prefault({}),
    TimeoutSeconds: key(number(0.1, 600).default(10), {
      meaning: "The longest one request to the forge may take",
      range: "a number from 0.1 to 600",
    }),
    CommitStatus: flag(
      true,
      "Whether the status `room-operator/sync` of the synced commit is written",
    ),
  })
  .prefault({});

export const labelsSchema = z
  .strictObject({
    Confirm: key(labelName.default("confirm"), {
      meaning:
        "The label of a pull request that confirms the removals its plan showed as refused; with `/` and a room id behind it, those of that room ([labels](labels.md))",
      range: labelRange,
    }),
    DryRun: key(labelName.default("dry-run"), {
      meaning:
        "The label of a pull request of which only a plan is made; with `/` and a room id behind it, for that room",
      range: labelRange,
    }),
    ConfirmId: key(decimal.optional(), {
      meaning:
        "The forge's id of the label `Confirm`: one of that name with another id confirms nothing",
      range: idRange,
      shownDefault: "the one that the agent saw first",
    }),
    AllowedPersons: key(
      z
        .array(key(decimal, { meaning: "A person's id", range: idRange }))
        .max(1000)
        .optional(),
      {
        meaning:
          "The forge's ids of the persons whose `Confirm` label counts. Ids, because a name can be given up and taken by somebody else",
        range: "a list of decimal numbers as text",
        shownDefault: "whoever may write to the repository, as the forge says",
      },
    ),
    RequireOtherPerson: flag(
      false,
      "Whether the author of a pull request cannot confirm it alone by a label",
    ),
  })
  .prefault({});

export const planSchema = z
  .strictObject({
    Enabled: flag(
      true,
      "Whether each open pull request gets a comment with its plan and the status `room-operator/plan`",
    ),
    Forks: flag(false, "Whether pull requests from other repositories are planned"),
    FailOnRefusal: flag(
      false,
      "Whether the status is a failure where something would be refused until it is confirmed",
    ),
    RequireReviewedPlan: flag(
      false,
      "Whether a merged change waits for a confirmation where its plan is another than the one that its pull request showed",
    ),
    IntervalSeconds: key(number(1, 86_400).default(30), {
      meaning: "The time between two looks at the open pull requests; a webhook makes one at once",
      range: "a number from 1 to 86400",
    }),
    MostPullRequests: key(wholeNumber(1, 500).default(50), {
      meaning:
        "How many open pull requests of the source are planned; it is said how many more there are",
      range: "a whole number from 1 to 500",
    }),
  })
  .prefault({});
