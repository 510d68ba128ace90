import { z } from "zod";
import { key } from "./key.ts";
import { PROGRAM_VERSION } from "./program-version.ts";
import { proxySchema, tlsSchema } from "./reach-schema.ts";
import { sourceSchema } from "./source-schema.ts";
import { syncWindowsSchema, windowOverrideSchema } from "./window-schema.ts";
import {
  duration,
  headerToken,
  isPlainHttpUrl,
  line,
  number,
  parseAnchoredPattern,
  wholeNumber,
} from "./values.ts";

const yesOrNo = "`true` or `false`";
const label = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,62}$/);
const labelRange =
  "1 to 63 letters, digits and `.`, `_`, `+`, `-`, beginning with a letter or digit";

const flag = (fallback: boolean, meaning: string) =>
  key(z.boolean().default(fallback), { meaning, range: yesOrNo });

const count = (fallback: number, [min, max]: readonly [number, number], meaning: string) =>
  key(wholeNumber(min, max).default(fallback), {
    meaning,
    range: `a whole number from ${min} to ${max}`,
  });

const amount = (fallback: number, [min, max]: readonly [number, number], meaning: string) =>
  key(number(min, max).default(fallback), { meaning, range: `a number from ${min} to ${max}` });

const roomServer = z
  .strictObject({
    BaseUrl: key(z.string().max(2048).refine(isPlainHttpUrl).default("http://localhost:5000"), {
      meaning: "The RoomServer's address",
      range:
        "an http or https address without user, password, `?` and `#`; the token belongs to `Auth.Token`",
      url: true,
    }),
    HubPath: key(line.default("/hub"), {
      meaning: "Where the RoomServer pushes events",
      range: "a path",
      later: true,
    }),
    Protocol: key(z.enum(["operator-rest"]).default("operator-rest"), {
      meaning: "The dialect the RoomServer speaks",
      range: "`operator-rest` (`hub` is not built yet)",
    }),
    RoomIdPattern: key(
      z
        .string()
        .refine((text) => parseAnchoredPattern(text) !== undefined)
        .optional(),
      {
        meaning: "The room ids the RoomServer takes",
        range: "a regular expression that begins with `^` and ends with `$`",
        shownDefault: "of `operator-rest`: `^[A-Za-z0-9][A-Za-z0-9._-]{2,127}$`",
      },
    ),
    TimeoutSeconds: amount(5, [0.1, 3600], "The longest one request may take"),
    UploadTimeoutSeconds: amount(60, [0.1, 3600], "The longest one upload of a seed may take"),
    Tls: tlsSchema,
    Proxy: proxySchema,
    EntityPresence: key(z.unknown().optional(), {
      meaning: "How entities are kept present on a server where they are connections",
      range: "anything",
      later: true,
    }),
  })
  .prefault({});

const auth = z
  .strictObject({
    TokenType: key(
      z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9-]{0,31}$/)
        .default("Bearer"),
      {
        meaning: "The word before the token in `Authorization`",
        range: "a word of letters, digits and `-`",
        secret: true,
      },
    ),
    Token: key(headerToken.optional(), {
      meaning:
        "The RoomServer's token. `ROOM_AUTH_TOKEN` of the environment wins over it; if a `${VAR}` in it is unset, requests carry no token, and the agent warns",
      range: "visible ASCII without blanks",
      shownDefault: "`${ROOM_AUTH_TOKEN}`",
      secret: true,
    }),
    TokenFile: key(line.optional(), {
      meaning:
        "A file with the RoomServer's token, read again at each request, so that it may be renewed at any time. Not together with `Token` or `ROOM_AUTH_TOKEN`",
      range: "a path; the file holds one line of visible ASCII",
    }),
    RequiredScopes: key(
      z.array(key(line, { meaning: "One scope", range: "a line of text" })).optional(),
      {
        meaning: "The scopes the token should hold",
        range: "a list of scopes",
        later: true,
      },
    ),
    ValidateScopes: key(z.boolean().optional(), {
      meaning: "Check the scopes before work begins",
      range: yesOrNo,
      later: true,
    }),
  })
  .prefault({});

const stateConsistency = z
  .strictObject({
    Mode: key(z.enum(["active", "passive"]).default("active"), {
      meaning:
        "`active`: rooms are looked at on every trigger and at the interval; `passive`: only for new revisions and `/apply`",
      range: "`active` or `passive`",
    }),
    StaleTolerance: key(duration(0, 3_600_000).default("5s"), {
      meaning:
        "How old a read of a room may be while it serves planning and status; one that cannot be believed is repeated so much later",
      range: "a number with `ms`, `s`, `m` or `h`, such as `5s`, up to `1h`",
    }),
    ReadBeforeApply: flag(true, "Read a room again before anything in it is changed"),
  })
  .prefault({});

const guardrails = z
  .strictObject({
    MaxEntitiesKickPerCycle: count(5, [0, 1_000_000], "Entities that one pass may remove"),
    MaxArtifactsDeletePerCycle: count(10, [0, 1_000_000], "Artifacts that one pass may delete"),
    ChangeThreshold: amount(
      0.5,
      [0, 1],
      "The share of a room's entities and artifacts that may be removed without a confirmation; only strictly more is refused",
    ),
    RequireConfirmHeader: flag(
      true,
      "Whether the threshold and the removal of a critical policy need a confirmation, whichever way the change comes; the limits stay either way",
    ),
    OnLimit: key(z.enum(["batch", "refuse"]).default("batch"), {
      meaning:
        "What a confirmed plan over a limit does: `batch` proceeds in passes of at most the limit, `refuse` does nothing",
      range: "`batch` or `refuse`",
    }),
  })
  .prefault({});

const reconciliation = z
  .strictObject({
    IntervalSeconds: amount(
      2,
      [0.1, 86_400],
      "The least time between two interval passes of a room",
    ),
    ParallelRooms: count(4, [1, 256], "Rooms worked on at a time; saving does not count"),
    RateLimitPerSecond: amount(
      8,
      [0, 100_000],
      "Requests a second to the RoomServer; 0: unlimited",
    ),
    StateConsistency: stateConsistency,
    Guardrails: guardrails,
    ConvergenceTracking: z
      .strictObject({
        Enabled: flag(true, "Report rooms that do not converge as `Stalled`"),
        MaxCyclesUntilConverged: count(10, [1, 100_000], "Passes without convergence until then"),
      })
      .prefault({}),
  })
  .prefault({});

const retry = z
  .strictObject({
    MaxAttempts: count(3, [1, 100], "Requests for one call, the first included"),
    InitialDelayMs: amount(
      100,
      [0, 600_000],
      "The wait before the second request, in ms; it doubles",
    ),
    MaxDelayMs: amount(5000, [0, 600_000], "The longest wait before jitter, in ms"),
    JitterFactor: amount(0.2, [0, 1], "The share of the wait that chance may add"),
  })
  .prefault({});

const operator = z
  .strictObject({
    Name: key(label.default("room-operator"), {
      meaning: "The agent's name on each line of its log",
      range: labelRange,
    }),
    Version: key(label.default(PROGRAM_VERSION), {
      meaning: "The version shown in `/status` and in the audit",
      range: labelRange,
      shownDefault: "the program's own version",
    }),
    Features: z
      .strictObject({
        Resources: flag(false, "Ensure resources; off, they stay `PENDING`"),
      })
      .prefault({}),
    Reconciliation: reconciliation,
    Retry: retry,
    VersionPolicy: key(z.enum(["monotonic", "off"]).default("monotonic"), {
      meaning: "Whether a lower `metadata.version` is refused, unless it is a revert",
      range: "`monotonic` or `off`",
    }),
    Confirmations: z
      .strictObject({
        ExpireHours: amount(
          24,
          [0.01, 8760],
          "How long a confirmation may be used, from when the agent first saw it",
        ),
      })
      .prefault({}),
    SeedRoot: key(line.optional(), {
      meaning: "A folder that `seedFrom` of posted specs is read from where no source serves them",
      range: "a path",
    }),
    Rollback: z
      .strictObject({
        Mode: key(z.enum(["on-critical", "off"]).default("on-critical"), {
          meaning:
            "Whether a pass over new inputs that the RoomServer mostly refused is undone and those inputs are quarantined",
          range: "`on-critical` or `off`",
        }),
        FailureRatio: key(number(0, 1).default(0.5), {
          meaning:
            "The share of answered changes that a pass may have refused for good; only strictly more is undone",
          range: "a number from 0 to 1",
        }),
      })
      .prefault({}),
    SyncWindows: syncWindowsSchema,
    SyncWindowOverride: windowOverrideSchema,
  })
  .prefault({});

/** The configuration as people write it: PascalCase keys, closed objects, each key with its meaning, range and default. */
export const configSchema = z.strictObject({
  RoomServer: roomServer,
  Auth: auth,
  Operator: operator,
  Git: z
    .strictObject({
      Sources: z.array(sourceSchema).max(256).default([]),
    })
    .prefault({}),
  HttpApi: z
    .strictObject({
      Host: key(
        z
          .string()
          .regex(/^[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}$/)
          .default("127.0.0.1"),
        {
          meaning: "The address the HTTP API listens on. Whoever reaches it may use it",
          range: "an IP address or a host name",
        },
      ),
      Port: count(8080, [0, 65_535], "The port of the HTTP API; 0: a free one"),
      PublicUrl: key(z.string().max(2048).refine(isPlainHttpUrl).optional(), {
        meaning: "Where people reach the HTTP API: what statuses on commits and plans link to",
        range: "an http or https address without user, password, `?` and `#`",
        shownDefault: "they link nowhere",
        url: true,
      }),
    })
    .prefault({}),
  Store: z
    .strictObject({
      Path: key(line.default("./data"), {
        meaning: "The data folder; one agent per folder",
        range: "a path, relative to where the agent is started",
      }),
      RetentionDays: count(90, [1, 36_500], "How long audit and history are kept"),
    })
    .prefault({}),
  Logging: z
    .strictObject({
      Level: key(
        z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
        {
          meaning: "The least severity that is logged",
          range: "`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`",
        },
      ),
    })
    .prefault({}),
});

/** Settings after parsing, still by the keys people write. */
export type Settings = z.output<typeof configSchema>;
export type SourceSettings = z.output<typeof sourceSchema>;
