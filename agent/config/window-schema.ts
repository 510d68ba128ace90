import { z } from "zod";
import { isTimeZone } from "./cron-schedule.ts";
import { key } from "./key.ts";
import { duration, line, parseDuration } from "./values.ts";

const MINUTE_MS = 60_000;
const LONGEST_MS = 366 * 24 * 60 * MINUTE_MS;
const GLOBS = "a list of 1 to 64 globs, where `*` stands for any characters";

const globs = (meaning: string) =>
  key(
    z
      .array(key(line, { meaning: "A glob", range: "a line of text" }))
      .min(1)
      .max(64)
      .default(["*"]),
    { meaning, range: GLOBS },
  );

const window = z.strictObject({
  Kind: key(z.enum(["allow", "deny"]), {
    meaning:
      "`deny`: no new spec is applied while the window is on. `allow`: new specs are applied only while one of the room's allow windows is on. Deny wins",
    range: "`allow` or `deny`",
    shownDefault: "required",
  }),
  Schedule: key(line.max(128), {
    meaning: "When the window begins: a cron line in local time of `TimeZone`",
    range:
      "a cron line with five fields (minute, hour, day of month, month, day of week) that names an existing day",
    shownDefault: "required",
  }),
  Duration: key(
    duration(MINUTE_MS, LONGEST_MS).refine((text) => (parseDuration(text) ?? 0) % MINUTE_MS === 0),
    {
      meaning: "How long it lasts from then on, in elapsed time",
      range: "whole minutes from `1m` to `8784h`, such as `90m` or `8h`",
      shownDefault: "required",
    },
  ),
  TimeZone: key(line.refine(isTimeZone).default("UTC"), {
    meaning: "The time zone of `Schedule`",
    range: "a name of the IANA time zone database, such as `Europe/Berlin`",
  }),
  Rooms: globs("The rooms it is for"),
  Sources: globs(
    "The sources whose rooms it is for. A room of a posted spec belongs to none: only `*` is for it",
  ),
  Description: key(line.max(200).default(""), {
    meaning: "What it is for, as messages quote it",
    range: "at most 200 characters",
    shownDefault: "none",
  }),
});

/** `Operator.SyncWindows`. */
export const syncWindowsSchema = z.array(window).max(256).default([]);

/** `Operator.SyncWindowOverride`. */
export const windowOverrideSchema = z
  .strictObject({
    AllowedPersons: key(
      z
        .array(
          key(line.max(254).regex(/^[^\s<>@]+@[^\s<>@]+$/), {
            meaning: "A person",
            range: "an e-mail address, such as `ada@example.org`",
          }),
        )
        .max(256)
        .default([]),
      {
        meaning:
          "E-mail addresses of those whose commits may say `Override-Window`: author and committer must both be among them ([commit trailers](commit-trailers.md#override-window))",
        range: "a list of at most 256 e-mail addresses",
      },
    ),
  })
  .prefault({});
