import { OperatorError } from "../kernel/errors.ts";
import type { CommandEntry, CommandIo } from "./command.ts";

export interface Program {
  readonly version: string;
  readonly commands: Readonly<Record<string, CommandEntry>>;
}

const DONE = 0;
const FAILED = 1;
const MISUSED = 2;

/** Finds the command in `argv` (without node and script), runs it, and gives the exit code. */
export async function dispatch(
  { version, commands }: Program,
  argv: readonly string[],
  io: CommandIo,
): Promise<number> {
  const isHelp = /^(?:--help|-h|help)$/.test(argv[0] ?? "");
  const [name, ...args] = isHelp && argv.length > 1 ? [...argv.slice(1), "--help"] : argv;
  if (isHelp && argv.length === 1) {
    io.stdout.write(usageOfAll(commands));
    return DONE;
  }
  if (name === "--version" || name === "-v") {
    io.stdout.write(`${version}\n`);
    return DONE;
  }
  const entry = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (name === undefined) {
    io.stderr.write(usageOfAll(commands));
    return MISUSED;
  }
  if (entry === undefined) {
    const { unknownCommand } = await import("./unknown-command.ts");
    io.stderr.write(unknownCommand(name, Object.keys(commands)));
    return MISUSED;
  }
  if (args.includes("--help") || args.includes("-h")) {
    const more = (entry.help ?? []).map((line) => `  ${line}\n`).join("");
    const usage = `Usage: ${usageOf(name, entry)}\n`;
    io.stdout.write(`${entry.summary}\n\n${usage}${more === "" ? "" : `\n${more}`}`);
    return DONE;
  }
  return runCommand({ name, entry, args }, io);
}

async function runCommand(
  { name, entry, args }: { name: string; entry: CommandEntry; args: readonly string[] },
  io: CommandIo,
): Promise<number> {
  try {
    const command = await entry.load();
    return await command(args, io);
  } catch (error) {
    if (isMisuse(error)) {
      io.stderr.write(`${misuseOf(error)}\nUsage: ${usageOf(name, entry)}\n`);
      return MISUSED;
    }
    if (error instanceof OperatorError) {
      io.stderr.write(`${error.code}: ${error.message}\n`);
      return FAILED;
    }
    throw error;
  }
}

function isMisuse(error: unknown): error is Error {
  return (
    error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_")
  );
}

/** Without Node's advice on positional arguments, which no command needs. */
function misuseOf({ message }: Error): string {
  return /^Unknown option .*?'(?=\. |$)/.exec(message)?.[0].concat(".") ?? message;
}

function usageOf(name: string, { usage }: CommandEntry): string {
  return `room-operator ${name} ${usage}`.trimEnd();
}

function usageOfAll(commands: Readonly<Record<string, CommandEntry>>): string {
  const lines = Object.entries(commands).flatMap(([name, entry]) => [
    `  ${name} ${entry.usage}`.trimEnd(),
    `      ${entry.summary}`,
  ]);
  return [
    "Usage: room-operator <command>",
    "",
    ...lines,
    "",
    "room-operator <command> --help explains its options; --version shows the version.",
    "",
  ].join("\n");
}
