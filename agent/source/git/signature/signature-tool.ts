import { readEnvironment } from "../../../config/environment.ts";
import { legible } from "../../../kernel/shortened.ts";
import { unchecked } from "../../git-failure.ts";
import { WireProcess, WireTimeout, WireUnstarted } from "../wire/wire-process.ts";

/** The longest that one call of gpg or ssh-keygen may take, ms; usual are 20. */
const TOOL_MS = 20_000;

/** Bytes of output that are read; usual are 1,000. */
const MOST_OUTPUT = 256 * 1024;

export interface ToolCall {
  readonly program: "gpg" | "ssh-keygen";
  readonly args: readonly string[];
  /** What it reads from its standard input. */
  readonly input: Buffer;
}

export interface ToolAnswer {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly output: string;
  /** The end of its standard error, for a message. */
  readonly words: string;
}

/** What to install where a program is missing. */
export const PACKAGES = { gpg: "gnupg", "ssh-keygen": "openssh-client" } as const;

/**
 * Runs a program that checks signatures: without a shell, in an environment and a process group of its own, within a deadline.
 * Throws `SignatureUnchecked` where it cannot be run to its end.
 */
export async function runTool(
  { program, args, input }: ToolCall,
  signal: AbortSignal,
): Promise<ToolAnswer> {
  const { PATH = "/usr/bin:/bin" } = readEnvironment();
  // Times in a file of allowed signers are read in UTC, whatever this machine's time zone is.
  const env = { PATH, HOME: "/nonexistent", LANG: "C.UTF-8", LC_ALL: "C.UTF-8", TZ: "UTC" };
  const deadlines = { headersMs: TOOL_MS, idleMs: TOOL_MS, totalMs: TOOL_MS };
  const running = new WireProcess({ file: program, args, env }, { deadlines, signal });
  try {
    running.write(input);
    running.finishInput();
    const pieces: Buffer[] = [];
    let count = 0;
    await running.read((bytes) => {
      pieces.push(bytes);
      count += bytes.length;
      if (count > MOST_OUTPUT) throw unchecked(`${program} writes more than ${MOST_OUTPUT} bytes`);
      return undefined;
    });
    const { code, words } = await running.end();
    return { code, output: Buffer.concat(pieces).toString("utf8"), words: legible(words.trim()) };
  } catch (error) {
    if (error instanceof WireTimeout)
      throw unchecked(`${program} did not end within ${TOOL_MS / 1000} s`);
    if (error instanceof WireUnstarted)
      throw unchecked(`${error.message}. Install it (package ${PACKAGES[program]})`);
    throw error;
  } finally {
    running.kill();
  }
}
