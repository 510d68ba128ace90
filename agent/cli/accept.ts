import { parseArgs } from "node:util";
import { acceptAnswer } from "../api/contract.ts";
import { acceptRequest } from "../api/requests.ts";
import { quoted } from "../kernel/quoted.ts";
import { shortened } from "../kernel/shortened.ts";
import { argumentProblem, askAgent } from "./agent-client.ts";
import { agentUrl } from "./agent-url.ts";
import type { CommandIo } from "./command.ts";

const DONE = 0;
const MISUSED = 2;

/**
 * `accept [--url URL] [--config FILE] SOURCE --head SHA`: a source follows a head that shares no commit with what it followed. Exit code 0 when
 * that is stored, 1 when the agent cannot be reached or refuses (another head is current, nothing waits), 2 when it was called
 * wrongly.
 */
export async function accept(
  args: readonly string[],
  io: Pick<CommandIo, "stdout" | "stderr" | "cwd" | "env" | "signal">,
): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { url: { type: "string" }, config: { type: "string" }, head: { type: "string" } },
    allowPositionals: true,
  });
  const [source] = positionals;
  const { head } = values;
  const problem = argumentProblem(positionals, "SOURCE");
  if (source === undefined || problem !== null || head === undefined) {
    io.stderr.write(
      `${problem ?? "Missing option --head"}. Usage: room-operator accept [--url URL] [--config FILE] SOURCE --head SHA\n`,
    );
    return MISUSED;
  }
  if (!acceptRequest.shape.head.safeParse(head.toLowerCase()).success) {
    io.stderr.write(
      `--head ${quoted(shortened(head, 100))} is not a commit id: write all 40 hex digits that lastError of the source shows in GET /status\n`,
    );
    return MISUSED;
  }
  const url = await agentUrl({ url: values.url ?? null, config: values.config ?? null }, io);
  const path = `/sources/${encodeURIComponent(source)}/accept`;
  const request = { method: "POST", path, body: { head: head.toLowerCase() } } as const;
  const answer = await askAgent(acceptAnswer, { url, request }, io.signal);
  io.stdout.write(
    `Source ${answer.source} follows ${answer.to} from now on (before: ${answer.from ?? "nothing"}).\n` +
      "Additions are carried out; removals wait until each room is confirmed by name.\n",
  );
  return DONE;
}
