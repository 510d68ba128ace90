import { explainAnswer, type ExplainAnswer } from "../api/explain/explain-contract.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Reason } from "../status/reasons.ts";
import { legible } from "../kernel/shortened.ts";
import { argumentProblem, askAgent, MAX_TEXT, parseAgentArgs } from "./agent-client.ts";
import { agentUrl } from "./agent-url.ts";
import type { CommandIo } from "./command.ts";

const AT_HEAD = 0;
const NOT_AT_HEAD = 1;
const FAILED = 2;

type ExplainIo = Pick<CommandIo, "stdout" | "stderr" | "signal" | "env" | "cwd">;

/**
 * `explain [--url URL] [--config FILE] ROOM`: why a room is not at head, and what would bring it there. Exit code 0 when it is at head, or an orphan, and needs no person, 1 when
 * it does, is not at head or that is unknown because its source does not answer, 2 when the agent cannot be asked: called wrongly, no
 * agent, no such room.
 */
export async function explain(args: readonly string[], io: ExplainIo): Promise<number> {
  const { at, positionals } = parseAgentArgs(args);
  const [roomId] = positionals;
  const problem = argumentProblem(positionals, "ROOM");
  if (roomId === undefined || problem !== null) {
    io.stderr.write(`${problem}. Usage: room-operator explain [--url URL] [--config FILE] ROOM\n`);
    return FAILED;
  }
  try {
    const path = `/rooms/${encodeURIComponent(roomId)}/explain`;
    const asked = { url: await agentUrl(at, io), request: { method: "GET", path } } as const;
    const answer = await askAgent(explainAnswer, asked, io.signal);
    io.stdout.write(toText(answer));
    const isWell = answer.atHead === true && (answer.needsPerson ?? null) === null;
    return isWell ? AT_HEAD : NOT_AT_HEAD;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return failed(io, `${error.code}: ${legible(error.message, MAX_TEXT)}`);
  }
}

function failed(io: Pick<CommandIo, "stderr">, message: string): number {
  io.stderr.write(`${message}\n`);
  return FAILED;
}

/** The answer as people read it. */
export function toText(answer: ExplainAnswer): string {
  const { source, path, planDigest, blockedBy, nextAllowedAt, triedAgainAt } = answer;
  const place = [source ?? "none", ...(path === null ? [] : [path])].map(shown).join(", ");
  const lines = [
    headline(answer),
    `  source    ${place}`,
    ...headLines(answer),
    ...pollLines(answer),
    `  verified  ${verifiedText(answer)}`,
    ...(planDigest === null ? [] : [`  plan      ${planDigest}, not carried out`]),
    ...(nextAllowedAt === undefined
      ? []
      : [`  allowed   at ${nextAllowedAt}, by its sync windows`]),
    ...(triedAgainAt === undefined
      ? []
      : [`  again     after ${triedAgainAt}, what the RoomServer refused to update`]),
  ];
  blockedBy.forEach(({ reason, since, message, unblock }, index) => {
    lines.push("", `${index + 1}. ${shown(reason)}${since === null ? "" : `, since ${since}`}`);
    lines.push(`   ${shown(message)}`, `   Next step: ${shown(unblock)}`);
  });
  return `${lines.join("\n")}\n`;
}

/** What a room is that was verified once, where that is not what it is now. */
function verifiedText(answer: ExplainAnswer): string {
  const { verifiedRevision, head, atHead } = answer;
  if (verifiedRevision === null)
    return has(answer, ["Pruned", "PrunePending", "PruneNeedsConfirm"])
      ? "not since its prune began"
      : "never";
  const isDrift =
    atHead === false &&
    verifiedRevision === head &&
    has(answer, ["DriftDetected", "DriftReported"]);
  return isDrift ? `${verifiedRevision}, before it drifted` : verifiedRevision;
}

function headLines(answer: ExplainAnswer): readonly string[] {
  const { head, sourceHead } = answer;
  if (head === null) {
    const isOrphan = has(answer, ["Orphaned", "Pruned", "PrunePending", "PruneNeedsConfirm"]);
    return [`  head      ${isOrphan ? "none: no spec names the room" : "none yet"}`];
  }
  if (sourceHead === undefined) return [`  head      ${head}`];
  return [
    `  head      ${sourceHead}, which does not change this room`,
    `  changed   ${head}, the newest revision that does`,
  ];
}

/** A push that came after the last poll is not in what is said here. */
function pollLines({ lastPoll, nextPoll }: ExplainAnswer): readonly string[] {
  if (lastPoll === undefined) return [];
  const next = nextPoll === undefined ? "" : `, next at ${nextPoll}`;
  return [`  polled    at ${lastPoll}${next}`];
}

function has({ blockedBy }: ExplainAnswer, reasons: readonly Reason[]): boolean {
  return blockedBy.some(({ reason }) => reasons.some((one) => one === reason));
}

function headline({ roomId: id, source, atHead, needsPerson = null }: ExplainAnswer): string {
  const roomId = shown(id);
  if (source === null) return `${roomId} has no owner: it is not managed`;
  if (atHead === null) return `${roomId}: unknown whether it is at head`;
  if (!atHead) return `${roomId} is not at head`;
  if (needsPerson === null) return `${roomId} is at head`;
  return `${roomId} is at head and needs a person: ${shown(needsPerson.reason)}`;
}

function shown(text: string): string {
  return legible(text, MAX_TEXT);
}
