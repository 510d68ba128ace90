import { createServer } from "node:http";
import type { Server } from "node:http";
import { systemClock } from "../agent/kernel/clock.ts";
import type { Clock } from "../agent/kernel/clock.ts";
import { OperatorError, messageOf } from "../agent/kernel/errors.ts";
import { answerDataCall } from "./data-calls.ts";
import type { Exchange } from "./data-calls.ts";
import { answerDevCall } from "./dev-routes.ts";
import { errorReply, send } from "./reply.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

export interface DevserverOptions {
  /** 0 picks a free one. Default 5000. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Added to each call, ms. Default 0. */
  readonly latencyMs?: number;
  /** Other room ids are answered with 400. Default: the pattern of the dialect. */
  readonly roomIdPattern?: RegExp;
  /** When given, each call except `/health` and `/_dev/…` needs it as a bearer token. */
  readonly token?: string;
  readonly clock?: Clock;
}

/** A RoomServer to try things on: dialect `operator-rest`, variant P, state in memory. */
export interface Devserver {
  /** Idempotent; rejects with `PortInUse` when another program has the port. */
  start(): Promise<{ readonly url: string }>;
  /** Cuts every connection. Idempotent. The rooms stay for a later start. */
  stop(): Promise<void>;
}

export const DEFAULT_ROOM_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{2,127}$/;

export function createDevserver(options: DevserverOptions = {}): Devserver {
  const { port = 5000, host = "127.0.0.1", clock = systemClock } = options;
  const world = createWorld(clock);
  const server = createServer((request, response) => {
    void answer(world, options, { request, response });
  });
  let started: Promise<{ url: string }> | undefined;

  return {
    start: () => {
      started ??= listen(server, port, host);
      return started;
    },
    stop: async () => {
      const starting = started;
      started = undefined;
      // A start that failed has told its caller and left nothing to stop.
      if ((await starting?.catch(() => undefined)) === undefined) return;
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<{ url: string }> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new OperatorError(
              "PortInUse",
              `Port ${port} on ${host} is in use. Give another with --port, or 0 for a free one.`,
              { data: { port, host }, cause: error },
            )
          : error,
      );
    };
    server.once("error", onError);
    server.listen(port, host, () => {
      server.off("error", onError);
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      resolve({ url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}` });
    });
  });
}

async function answer(
  world: World,
  options: DevserverOptions,
  exchange: Pick<Exchange, "request" | "response">,
): Promise<void> {
  const { request, response } = exchange;
  const { socket } = request;
  const hangUp = new AbortController();
  response.once("close", () => hangUp.abort());
  try {
    if (request.url?.startsWith("/_dev/") === true) await answerDevCall(world, request, response);
    else {
      const { latencyMs = 0, roomIdPattern = DEFAULT_ROOM_ID_PATTERN, token } = options;
      const settings = { latencyMs, roomIdPattern, token };
      await answerDataCall(world, settings, { request, response, hungUp: hangUp.signal });
    }
  } catch (error) {
    // Either the caller hung up, or a defect: both end here, and a caller that still listens is told.
    if (response.headersSent || hangUp.signal.aborted || request.destroyed) {
      socket.destroy();
    } else send(response, errorReply(500, "DEFECT", messageOf(error)));
  }
}
