import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below what Linux, macOS and Windows give to a connection or to a server that asks for any port: such a port stays free until the
 * program that is started with it listens, however late that is.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 100;

/** A port of 127.0.0.1 on which nothing listens, for a program that has to be started with one. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${TRIES} ports from ${LOWEST} to ${HIGHEST} is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
