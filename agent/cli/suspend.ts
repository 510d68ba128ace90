import { parseArgs } from "node:util";
import { isoTimeWithZone } from "../api/requests.ts";
import { resumeAnswer, suspendAnswer } from "../api/suspend-contract.ts";
import { legible } from "../kernel/shortened.ts";
import { askAgent, MAX_TEXT } from "./agent-client.ts";
import type { AgentRequest } from "./agent-client.ts";
import { agentUrl } from "./agent-url.ts";
import { endText, type SuspendScope } from "../room/suspension.ts";
import type { CommandIo } from "./command.ts";

const DONE = 0;
const MISUSED = 2;

type Io = Pick<CommandIo, "stdout" | "stderr" | "cwd" | "env" | "signal">;

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

const SUSPEND_USAGE =
  "[--url URL] [--config FILE] [ROOM] [--source NAME] [--all] --reason TEXT [--for 2h] [--until TIME]";
const RESUME_USAGE = "[--url URL] [--config FILE] [ROOM] [--source NAME] [--all]";

/**
 * `suspend`: nothing is written to a room, to the rooms of a source, or to any room, until it is resumed or its time is over.
 * Exit code 0 when that is stored, 1 when the agent cannot be reached or refuses, 2 when it was called wrongly.
 */
export async function suspend(args: readonly string[], io: Io): Promise<number> {
  const asked = readArgs(args);
  const { values } = asked;
  const until = untilOf(values, Date.now());
  const problem =
    asked.problem ??
    (values.reason === undefined || values.reason.trim() === ""
      ? "Missing --reason: say why, for those who find the room suspended"
      : until.problem);
  if (problem !== null)
    return misused(`${problem}. Usage: room-operator suspend ${SUSPEND_USAGE}`, io);
  const body = { reason: values.reason, ...(until.time === null ? {} : { until: until.time }) };
  const call = await callOf(asked, { verb: "suspend", body }, io);
  const { suspension, replaced } = await askAgent(suspendAnswer, call, io.signal);
  const end = endText(suspension.scope.kind === "room", suspension.until);
  io.stdout.write(`Suspended ${asked.what} ${end}.\n`);
  if (replaced !== null)
    io.stdout.write(
      `Before: by ${legible(replaced.by, MAX_TEXT)} since ${replaced.since}, which this one replaces.\n`,
    );
  return DONE;
}

/** `resume`: ends a suspension. Exit codes as `suspend`; 0 also where nothing was suspended. */
export async function resume(args: readonly string[], io: Io): Promise<number> {
  const asked = readArgs(args);
  const problem =
    asked.problem ?? (saysSuspend(asked) ? "--reason, --for and --until are of suspend" : null);
  if (problem !== null)
    return misused(`${problem}. Usage: room-operator resume ${RESUME_USAGE}`, io);
  const call = await callOf(asked, { verb: "resume" }, io);
  const { ended, stillSuspended, suspensions } = await askAgent(resumeAnswer, call, io.signal);
  io.stdout.write(
    ended === null
      ? `Not suspended: ${asked.what}.\n`
      : `Resumed ${asked.what}, suspended by ${legible(ended.by, MAX_TEXT)} since ${ended.since}.\n`,
  );
  const still = suspensions ?? (stillSuspended === null ? [] : [stillSuspended]);
  for (const { scope, by, reason } of still.slice(0, SHOWN_SUSPENSIONS))
    io.stdout.write(
      `It is still suspended: ${whatIs(scope)} suspended by ${legible(by, MAX_TEXT)} (${legible(reason, MAX_TEXT)}).\n`,
    );
  if (still.length > SHOWN_SUSPENSIONS)
    io.stdout.write(
      `And ${still.length - SHOWN_SUSPENSIONS} more: GET /status lists them in suspensions.\n`,
    );
  return DONE;
}

/** Of what is still suspended after a `resume`. */
const SHOWN_SUSPENSIONS = 5;

function whatIs(scope: SuspendScope): string {
  if (scope.kind === "room") return `room ${legible(scope.roomId, MAX_TEXT)} is`;
  return scope.kind === "source" ? `source ${scope.source} is` : "all rooms are";
}

function saysSuspend({ values: { reason, for: span, until } }: Asked): boolean {
  return [reason, span, until].some((value) => value !== undefined);
}

interface Asked {
  readonly values: Readonly<
    Record<"url" | "config" | "reason" | "for" | "until", string | undefined>
  >;
  /** What to suspend, in words. */
  readonly what: string;
  /** Begins with `/`, without the verb; empty for the agent. */
  readonly path: string;
  readonly problem: string | null;
}

function readArgs(args: readonly string[]): Asked {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      url: text,
      config: text,
      source: text,
      all: { type: "boolean" },
      reason: text,
      for: text,
      until: text,
    },
    allowPositionals: true,
  });
  const [room] = positionals;
  const given = [room, values.source, values.all].filter((one) => one !== undefined && one !== "");
  const { url, config, reason, for: span, until } = values;
  const common = { values: { url, config, reason, for: span, until } };
  if (given.length !== 1 || positionals.length > 1 || values.source === "")
    return { ...common, what: "", path: "", problem: "Name one room, or --source NAME, or --all" };
  if (room !== undefined)
    return {
      ...common,
      what: `room ${room}`,
      path: `/rooms/${encodeURIComponent(room)}`,
      problem: null,
    };
  if (values.source !== undefined) {
    const path = `/sources/${encodeURIComponent(values.source)}`;
    return { ...common, what: `all rooms of source ${values.source}`, path, problem: null };
  }
  return { ...common, what: "all rooms", path: "", problem: null };
}

/** When it ends, as an ISO time; null: when it is resumed. */
function untilOf(
  { for: span, until }: Asked["values"],
  nowMs: number,
): { readonly time: string | null; readonly problem: string | null } {
  if (span !== undefined && until !== undefined)
    return { time: null, problem: "--for and --until say the same: give one of them" };
  if (until !== undefined) {
    const example = new Date(nowMs + 86_400_000).toISOString();
    const problem = isoTimeWithZone.safeParse(until).success
      ? null
      : `--until ${until} is not a time with a zone: write ${example}`;
    return { time: until, problem };
  }
  if (span === undefined) return { time: null, problem: null };
  const [, count = "", unit = ""] = /^(\d{1,6})([mhd])$/.exec(span) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? 0);
  if (!(ms > 0))
    return { time: null, problem: `--for ${span} is not a time: write 30m, 2h or 3d, more than 0` };
  return { time: new Date(nowMs + ms).toISOString(), problem: null };
}

async function callOf(
  { values, path }: Asked,
  { verb, body }: { readonly verb: "suspend" | "resume"; readonly body?: unknown },
  io: Io,
): Promise<{ readonly url: string; readonly request: AgentRequest }> {
  const url = await agentUrl({ url: values.url ?? null, config: values.config ?? null }, io);
  const request = { method: "POST", path: `${path}/${verb}` } as const;
  return { url, request: body === undefined ? request : { ...request, body } };
}

function misused(text: string, io: Io): number {
  io.stderr.write(`${text}\n`);
  return MISUSED;
}
