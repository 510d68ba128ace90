import { z } from "zod";
import { authSchema } from "./auth-schema.ts";
import { isTimeZone } from "./cron-schedule.ts";
import { driftSchema } from "./drift-schema.ts";
import { forgeSchema, labelsSchema, planSchema } from "./forge-schema.ts";
import { key } from "./key.ts";
import { proxySchema, tlsSchema } from "./reach-schema.ts";
import {
  isRefName,
  isRepositoryUrl,
  isVersionRange,
  line,
  normalizeRepositoryPath,
  number,
  wholeNumber,
} from "./values.ts";
import { signedIntent, verifySchema } from "./verify-schema.ts";
import { webhookSchema } from "./webhook-schema.ts";

/** One entry of `Git.Sources`. */

const MIB = 1024 * 1024;

const limit = (fallback: number, most: number, [unit, meaning]: readonly [string, string]) =>
  key(wholeNumber(1, most).default(fallback), {
    meaning,
    range: `a whole number of ${unit} from 1 to ${most}`,
  });

const text = "a line of text without control characters";

const lines = z.array(key(line, { meaning: "One entry", range: text }));

const FILE_GLOB =
  "where `*` stands for any characters, `/` included, and `**/` for any folders or none";

/** A glob that begins with `/` or `./` would match no path. */
const fileGlobs = z
  .array(
    key(line.max(500).regex(/^(?!\.?\/)/), {
      meaning: "A glob",
      range: "a line of at most 500 characters that does not begin with `/` or `./`",
    }),
  )
  .max(256);

/** An id of zeros stands for "no commit". */
const COMMIT_ID = /^(?!0{40})[0-9a-f]{40}$/i;

const ref = z
  .strictObject({
    Branch: key(z.string().refine(isRefName).optional(), {
      meaning:
        "The branch that is followed; one of `Branch`, `Tag`, `Semver` and `Commit` may be set",
      range: "a branch's short name, such as `main`",
      shownDefault: "`main`, unless another is set",
    }),
    Tag: key(z.string().refine(isRefName).optional(), {
      meaning: "The tag that is followed, wherever it is moved",
      range: "a tag's short name, such as `v1.2.0`",
    }),
    Semver: key(z.string().refine(isVersionRange).optional(), {
      meaning:
        "The newest tag is followed that is a version (`v1.2.3` or `1.2.3`) in this range. Pre-releases count only where the range names one of the same version",
      range: "a version range of at most 200 characters, such as `^1.2` or `>=1.2.0 <3`",
    }),
    Commit: key(z.string().regex(COMMIT_ID).optional(), {
      meaning: "The commit that is kept to; the server is not asked again once it is here",
      range: "the 40 hex digits of a commit's SHA-1 id, unshortened",
    }),
  })
  .prefault({});

const limits = z
  .strictObject({
    PackBytes: limit(64 * MIB, 4096 * MIB, [
      "bytes",
      "Size of one answer of the git server; of a folder, size of all spec files together",
    ]),
    ObjectBytes: limit(16 * MIB, 1024 * MIB, [
      "bytes",
      "Size of one git object, unpacked. A file over it is not kept: a spec that is one is invalid, a seed that is one is blocked, any other does no harm",
    ]),
    SeedBytes: limit(16 * MIB, 1024 * MIB, ["bytes", "Size of one seed file"]),
    SeedTotalBytes: limit(256 * MIB, 65_536 * MIB, [
      "bytes",
      "Size of all seed files of the source together",
    ]),
    SpecBytes: limit(MIB, 16 * MIB, ["bytes", "Size of one spec file"]),
    ParseSeconds: limit(60, 3600, [
      "seconds",
      "Time to parse all spec files of one commit; 20 ms more for each file",
    ]),
    Entries: limit(100_000, 10_000_000, ["entries", "Files and folders in one tree"]),
    Depth: limit(16, 256, ["levels", "Folders inside one another"]),
    Commits: limit(10_000, 1_000_000, ["commits", "Commits read between two heads"]),
    CommitFiles: limit(200_000, 10_000_000, [
      "files",
      "Files that the commits between two heads change, each counted once for each commit. Over it the history counts as rewritten: what the commits say is not read",
    ]),
  })
  .prefault({});

export const sourceSchema = z.strictObject({
  Name: key(z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/), {
    meaning: "The source's name in status, metrics and the data folder; unique",
    range: "1 to 63 of `a-z`, `0-9` and `-`, not beginning with `-`",
    shownDefault: "required",
  }),
  Kind: key(z.enum(["git", "folder"]).default("git"), {
    meaning:
      "Where the specs are: `git`: in the repository at `Url`; `folder`: in `Folder` on the agent's own machine, for development and for trying",
    range: "`git` or `folder`",
  }),
  Folder: key(line.optional(), {
    meaning: "With `Kind: folder`: the folder. A relative path begins where the agent is started",
    range: "a path",
    shownDefault: "required with `Kind: folder`",
  }),
  Url: key(z.string().max(2048).refine(isRepositoryUrl).optional(), {
    meaning: "The repository's address",
    range:
      "an http or https address without user, password, `?` and `#`, or `ssh://user@host:port/path`, or `user@host:path`; credentials belong under `Auth`",
    shownDefault: "required, but not with `Kind: folder`",
    url: true,
  }),
  Ref: ref,
  Path: key(line.refine((path) => normalizeRepositoryPath(path) !== undefined).default("."), {
    meaning:
      "The folder searched for `**/*.room.{yaml,yml,json}`; `seedFrom` is relative to the repository's root",
    range: "a relative path inside the repository, without `..` and `\\`",
  }),
  Include: key(fileGlobs.min(1).default(["*"]), {
    meaning:
      "Globs of the spec files that are read, by their path from `Path` on. A room whose file is not included any more stays as it is ([which files are read](sources.md#which-files-are-read))",
    range: `a list of 1 to 256 globs, ${FILE_GLOB}`,
  }),
  Exclude: key(fileGlobs.default([]), {
    meaning: "Globs of the spec files that are not read, whatever includes them",
    range: `a list of at most 256 globs, ${FILE_GLOB}`,
  }),
  IntervalSeconds: key(number(0.1, 86_400).default(10), {
    meaning:
      "The time between two polls, give or take 10 %, so that sources are not polled together. Not with `Schedule`",
    range: "a number from 0.1 to 86400",
    shownDefault: "`10`, or `Schedule`",
  }),
  Schedule: key(line.max(128).optional(), {
    meaning:
      "When the source is polled, instead of each `IntervalSeconds`: a cron line in local time of `TimeZone`. It is polled at the start, too, and [when something asks for it](sources.md#when-a-source-is-polled)",
    range:
      "a cron line with five fields (minute, hour, day of month, month, day of week) that names an existing day",
  }),
  TimeZone: key(line.refine(isTimeZone).optional(), {
    meaning: "The time zone of `Schedule`",
    range: "a name of the IANA time zone database, such as `Europe/Berlin`",
    shownDefault: "`UTC`",
  }),
  TimeoutSeconds: key(number(0.1, 3600).default(60), {
    meaning: "The longest one clone or fetch may take, and the longest that a poll comes to wait",
    range: "a number from 0.1 to 3600",
  }),
  PollTimeoutSeconds: key(number(0.1, 3600).default(20), {
    meaning:
      "The longest one poll may take, of which half is for the answer's headers; each poll that runs out of time doubles it for the next one, up to `TimeoutSeconds`",
    range: "a number from 0.1 to 3600",
  }),
  Auth: authSchema,
  Fetcher: key(z.enum(["builtin", "system"]).default("builtin"), {
    meaning:
      "What fetches over http and https: `builtin`: the agent itself; `system`: the system's git, with its own configuration of proxies, authorities and sign-in",
    range: "`builtin` or `system`",
  }),
  Tls: tlsSchema,
  Proxy: proxySchema,
  Webhook: webhookSchema,
  Prune: key(z.boolean().default(false), {
    meaning:
      "Whether what the agent put into a room is removed once a commit removes the room's file and a person confirms it by the room's name ([removing a room](moving.md#prune-a-room)). `false`: the room is left as it is",
    range: "`true` or `false`",
  }),
  AllowEmpty: key(z.boolean().default(false), {
    meaning: "Whether a source that had specs may come to have none",
    range: "`true` or `false`",
  }),
  AllowedRooms: key(lines.min(1).default(["*"]), {
    meaning: "Globs of the room ids this source may manage",
    range: "a list of at least one glob",
  }),
  Intent: z
    .strictObject({
      MergedCommits: key(z.enum(["own", "all", "none"]).default("own"), {
        meaning:
          "What commits may say that came in by a merge and are not on the branch's first-parent line: `own`: confirm what they take out themselves; `all`: what any commit may; `none`: nothing, while their `Dry-Run` still holds what they change",
        range: "`own`, `all` or `none`",
      }),
      ...signedIntent,
    })
    .prefault({}),
  Verify: verifySchema,
  Drift: driftSchema,
  Limits: limits,
  Forge: forgeSchema,
  Labels: labelsSchema,
  Plan: planSchema,
});
