import { OperatorError } from "../kernel/errors.ts";
import { legible } from "../kernel/shortened.ts";
import { argumentProblem, askAgentForText, MAX_TEXT, parseAgentArgs } from "./agent-client.ts";
import { agentUrl } from "./agent-url.ts";
import type { CommandIo } from "./command.ts";

const DONE = 0;
const FAILED = 2;

/**
 * `export [--url URL] [--config FILE] ROOM`: prints a RoomSpec of what a room holds now. Exit code 0, or 2 when the agent or its
 * RoomServer cannot be asked, or neither knows the room.
 */
export async function exportRoom(
  args: readonly string[],
  io: Pick<CommandIo, "stdout" | "stderr" | "signal" | "env" | "cwd">,
): Promise<number> {
  const { at, positionals } = parseAgentArgs(args);
  const [roomId] = positionals;
  const problem = argumentProblem(positionals, "ROOM");
  if (roomId === undefined || problem !== null) {
    io.stderr.write(`${problem}. Usage: room-operator export [--url URL] [--config FILE] ROOM\n`);
    return FAILED;
  }
  try {
    const path = `/rooms/${encodeURIComponent(roomId)}/export`;
    const url = await agentUrl(at, io);
    io.stdout.write(await askAgentForText({ url, request: { method: "GET", path } }, io.signal));
    return DONE;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    io.stderr.write(`${error.code}: ${legible(error.message, MAX_TEXT)}\n`);
    return FAILED;
  }
}
