import { parseArgs } from "node:util";
import { createDevserver } from "../../devserver/devserver.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { CommandIo } from "./command.ts";

const MAX_PORT = 65_535;
const MAX_LATENCY_MS = 3_600_000;

/**
 * `devserver [--port N] [--latency-ms N] [--host HOST]`: a RoomServer with its rooms in memory, until the signal aborts.
 * Exit code 0 then, 1 when the port is in use, 2 for numbers that are none.
 */
export async function devserver(
  args: readonly string[],
  io: Pick<CommandIo, "stdout" | "stderr" | "signal">,
): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string", default: "5000" },
      "latency-ms": { type: "string", default: "0" },
      host: { type: "string", default: "127.0.0.1" },
    },
  });
  const port = parseNumber(values.port, MAX_PORT);
  const latencyMs = parseNumber(values["latency-ms"], MAX_LATENCY_MS);
  if (port === undefined) {
    return usageError(io, `--port "${values.port}" is not a whole number from 0 to ${MAX_PORT}`);
  }
  if (latencyMs === undefined) {
    const given = values["latency-ms"];
    return usageError(
      io,
      `--latency-ms "${given}" is not a whole number from 0 to ${MAX_LATENCY_MS}`,
    );
  }

  const server = createDevserver({ port, latencyMs, host: values.host });
  try {
    const { url } = await server.start();
    io.stdout.write(`RoomServer for trying things on: ${url}\n`);
    io.stdout.write(`  writes so far  GET ${url}/_dev/log\n`);
    io.stdout.write(`  all rooms      GET ${url}/_dev/rooms\n`);
    io.stdout.write(`  fault switches PUT ${url}/_dev/faults\n`);
    await aborted(io.signal);
    return 0;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    io.stderr.write(`${error.message}\n`);
    return 1;
  } finally {
    await server.stop();
  }
}

function parseNumber(text: string, max: number): number | undefined {
  const number = Number(text);
  return /^\d+$/.test(text) && number <= max ? number : undefined;
}

function usageError(io: Pick<CommandIo, "stderr">, message: string): number {
  io.stderr.write(
    `${message}. Usage: room-operator devserver [--port N] [--latency-ms N] [--host HOST]\n`,
  );
  return 2;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
