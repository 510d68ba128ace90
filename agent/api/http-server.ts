import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../kernel/clock.ts";
import { nodeHttp } from "../http/node-http.ts";
import { OperatorError } from "../kernel/errors.ts";

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly clock: Clock;
}

export interface HttpServer {
  /** Listens. Concurrent and later calls give the same answer. Rejects with `PortInUse` and the like. */
  start(): Promise<{ url: string }>;
  /**
   * Takes no new connection, lets running requests end for at most 3 s, then closes what is left. Idempotent; after it
   * `start` rejects with `ApiStopped`.
   */
  stop(): Promise<void>;
}

const GRACE_MS = 3000;

export function createHttpServer(
  listener: RequestListener,
  options: HttpServerOptions,
): HttpServer {
  const server = nodeHttp.createServer(
    {
      headersTimeout: 10_000,
      // For receiving a request; longer than the 30 s an answer may take, so that a waiting caller is never cut off.
      requestTimeout: 60_000,
      keepAliveTimeout: 5000,
      connectionsCheckingInterval: 5000,
      maxHeaderSize: 16 * 1024,
    },
    listener,
  );
  server.maxHeadersCount = 64;
  server.maxConnections = 512;
  server.maxRequestsPerSocket = 1000;
  let starting: Promise<{ url: string }> | undefined;
  let stopping: Promise<void> | undefined;
  // While stopping: a connection that is kept alive becomes idle when its answer has gone out, and is not needed any more.
  server.on("request", (_request, response) => {
    response.once("close", () => {
      if (stopping !== undefined) server.closeIdleConnections();
    });
  });
  return {
    start: () => {
      if (stopping !== undefined) {
        return Promise.reject(
          new OperatorError("ApiStopped", "the API was stopped: make a new one to start again"),
        );
      }
      starting ??= listen(server, options);
      return starting;
    },
    stop: () => {
      stopping ??= close(server, options.clock, starting);
      return stopping;
    },
  };
}

function listen(server: Server, { host, port }: HttpServerOptions): Promise<{ url: string }> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => reject(toListenError(error, host, port));
    server.once("error", onError);
    server.listen(port, host, () => {
      server.off("error", onError);
      const address = server.address() as AddressInfo;
      const name = host.includes(":") ? `[${host}]` : host;
      resolve({ url: `http://${name}:${address.port}` });
    });
  });
}

function toListenError(error: Error, host: string, port: number): OperatorError {
  const code = "code" in error ? error.code : undefined;
  const options = { data: { host, port }, cause: error };
  if (code === "EADDRINUSE") {
    return new OperatorError(
      "PortInUse",
      `port ${port} of ${host} is in use: stop the program that holds it, or set HttpApi.Port (HttpApi__Port) to a free one`,
      options,
    );
  }
  if (code === "EACCES") {
    return new OperatorError(
      "PortNotAllowed",
      `this user may not listen on port ${port}: set HttpApi.Port (HttpApi__Port) to one above 1023`,
      options,
    );
  }
  return new OperatorError(
    "CannotListen",
    `cannot listen on ${host} port ${port} (${error.message}): check HttpApi.Host and HttpApi.Port`,
    options,
  );
}

async function close(
  server: Server,
  clock: Clock,
  starting: Promise<unknown> | undefined,
): Promise<void> {
  // A start that failed rejected to its own caller and left nothing to close.
  const listening =
    starting !== undefined &&
    (await starting.then(
      () => true,
      () => false,
    ));
  if (!listening) return;
  const grace = new AbortController();
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  try {
    await Promise.race([closed, clock.sleep(GRACE_MS, grace.signal)]);
    server.closeAllConnections();
    await closed;
  } finally {
    grace.abort();
  }
}
