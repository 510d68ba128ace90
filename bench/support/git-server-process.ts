import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { z } from "zod";
import { createGitHttpBackend } from "../../devserver/git-http-backend.ts";
import type { GitRequest } from "./git-requests.ts";
import { machineMs } from "./machine-ms.ts";
import { serveParent } from "./serve-parent.ts";

/** Serves repositories with `git http-backend` and notes when each request ended and what it weighed on the wire. */
const requests: GitRequest[] = [];

/** What was read and written on a kept connection up to the last request's end. */
const before = new WeakMap<Socket, { readonly read: number; readonly written: number }>();

function record(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  const startedAtMs = machineMs();
  const body: Buffer[] = [];
  request.on("data", (chunk: Buffer) => body.push(chunk));
  response.once("finish", () => {
    const endedAtMs = machineMs();
    const { read, written } = before.get(socket) ?? { read: 0, written: 0 };
    before.set(socket, { read: socket.bytesRead, written: socket.bytesWritten });
    const refs = request.url?.includes("/info/refs") === true;
    const poll = Buffer.concat(body).includes("command=ls-refs");
    requests.push({
      kind: refs ? "refs" : poll ? "poll" : "pack",
      startedAtMs,
      endedAtMs,
      bytesIn: socket.bytesRead - read,
      bytesOut: socket.bytesWritten - written,
      client: request.headers["user-agent"] ?? "",
    });
  });
}

const folder = z.object({ root: z.string() });
let server = createServer();

serveParent(
  {
    start: async (given) => {
      const backend = createGitHttpBackend(folder.parse(given));
      server = createServer((request, response) => {
        record(request, response);
        backend(request, response);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      return { url: `http://127.0.0.1:${port}` };
    },
    take: () => requests.splice(0),
  },
  async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  },
);
