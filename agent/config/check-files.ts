import { OperatorError } from "../kernel/errors.ts";
import type { Config } from "./config.ts";
import type { Problem } from "./problem.ts";
import { readAccess } from "./reach.ts";
import type { Reach } from "./reach.ts";

/** What is wrong at the start with the files that a configuration names for its connections. Rejects with the signal's reason. */
export async function checkFiles(
  { git, roomServer }: Config,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const found = [await checkReachFiles("RoomServer", roomServer.reach, signal)];
  for (const [position, { reach }] of git.sources.entries()) {
    found.push(await checkReachFiles(`Git.Sources[${position}]`, reach, signal));
  }
  return found.flat();
}

/** A password file is not looked at: it may be mounted later, and each use says what is wrong with it. */
async function checkReachFiles(
  section: string,
  { tls }: Reach,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  try {
    await readAccess({ tls, proxy: null }, signal);
    return [];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OperatorError)) throw error;
    const { key } = error.data;
    if (typeof key !== "string") throw error;
    return [{ key: `${section}.${key}`, message: error.message.replace(`${key}: `, "") }];
  }
}
